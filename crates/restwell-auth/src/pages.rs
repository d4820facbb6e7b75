//! The few pages of HTML that people see who sign in or out. No text gets into them unescaped, and they load nothing.

use std::fmt::Write;

use actix_web::http::{StatusCode, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use openssl::sha::sha256;
use restwell::{
    csrf::{FORM_FIELD, get_token},
    exceptions::ApiException,
    renderers::{Renderer, RendererContext},
    request::Request,
    response::Response,
};
use serde_json::Value;

const STYLE: &str = "body{font-family:sans-serif;max-width:20rem;margin:3rem auto;padding:0 1rem;line-height:1.5}\
label,input,button{display:block;width:100%;box-sizing:border-box;font:inherit}\
input,button{margin:0 0 1rem;padding:.5rem}[role=alert]{color:#b00020}";

/// What the form shows.
#[derive(Default)]
pub(super) struct LoginPage<'a> {
    pub(super) username: &'a str,
    pub(super) next: &'a str,
    pub(super) error: Option<&'a str>,
}

impl LoginPage<'_> {
    pub(super) fn respond(&self, request: &Request) -> Response {
        let Self {
            username,
            next,
            error,
        } = *self;
        let alert = error.map(|error| format!("<p role=\"alert\">{}</p>", escape(error)));
        let body = format!(
            "{alert}<form method=\"post\" action=\"{action}\">\
             <input type=\"hidden\" name=\"{FORM_FIELD}\" value=\"{token}\">\
             <input type=\"hidden\" name=\"next\" value=\"{next}\">\
             <label for=\"id_username\">Username</label>\
             <input type=\"text\" name=\"username\" id=\"id_username\" value=\"{username}\" maxlength=\"150\" \
             autocapitalize=\"none\" autocomplete=\"username\" required autofocus>\
             <label for=\"id_password\">Password</label>\
             <input type=\"password\" name=\"password\" id=\"id_password\" autocomplete=\"current-password\" required>\
             <button type=\"submit\">Log in</button></form>",
            alert = alert.unwrap_or_default(),
            action = escape(&request.path),
            token = get_token(request),
            next = escape(next),
            username = escape(username),
        );
        respond(StatusCode::OK, "Log in", &body)
    }
}

/// To another page.
pub(super) fn redirect(location: &str) -> Response {
    guarded(Response::empty(StatusCode::FOUND)).with_header(header::LOCATION, location)
}

/// An error as a page. What is our own fault is logged and told as everywhere else.
pub(super) fn error(exception: &ApiException, request: &Request) -> Option<Response> {
    let told = || Response::from_exception(exception, &request.settings, request.accepted());
    (!exception.is_our_fault()).then(|| guarded(told()))
}

fn respond(status: StatusCode, title: &str, body: &str) -> Response {
    let response = Response {
        body: page(title, body).into_bytes(),
        ..Response::empty(status)
    };
    guarded(response.with_header(header::CONTENT_TYPE, "text/html; charset=utf-8"))
}

/// Not to be kept by anybody (Django's `never_cache`), nor to load or run anything.
fn guarded(response: Response) -> Response {
    let style = STANDARD.encode(sha256(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    let caching = "max-age=0, no-cache, no-store, must-revalidate, private";
    response
        .with_header(header::CACHE_CONTROL, caching)
        .with_header(header::CONTENT_SECURITY_POLICY, &policy)
}

fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><style>{STYLE}</style></head>\
         <body><main><h1>{title}</h1>{body}</main></body></html>\n"
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#x27;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// What a view tells besides its own pages: errors.
pub(super) struct PageRenderer;

impl Renderer for PageRenderer {
    fn media_type(&self) -> &'static str {
        "text/html"
    }

    fn format(&self) -> &'static str {
        "html"
    }

    fn render(&self, value: &Value, context: &RendererContext<'_>) -> Result<Vec<u8>, String> {
        let mut body = String::new();
        if let Some(text) = value["detail"].as_str() {
            write!(body, "<p role=\"alert\">{}</p>", escape(text))
                .map_err(|error| error.to_string())?;
        }
        Ok(page(&context.status.to_string(), &body).into_bytes())
    }
}
