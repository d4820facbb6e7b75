//! `parity/oracle/probe/credentials.py`.

use restwell::{
    api_views::ApiView,
    authentication::Authentication,
    permissions::{AllowAny, IsAuthenticated, Permission},
    prelude::*,
    viewsets::Policies,
};
use restwell_auth::{
    User,
    authentication::{BasicAuthentication, SessionAuthentication},
    authtoken::{Token, TokenAuthentication},
};
use serde_json::json;

const BEARER: TokenAuthentication = TokenAuthentication { keyword: "Bearer" };
const TOKEN: TokenAuthentication = TokenAuthentication::DEFAULT;

fn who(request: &Request, _: &mut Conn) -> Result<Response> {
    let user = request.user().map(|user: &User| &user.username);
    let has_auth = request.auth::<Token>().is_some();
    Response::ok(request, &json!({ "user": user, "has_auth": has_auth }))
}

fn view(
    permissions: &'static [&'static dyn Permission],
    authentication: &'static [&'static dyn Authentication],
) -> ApiView {
    ApiView::new("WhoView")
        .description("Who asks.")
        .get(who)
        .post(who)
        .put(who)
        .policies(Policies {
            authentication: Some(authentication),
            permissions: Some(permissions),
            ..Policies::DEFAULT
        })
}

macro_rules! views {
    ($urls:expr, $($name:literal: $permission:expr, [$($authenticator:expr),*];)*) => {
        $urls$(.path(
            concat!("/probe/who/", $name, "/"),
            concat!("who-", $name),
            view(&[&$permission], &[$(&$authenticator),*]),
        ))*
    };
}

pub(crate) fn urls(urls: Urls) -> Urls {
    views! { urls,
        "default": AllowAny, [SessionAuthentication, BasicAuthentication];
        "default-closed": IsAuthenticated, [SessionAuthentication, BasicAuthentication];
        "basic": AllowAny, [BasicAuthentication, SessionAuthentication];
        "basic-closed": IsAuthenticated, [BasicAuthentication, SessionAuthentication];
        "token": AllowAny, [TOKEN, SessionAuthentication, BasicAuthentication];
        "token-closed": IsAuthenticated, [TOKEN, SessionAuthentication, BasicAuthentication];
        "bearer": IsAuthenticated, [BEARER];
        "session": AllowAny, [SessionAuthentication];
        "nobody": AllowAny, [];
        "nobody-closed": IsAuthenticated, [];
    }
}
