//! Users and their passwords.

use std::{
    path::Path,
    sync::{Mutex, mpsc},
};

use actix_web::http::Method;
use base64::{Engine, prelude::BASE64_STANDARD};
use diesel::{connection::SimpleConnection, prelude::*};
use restwell::{
    api_views::ApiView,
    crypto::hashers::{PasswordHasher, make_password, make_unusable_password},
    db::Db,
    prelude::*,
    server::App,
    settings::Settings,
    test::{ApiClient, TestRequest, TestResponse},
    viewsets::Policies,
};
use restwell_auth::{User, authentication::BasicAuthentication, schema::auth_user};
use restwell_postgres::test::{Template, TestDatabase};
use serde_json::json;

pub(crate) const PASSWORD: &str = "correct horse";

/// Costs next to nothing.
pub(crate) const HASHER: PasswordHasher = PasswordHasher::Pbkdf2Sha256 { iterations: 2 };
const OLD_HASHER: PasswordHasher = PasswordHasher::Pbkdf2Sha256 { iterations: 1 };

/// The template of all databases here.
fn template() -> &'static Template {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres");
    let tables = include_str!("../../../../migrations/2026-01-31-120000_create_accounts/up.sql");
    Template::get(&folder, tables, |conn| conn.batch_execute(tables).unwrap())
}

/// A service with these routes and settings, and one connection.
pub(crate) fn serve_with(urls: Urls, settings: Settings, database: &TestDatabase) -> ApiClient {
    ApiClient::new(App::new(urls, settings, Db::new(&database.url(), 1)))
}

/// Ann, whose hash is new, and Bob, whose hash is old; Carl is not active, Dora has no password.
pub(crate) fn accounts() -> TestDatabase {
    let database = template().database();
    let users = [
        ("ann", make_password(PASSWORD, HASHER).unwrap(), true),
        ("bob", make_password(PASSWORD, OLD_HASHER).unwrap(), true),
        ("carl", make_password(PASSWORD, HASHER).unwrap(), false),
        ("dora", make_unusable_password(), true),
    ];
    let mut conn = database.connect();
    for (name, password, is_active) in users {
        let row = format!(
            "INSERT INTO auth_user (password, is_superuser, username, first_name, last_name, email, is_staff, is_active, \
             date_joined) VALUES ('{password}', false, '{name}', '', '', '', false, {is_active}, now())"
        );
        conn.batch_execute(&row).unwrap();
    }
    database
}

/// The user of this name.
pub(crate) fn user(name: &str, conn: &mut Conn) -> User {
    let query = auth_user::table.filter(auth_user::username.eq(name));
    query.select(User::as_select()).first(conn).unwrap()
}

/// A service that says by `GET /me/` whose name and password were sent; it has one connection.
fn service(database: &TestDatabase) -> ApiClient {
    let me = |request: &Request, _: &mut Conn| {
        let id = request.user().map(|user: &User| user.id);
        Response::ok(request, &json!(id))
    };
    let policies = Policies {
        authentication: Some(&[&BasicAuthentication]),
        ..Policies::DEFAULT
    };
    let (works, waits) = mpsc::channel();
    let waits = Mutex::new(Some(waits));
    let works = Mutex::new(works);
    // The work ends when another request has been answered.
    let slow = move |request: &Request, _: &mut Conn| {
        let waits = waits.lock().unwrap().take();
        let done = request.offload("wait", move || waits.unwrap().recv().is_ok())?;
        Response::ok(request, &json!(done))
    };
    let fast = move |request: &Request, _: &mut Conn| {
        works.lock().unwrap().send(()).unwrap();
        Response::ok(request, &json!(true))
    };
    let urls = Urls::new()
        .path(
            "/me/",
            "me",
            ApiView::new("MeView").get(me).policies(policies),
        )
        .path("/slow/", "slow", ApiView::new("SlowView").get(slow))
        .path("/fast/", "fast", ApiView::new("FastView").get(fast));
    let settings = Settings {
        password_hasher: HASHER,
        ..Settings::default()
    };
    serve_with(urls, settings, database)
}

fn sign_in(client: &ApiClient, name: &str, password: &str) -> TestResponse {
    let word = BASE64_STANDARD.encode(format!("{name}:{password}"));
    let request = TestRequest::new(Method::GET, "/me/");
    client.send(request.header("authorization", &format!("Basic {word}")))
}

#[test]
fn an_active_user_with_the_right_password_is_authenticated() {
    let database = accounts();
    let client = service(&database);
    let cases = [
        ("ann", PASSWORD, 200),
        ("ann", "correct horse ", 401),
        ("ann", "", 401),
        ("Ann", PASSWORD, 401),
        ("bob", "wrong", 401),
        ("carl", PASSWORD, 401),
        ("dora", PASSWORD, 401),
        ("dora", "", 401),
        ("eve", PASSWORD, 401),
        ("", PASSWORD, 401),
        ("ann\0", PASSWORD, 401),
        ("ann", "nul\0", 401),
    ];
    for (name, password, status) in cases {
        let response = sign_in(&client, name, password);
        assert_eq!(response.status, status, "{name} {password}");
        // The user is looked up before the password is hashed, and again after it.
        assert!(response.statements <= 2, "{name} {password}");
        assert_eq!(response.body == "1", status == 200);
    }
}

#[test]
fn an_old_hash_is_replaced_when_its_user_signs_in() {
    let database = accounts();
    let client = service(&database);
    let mut conn = database.connect();
    let mut stored = || user("bob", &mut conn).password;
    let old = stored();
    assert!(old.starts_with("pbkdf2_sha256$1$"), "{old}");
    assert_eq!(sign_in(&client, "bob", "wrong").status, 401);
    assert_eq!(stored(), old);
    assert_eq!(sign_in(&client, "bob", PASSWORD).status, 200);
    let new = stored();
    assert!(new.starts_with("pbkdf2_sha256$2$"), "{new}");
    assert_eq!(sign_in(&client, "bob", PASSWORD).status, 200);
    assert_eq!(stored(), new);
}

#[test]
fn work_without_the_database_holds_no_connection() {
    let database = accounts();
    let requests = ["/slow/", "/fast/"].map(|path| TestRequest::new(Method::GET, path));
    for response in service(&database).send_together(requests.into()) {
        assert_eq!(
            (response.status.as_u16(), response.body.as_str()),
            (200, "true")
        );
    }
}
