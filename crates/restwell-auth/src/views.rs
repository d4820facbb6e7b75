//! Signing in and out with a form: `rest_framework.urls` (contract §11.10).

use restwell::{
    api_views::ApiView,
    csrf::check_csrf,
    db::Conn,
    exceptions::Result,
    fields::{MAX_USERNAME, normalize_username, trim},
    parsers::Parser,
    permissions::AllowAny,
    renderers::{JSON, Renderer},
    request::Request,
    response::Response,
    throttling::Throttle,
    viewsets::Policies,
};

use crate::{
    authenticate, login, logout,
    pages::{self, LoginPage, PageRenderer},
    redirects::{location, next_page},
};

/// Where people go who sign in without having been anywhere: Django's `LOGIN_REDIRECT_URL`.
const LOGIN_REDIRECT_URL: &str = "/accounts/profile/";

const RENDERERS: &[&dyn Renderer] = &[&PageRenderer, JSON];
const PARSERS: &[Parser] = &[Parser::FORM, Parser::MULTI_PART];

/// A page with a form, which signs in who fills it out correctly, and leads to the page that `next` names if that is one
/// of this site.
pub fn login_view(throttles: &'static [&'static dyn Throttle]) -> ApiView {
    page_view("LoginView", throttles)
        .get(|request, _| {
            let page = LoginPage {
                next: next_page(request)?.unwrap_or_default(),
                ..LoginPage::default()
            };
            Ok(page.respond(request))
        })
        .post(sign_in)
}

/// Signs out by `POST`, since a link on another site must not.
pub fn logout_view() -> ApiView {
    page_view("LogoutView", &[]).post(|request, conn| {
        check_csrf(request)?;
        logout(request, conn)?;
        let next = next_page(request)?.unwrap_or(LOGIN_REDIRECT_URL);
        Ok(pages::redirect(&location(next)))
    })
}

fn page_view(name: &'static str, throttles: &'static [&'static dyn Throttle]) -> ApiView {
    ApiView::new(name)
        .policies(Policies {
            authentication: Some(&[]),
            permissions: Some(&[&AllowAny]),
            throttles: Some(throttles),
            ..Policies::DEFAULT
        })
        .renderers(RENDERERS)
        .parsers(PARSERS)
        .exception_handler(pages::error)
        .non_atomic()
}

fn sign_in(request: &Request, conn: &mut Conn) -> Result<Response> {
    check_csrf(request)?;
    let form = request.data()?;
    let text = |name| {
        form.get(name)
            .and_then(|value| value.as_str())
            .unwrap_or_default()
    };
    let (username, password) = (trim(text("username")), text("password"));
    let next = next_page(request)?;
    let error = if username.is_empty() || password.is_empty() {
        "Enter your username and your password."
    } else if username.chars().count() > MAX_USERNAME {
        "This username is too long."
    } else {
        let name = normalize_username(username);
        if let Some(user) = authenticate(&name, password, request, conn)? {
            login(request, &user, conn)?;
            return Ok(pages::redirect(&location(
                next.unwrap_or(LOGIN_REDIRECT_URL),
            )));
        }
        "This username and password do not match. Both may be case-sensitive."
    };
    let page = LoginPage {
        username,
        next: next.unwrap_or_default(),
        error: Some(error),
    };
    Ok(page.respond(request))
}
