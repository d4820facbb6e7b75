//! Every URL of the service.

use restwell::{prelude::*, throttling::LoginRateThrottle};
use restwell_auth::{authtoken::obtain_auth_token, login_view, logout_view};

use crate::{
    accounts::views::UserViewSet,
    catalog::views::{AuthorViewSet, BookViewSet, SubjectViewSet},
    circulation::views::LoanViewSet,
    holdings::views::{BranchViewSet, CopyViewSet},
    reviews::views::ReviewViewSet,
};

/// The routes below `/api/`.
pub fn urls() -> Urls {
    let router = DefaultRouter::new()
        .register("authors", AuthorViewSet)
        .register("subjects", SubjectViewSet)
        .register("books", BookViewSet)
        .register("branches", BranchViewSet)
        .register("copies", CopyViewSet)
        .register("loans", LoanViewSet)
        .register("reviews", ReviewViewSet)
        .register("users", UserViewSet);
    let token = obtain_auth_token(&[&LoginRateThrottle]);
    Urls::new()
        .include("/api/", router)
        .path("/api/api-token-auth/", "api-token-auth", token)
        .path(
            "/api/auth/login/",
            "login",
            login_view(&[&LoginRateThrottle]),
        )
        .path("/api/auth/logout/", "logout", logout_view())
}
