//! What views answer to errors of every kind, in every form; and what of it a service may change.

use actix_web::http::{Method, StatusCode};
use restwell::{
    api_views::ApiView,
    crypto::hashers::{PasswordHasher, make_password},
    exceptions::ErrorFormat,
    prelude::*,
    renderers::{JSON, Renderer, RendererContext},
    settings::Settings,
    test::{ApiClient, TestRequest},
};
use restwell_postgres::test::TestDatabase;
use serde_json::{Value, json};

use crate::shop::{serve_with, shop};

struct TextRenderer;

impl Renderer for TextRenderer {
    fn media_type(&self) -> &'static str {
        "text/plain"
    }

    fn format(&self) -> &'static str {
        "txt"
    }

    fn render(&self, value: &Value, context: &RendererContext<'_>) -> Result<Vec<u8>, String> {
        match value.get("unwritable") {
            Some(_) => Err("unwritable".to_owned()),
            None => Ok(format!("{} {value}", context.status.as_u16()).into_bytes()),
        }
    }
}

const TEXT: &dyn Renderer = &TextRenderer;

/// An error of the service's own, which `?` turns into an answer.
struct Teapot(&'static str);

impl From<Teapot> for ApiException {
    fn from(Teapot(code): Teapot) -> Self {
        Self::new(StatusCode::IM_A_TEAPOT, "This is a teapot.", code)
    }
}

fn fail(name: &str) -> Result<Response> {
    let text = |code: &'static str| ErrorDetail::new("text", code);
    let forbidden = |detail| ApiException::with_detail(StatusCode::FORBIDDEN, detail);
    Err(match name {
        "text" => ApiException::validation(text("special")),
        "list" => ApiException::validation(ErrorDetail::List(vec![text("one"), text("two")])),
        "map" => ApiException::validation(ErrorDetail::Map(vec![
            ("a".into(), text("one")),
            (
                "b".into(),
                ErrorDetail::Map(vec![("c".into(), text("two").listed())]),
            ),
        ])),
        "forbidden-map" => forbidden(ErrorDetail::Map(vec![("why".into(), text("one"))])),
        "forbidden-list" => forbidden(ErrorDetail::List(vec![text("one"), text("two")])),
        "teapot" => return Err(Teapot("teapot"))?,
        "unknown" => ApiException::internal("a secret"),
        "stranger" => ApiException::not_authenticated(),
        "credentials" => ApiException::authentication_failed(),
        "throttled" => ApiException::throttled(Some(10)),
        "throttled-now" => ApiException::throttled(Some(0)),
        "panic" => panic!("a handler that panics"),
        _ => ApiException::not_found(),
    })
}

/// Answers all but a 404.
fn handle_most(exception: &ApiException, request: &Request) -> Option<Response> {
    let body = json!({ "error": exception.detail.code() });
    match exception.status {
        StatusCode::NOT_FOUND => None,
        _ => Response::ok(request, &body).ok(),
    }
}

fn urls() -> Urls {
    let raise = |request: &Request, _: &mut Conn| fail(request.kwarg("name").unwrap_or_default());
    let render = |request: &Request, _: &mut Conn| {
        Response::ok(request, &json!({ "é": [1, {}], "\u{1F600}": 0.5 }))
    };
    let unwritable =
        |request: &Request, _: &mut Conn| Response::ok(request, &json!({ "unwritable": 1 }));
    let router =
        DefaultRouter::new().view("render", "render", ApiView::new("RenderView").get(render));
    Urls::new()
        .include("/", router)
        .path(
            "/raise/<name>/",
            "raise",
            ApiView::new("RaiseView").get(raise).post(raise),
        )
        .path(
            "/handled/<name>/",
            "handled",
            ApiView::new("HandledView")
                .get(raise)
                .exception_handler(handle_most),
        )
        .path(
            "/text/",
            "text",
            ApiView::new("TextView")
                .get(render)
                .renderers(&[TEXT, JSON]),
        )
        .path(
            "/unwritable/",
            "unwritable",
            ApiView::new("TextView").get(unwritable).renderers(&[TEXT]),
        )
}

fn client(settings: Settings) -> (ApiClient, TestDatabase) {
    let (_, database) = shop();
    (serve_with(urls(), settings, &database), database)
}

fn codes() -> Settings {
    Settings {
        error_format: ErrorFormat::Code,
        ..Settings::default()
    }
}

#[test]
fn a_body_has_the_shape_of_its_detail() {
    let (client, _database) = client(codes());
    let cases = [
        ("text", 400, r#"["special"]"#),
        ("list", 400, r#"["one","two"]"#),
        ("map", 400, r#"{"a":"one","b":{"c":["two"]}}"#),
        ("forbidden-map", 403, r#"{"why":"one"}"#),
        ("forbidden-list", 403, r#"["one","two"]"#),
        ("stranger", 403, r#"{"detail":"not_authenticated"}"#),
        ("credentials", 403, r#"{"detail":"authentication_failed"}"#),
        ("throttled", 429, r#"{"detail":"throttled"}"#),
        ("throttled-now", 429, r#"{"detail":"throttled"}"#),
        ("teapot", 418, r#"{"detail":"teapot"}"#),
        ("unknown", 500, r#"{"detail":"error"}"#),
        ("else", 404, r#"{"detail":"not_found"}"#),
    ];
    for (name, status, body) in cases {
        let response = client.get(&format!("/raise/{name}/"));
        response.assert(status, body);
        assert_eq!(response.header("allow"), "GET, POST, HEAD, OPTIONS");
        let wait = if name == "throttled" { "10" } else { "" };
        assert_eq!(response.header("retry-after"), wait, "{name}");
    }
}

#[test]
fn a_view_may_answer_errors_in_its_own_way() {
    let (client, _database) = client(codes());
    client
        .get("/handled/teapot/")
        .assert(200, r#"{"error":"teapot"}"#);
    client
        .get("/handled/unknown/")
        .assert(200, r#"{"error":"error"}"#);
    client
        .get("/handled/missing/")
        .assert(500, r#"{"detail":"error"}"#);
}

#[test]
fn a_panic_is_a_500_that_can_be_found_in_the_log() {
    let (client, _database) = client(codes());
    for method in [Method::GET, Method::POST, Method::POST] {
        let request = TestRequest::new(method, "/raise/panic/").header("x-request-id", "abc-1");
        let response = client.send(request);
        response.assert(500, r#"{"detail":"error"}"#);
        assert_eq!(response.header("x-request-id"), "abc-1");
    }
    // There is one connection, and it is as good as new.
    assert_eq!(client.get("/render/").status, 200);
}

/// Teapots are told differently, what is missing is not told at all, and all else is as it would be.
fn handle(exception: &ApiException, request: &Request) -> Option<Response> {
    match exception.status {
        StatusCode::IM_A_TEAPOT => Response::new(
            request,
            StatusCode::OK,
            &json!({ "error": exception.detail.code() }),
        )
        .ok(),
        StatusCode::NOT_FOUND => None,
        status if status.is_server_error() => {
            Response::new(request, status, &json!({ "oh": "no" })).ok()
        }
        _ => Some(Response::from_exception(
            exception,
            &request.settings,
            request.accepted(),
        )),
    }
}

#[test]
fn a_service_may_answer_errors_in_its_own_way() {
    let (client, _database) = client(Settings {
        exception_handler: Some(handle),
        ..codes()
    });
    client
        .get("/raise/teapot/")
        .assert(200, r#"{"error":"teapot"}"#);
    client.get("/raise/text/").assert(400, r#"["special"]"#);
    client.get("/raise/unknown/").assert(500, r#"{"oh":"no"}"#);
    client
        .get("/raise/missing/")
        .assert(500, r#"{"detail":"error"}"#);
    // What has no route is no view's error.
    client
        .get("/nowhere/")
        .assert(404, r#"{"detail":"not_found"}"#);
}

#[test]
fn a_view_may_have_more_forms_than_json() {
    let (client, _database) = client(Settings {
        renderers: vec![JSON, TEXT],
        ..codes()
    });
    let json = r#"{"é":[1,{}],"😀":0.5}"#;
    let text = r#"200 {"é":[1,{}],"😀":0.5}"#;
    let (is_json, is_text) = ("application/json", "text/plain; charset=utf-8");
    let cases = [
        ("/render/", "*/*", 200, is_json, json),
        ("/render/", "text/*", 200, is_text, text),
        ("/render/?format=txt", "*/*", 200, is_text, text),
        ("/render.txt", "*/*", 200, is_text, text),
        ("/render.json?format=txt", "*/*", 200, is_json, json),
        (
            "/render/?format=json",
            "text/plain",
            406,
            is_json,
            r#"{"detail":"not_acceptable"}"#,
        ),
        (
            "/render.txt",
            "application/json",
            406,
            is_json,
            r#"{"detail":"not_acceptable"}"#,
        ),
        (
            "/render.xml",
            "*/*",
            404,
            is_json,
            r#"{"detail":"not_found"}"#,
        ),
        ("/text/", "*/*", 200, is_text, text),
        ("/text/", "application/json", 200, is_json, json),
        (
            "/text/",
            "text/html",
            406,
            is_text,
            r#"406 {"detail":"not_acceptable"}"#,
        ),
        (
            "/raise/text/",
            "text/plain",
            400,
            is_text,
            r#"400 ["special"]"#,
        ),
    ];
    for (path, accept, status, content_type, body) in cases {
        let response = client.send(TestRequest::new(Method::GET, path).header("accept", accept));
        let found = (
            response.status.as_u16(),
            response.header("content-type"),
            response.body.as_str(),
        );
        assert_eq!(found, (status, content_type, body), "{path} {accept}");
        assert_eq!(response.header("vary"), "Accept", "{path}");
    }
}

#[test]
fn a_view_says_which_forms_it_has() {
    let (client, _database) = client(codes());
    let options = client.send(TestRequest::new(Method::OPTIONS, "/text/"));
    assert!(
        options.body.starts_with("200 ")
            && options
                .body
                .contains(r#"["text/plain","application/json"]"#)
    );
    let unwritable = client.get("/unwritable/");
    assert_eq!(
        (unwritable.status.as_u16(), unwritable.header("vary")),
        (500, "")
    );
}

#[test]
fn json_may_be_ascii_or_spaced() {
    let plain = codes();
    let ascii = Settings {
        unicode_json: false,
        ..codes()
    };
    let spaced = Settings {
        compact_json: false,
        ..codes()
    };
    let cases = [
        (plain, r#"{"é":[1,{}],"😀":0.5}"#),
        (ascii, r#"{"\u00e9":[1,{}],"\ud83d\ude00":0.5}"#),
        (spaced.clone(), r#"{"é": [1, {}], "😀": 0.5}"#),
    ];
    for (settings, body) in cases {
        let (client, _database) = client(settings);
        client.get("/render/").assert(200, body);
    }
    let (client, _database) = client(spaced);
    let indented = TestRequest::new(Method::GET, "/render/").header("accept", "*/*; indent=1");
    client
        .send(indented)
        .assert(200, "{\n \"é\": [\n  1,\n  {}\n ],\n \"😀\": 0.5\n}");
}

#[test]
fn a_refused_delete_is_protected_whatever_language_postgres_speaks() {
    let (_, database) = shop();
    let refuse = |_: &Request, _: &mut Conn| -> Result<Response> {
        let kind = diesel::result::DatabaseErrorKind::ForeignKeyViolation;
        let message =
            "Aktualisieren oder Löschen in Tabelle »shop« verletzt Fremdschlüssel-Constraint";
        Err(diesel::result::Error::DatabaseError(
            kind,
            Box::new(message.to_owned()),
        ))?
    };
    let view = ApiView::new("RefusedView").delete(refuse).post(refuse);
    let urls = Urls::new().path("/refused/", "refused", view);
    let client = crate::shop::serve(urls, &database);
    client
        .delete("/refused/")
        .assert(409, r#"{"detail":"protected"}"#);
    client
        .post("/refused/", "{}")
        .assert(400, r#"{"non_field_errors":["does_not_exist"]}"#);
}

#[test]
fn a_hasher_beyond_its_limits_is_a_fault_of_ours() {
    let absurd = PasswordHasher::Bcrypt { rounds: 31 };
    let exception: ApiException = make_password("correct horse", absurd).unwrap_err().into();
    assert_eq!(exception.status, StatusCode::INTERNAL_SERVER_ERROR);
    let told = exception.to_string();
    assert!(told.contains("Settings::password_hasher"), "{told}");
}
