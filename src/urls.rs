//! Every URL of the service.

use restwell::{authtoken::obtain_auth_token, prelude::*, throttling::LoginRateThrottle};

use crate::{
    accounts::views::UserViewSet,
    catalog::views::{AuthorViewSet, BookViewSet, SubjectViewSet},
    holdings::views::{BranchViewSet, CopyViewSet},
};

/// The routes below `/api/`.
pub fn urls() -> Urls {
    let router = DefaultRouter::new()
        .register("authors", AuthorViewSet)
        .register("subjects", SubjectViewSet)
        .register("books", BookViewSet)
        .register("branches", BranchViewSet)
        .register("copies", CopyViewSet)
        .register("users", UserViewSet);
    Urls::new().include("/api/", router).path(
        "/api/api-token-auth/",
        "api-token-auth",
        obtain_auth_token(&[&LoginRateThrottle]),
    )
}
