//! `parity/oracle/probe/failures.py`.

use actix_web::http::StatusCode;
use restwell::{api_views::ApiView, prelude::*};
use serde_json::json;

/// An error of the application's own.
struct Teapot {
    message: &'static str,
    code: &'static str,
}

impl From<Teapot> for ApiException {
    fn from(Teapot { message, code }: Teapot) -> Self {
        Self::new(StatusCode::IM_A_TEAPOT, message, code)
    }
}

fn text(code: &'static str) -> ErrorDetail {
    ErrorDetail::new("text", code)
}

fn list(messages: &[&'static str], code: &'static str) -> ErrorDetail {
    let messages = messages.iter();
    ErrorDetail::List(
        messages
            .map(|message| ErrorDetail::new(*message, code))
            .collect(),
    )
}

fn map<const N: usize>(fields: [(&'static str, ErrorDetail); N]) -> ErrorDetail {
    let fields = fields.into_iter();
    ErrorDetail::Map(fields.map(|(name, detail)| (name.into(), detail)).collect())
}

fn denied(detail: ErrorDetail) -> ApiException {
    ApiException::with_detail(StatusCode::FORBIDDEN, detail)
}

fn validation_error(name: &str) -> Option<ApiException> {
    let detail = match name {
        "validation" => ErrorDetail::new("Invalid input.", "invalid"),
        "validation-text" => text("invalid"),
        "validation-code" => text("special"),
        "validation-list" => list(&["one", "two"], "invalid"),
        "validation-dict" => map([
            ("a", text("invalid")),
            ("b", list(&["one", "two"], "invalid")),
            ("c", map([("d", text("invalid").listed())])),
        ]),
        "validation-values" => map([("a", list(&["1", "None", "True", "1.5"], "invalid"))]),
        _ => return None,
    };
    Some(ApiException::validation(detail))
}

fn exception(name: &str) -> Option<ApiException> {
    Some(match name {
        "api-exception" => ApiException::server_error(),
        "parse-error" => ApiException::parse_error(),
        "authentication-failed" => ApiException::authentication_failed(),
        "not-authenticated" => ApiException::not_authenticated(),
        "permission-denied" | "django-403" => ApiException::permission_denied(),
        "permission-denied-code" => denied(text("special")),
        "permission-denied-dict" => denied(map([
            ("why", text("permission_denied")),
            ("how", list(&["one"], "permission_denied")),
        ])),
        "permission-denied-list" => denied(list(&["one", "two"], "permission_denied")),
        "not-found" => ApiException::not_found(),
        "method-not-allowed" => ApiException::method_not_allowed("GET"),
        "not-acceptable" => ApiException::not_acceptable(),
        "unsupported-media-type" => ApiException::unsupported_media_type("text/x"),
        "throttled" => ApiException::throttled(None),
        "throttled-wait" => ApiException::throttled(Some(10)),
        "custom" => ApiException::from(Teapot {
            message: "This is a teapot.",
            code: "teapot",
        }),
        "custom-code" => ApiException::from(Teapot {
            message: "text",
            code: "special",
        }),
        "django-404" => ApiException::from(diesel::result::Error::NotFound),
        "suspicious" => ApiException::new(StatusCode::BAD_REQUEST, "text", "suspicious"),
        "unknown" => ApiException::internal("text"),
        name => return validation_error(name),
    })
}

fn raise(request: &Request, _: &mut Conn) -> Result<Response> {
    let name = request.kwarg("name").unwrap_or_default();
    Err(exception(name).unwrap_or_else(ApiException::not_found))
}

/// Answers all but a 404 in a way of its own.
fn handle(exception: &ApiException, request: &Request) -> Option<Response> {
    if exception.status == StatusCode::NOT_FOUND {
        return None;
    }
    let body = json!({ "error": exception.detail.code() });
    Response::new(request, StatusCode::BAD_REQUEST, &body).ok()
}

pub(crate) fn urls(urls: Urls) -> Urls {
    let raises = ApiView::new("RaiseView").description("Raises.").get(raise);
    let handled = ApiView::new("HandledView")
        .description("Raises, and answers in a way of its own.")
        .get(raise)
        .exception_handler(handle);
    urls.path("/probe/raise/<name>/", "raise", raises).path(
        "/probe/raise-handled/<name>/",
        "raise-handled",
        handled,
    )
}
