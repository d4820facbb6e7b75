//! `/livez` and `/readyz`.

use actix_web::{
    App,
    body::to_bytes,
    http::{Method, header},
    rt::System,
    test::{TestRequest, call_service, init_service},
};
use lending_library::health::Health;
use restwell::db::Db;
use tokio::sync::watch;

use crate::harness::Library;

const OK: &str = r#"{"status":"ok"}"#;
const NOBODY: &str = "postgres://user:password@127.0.0.1:1/nothing";

/// Status, body and `Allow` of one request.
fn ask(url: &str, is_stopping: bool, method: Method, path: &str) -> (u16, String, String) {
    System::new().block_on(async {
        let health = Health::new(Db::new(url, 1), watch::channel(is_stopping).1);
        let service = init_service(App::new().configure(|config| health.configure(config))).await;
        let response = call_service(
            &service,
            TestRequest::with_uri(path).method(method).to_request(),
        )
        .await;
        let allow = response
            .headers()
            .get(header::ALLOW)
            .map_or("", |allow| allow.to_str().unwrap())
            .to_owned();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body()).await.unwrap_or_default();
        (status, String::from_utf8(body.to_vec()).unwrap(), allow)
    })
}

fn get(url: &str, path: &str) -> (u16, String) {
    let (status, body, _) = ask(url, false, Method::GET, path);
    (status, body)
}

#[test]
fn a_migrated_database_is_ready() {
    let library = Library::new();
    assert_eq!(
        get(&library.database.url(), "/readyz"),
        (200, OK.to_owned())
    );
    assert_eq!(
        ask(&library.database.url(), false, Method::HEAD, "/readyz").0,
        200
    );
}

#[test]
fn pending_migrations_are_named() {
    let library = Library::new();
    let newest = "(select max(version) from __diesel_schema_migrations)";
    library.sql(&format!(
        "delete from __diesel_schema_migrations where version = {newest}"
    ));
    let body = r#"{"status":"unavailable","reasons":["migrations are pending: 2026-11-26-110000_note_django_migrations"]}"#;
    assert_eq!(
        get(&library.database.url(), "/readyz"),
        (503, body.to_owned())
    );
}

#[test]
fn a_database_that_does_not_answer_is_told_without_its_address() {
    let body = r#"{"status":"unavailable","reasons":["the database does not answer"]}"#;
    let (status, told) = get(NOBODY, "/readyz");
    // The first attempt may take as long as the probe may.
    assert_eq!(
        (status, told.replace(" in time", "")),
        (503, body.to_owned())
    );
}

#[test]
fn a_service_that_is_being_stopped_is_not_ready() {
    let body = r#"{"status":"unavailable","reasons":["shutting down"]}"#;
    assert_eq!(
        ask(NOBODY, true, Method::GET, "/readyz"),
        (503, body.to_owned(), String::new())
    );
}

#[test]
fn the_process_lives_whatever_its_database_does() {
    assert_eq!(
        ask(NOBODY, true, Method::GET, "/livez"),
        (200, OK.to_owned(), String::new())
    );
}

#[test]
fn other_verbs_are_refused() {
    for path in ["/livez", "/readyz"] {
        let (status, body, allow) = ask(NOBODY, false, Method::POST, path);
        assert_eq!((status, allow.as_str()), (405, "GET, HEAD"));
        assert_eq!(body, r#"{"detail":"This method is not allowed here."}"#);
    }
}
