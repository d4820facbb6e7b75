//! Sessions in Django's table and format.

use actix_web::http::Method;
use chrono::{TimeDelta, Utc};
use diesel::{connection::SimpleConnection, prelude::*, sql_query};
use regex::Regex;
use restwell::{
    api_views::ApiView,
    crypto::SecretKey,
    exceptions::ErrorFormat,
    permissions::AllowAny,
    prelude::*,
    sessions::clear_expired,
    settings::{CookieSettings, SameSite, Settings},
    signing::TimestampSigner,
    test::{TestRequest, TestResponse},
    viewsets::Policies,
};
use restwell_auth::{User, authentication::SessionAuthentication, login, logout};
use restwell_postgres::test::TestDatabase;
use serde_json::{Value, json};

use crate::{
    accounts::{HASHER, accounts, serve_with, user},
    browser::{Browser, set_cookies},
};

diesel::table! {
    django_session (session_key) {
        session_key -> Varchar,
        session_data -> Text,
        expire_date -> Timestamptz,
    }
}

const KEY: &str = "a-secret-key-of-fifty-characters-for-tests-only!!!";
/// Ann's password as Django 5.2 has stored it, and a session that it has written for her with `KEY`.
const ANNS_PASSWORD: &str =
    "pbkdf2_sha256$2$abcdefghijklmnopqrstuv$yH0beBufHVwCpzM8HKB+rU91Yan/audlIiw0bpRA87Y=";
const ANNS_SESSION: &str = ".eJxVjEEOwiAQRe_C2hBwgIJL9z0DAWZGqoYmpV0Z765NutDtf-_9l4hpW2vcOi1xQnERWpx-t5zKg9oO8J7abZZlbusyZbkr8qBdjjPS83q4fwc19fqtlQeygdigNaCKp0JgLA-BECioc9GKSVuvggPM3rAO7EwalHaeMYF4fwDfRze2:1xWS9W:rwDAzfbR3TKD65OweoXwVKFZA6ZAkapgx00PB1zDKwM";
const SESSION_KEY: &str = "abcdefghijklmnopqrstuvwxyz012345";

pub(crate) const POLICIES: Policies = Policies {
    authentication: Some(&[&SessionAuthentication]),
    permissions: Some(&[&AllowAny]),
    ..Policies::DEFAULT
};

fn who(request: &Request, _: &mut Conn) -> Result<Response> {
    Response::ok(request, &request.user::<User>().map(|user| &user.username))
}

/// Counts the visits of a session; `?fail=` raises after that, `?ends=` ends the session behind the request's back.
fn visit(request: &Request, conn: &mut Conn) -> Result<Response> {
    let session = request.session(conn)?;
    let visits = session
        .get("visits")
        .and_then(|visits| visits.as_i64())
        .unwrap_or(0)
        + 1;
    session.insert("visits", visits);
    if request.query.contains("offload") {
        request.offload("nothing", || ())?;
    }
    if request.query.contains("ends") {
        diesel::delete(django_session::table).execute(conn)?;
    }
    match request.query.get("fail") {
        Some("400") => Err(ApiException::parse_error()),
        Some("500") => Err(ApiException::internal("a test")),
        Some("constraint") => {
            sql_query("INSERT INTO auth_group (name) VALUES ('same'), ('same')").execute(conn)?;
            Response::ok(request, &visits)
        }
        _ => Response::ok(request, &visits),
    }
}

fn change(request: &Request, conn: &mut Conn) -> Result<Response> {
    let session = request.session(conn)?;
    match request.kwarg("what") {
        Some("login") => {
            let name = request.query.get("name").unwrap_or_default();
            let user = user(name, conn);
            login(request, &user, conn)?;
        }
        Some("logout") => logout(request, conn)?,
        Some("cycle") => session.cycle_key(),
        Some("set") => {
            for (name, value) in request.query.iter() {
                session.insert(name, serde_json::from_str::<Value>(value).unwrap());
            }
        }
        _ => drop(session.remove("visits")),
    }
    Response::ok(request, &Value::Null)
}

fn browser(settings: Settings) -> (Browser, TestDatabase) {
    let database = accounts();
    let set_password = format!("UPDATE auth_user SET password = '{ANNS_PASSWORD}' WHERE id = 1");
    database.connect().batch_execute(&set_password).unwrap();
    let anonymous = Policies {
        authentication: Some(&[]),
        ..POLICIES
    };
    let view = |name, policies| ApiView::new(name).policies(policies);
    let who_view = view("Who", POLICIES).get(who).post(who).delete(who);
    let visit_view = view("Visit", anonymous).get(visit).post(visit);
    let change_view = view("Change", anonymous).post(change);
    let urls = Urls::new()
        .path("/who/", "who", who_view)
        .path("/visit/", "visit", visit_view)
        .path("/renewed/", "renewed", view("Renewed", POLICIES).get(visit))
        .path("/plain/", "plain", view("Plain", anonymous).get(who))
        .path("/change/<what>/", "change", change_view);
    let client = serve_with(urls, settings, &database);
    (Browser::new(client), database)
}

fn settings() -> Settings {
    Settings {
        error_format: ErrorFormat::Code,
        secret_key: SecretKey::new(KEY),
        password_hasher: HASHER,
        ..Settings::default()
    }
}

/// Ann's session, as Django has written it.
fn store(database: &TestDatabase, data: &str, seconds: i32) {
    let row = format!(
        "INSERT INTO django_session VALUES ('{SESSION_KEY}', '{data}', now() + interval '{seconds} seconds')"
    );
    database.connect().batch_execute(&row).unwrap();
}

fn post(browser: &Browser, path: &str) -> TestResponse {
    browser.send(TestRequest::new(Method::POST, path))
}

/// The keys and values of all sessions.
fn stored(database: &TestDatabase) -> Vec<(String, Value)> {
    let query =
        django_session::table.select((django_session::session_key, django_session::session_data));
    let rows: Vec<(String, String)> = query.load(&mut database.connect()).unwrap();
    let signer = TimestampSigner {
        settings: &settings(),
        salt: "django.contrib.sessions.SessionStore",
    };
    let rows = rows.into_iter();
    rows.map(|(key, data)| (key, signer.loads(&data, None).unwrap()))
        .collect()
}

#[test]
fn a_session_that_django_has_written_is_valid() {
    let (browser, database) = browser(settings());
    store(&database, ANNS_SESSION, 60);
    browser.set_cookie("sessionid", SESSION_KEY);
    let response = browser.get("/who/");
    response.assert(200, "\"ann\"");
    assert_eq!(
        (response.statements, response.header("vary")),
        (2, "Cookie")
    );
    assert!(set_cookies(&response).is_empty());
    assert_eq!(stored(&database).len(), 1);
    browser.set_cookie("a", "é");
    browser.get("/who/").assert(200, "\"ann\"");
}

#[test]
fn a_session_that_is_not_asked_for_costs_nothing() {
    let (browser, database) = browser(settings());
    let stranger = browser.get("/who/");
    assert_eq!(
        (stranger.statements, stranger.header("vary")),
        (0, "Cookie")
    );
    store(&database, ANNS_SESSION, 60);
    browser.set_cookie("sessionid", SESSION_KEY);
    let plain = browser.get("/plain/");
    assert_eq!((plain.statements, plain.header("vary")), (0, ""));
    let refused = browser.send(TestRequest::new(Method::GET, "/who/").header("accept", "text/csv"));
    assert_eq!((refused.status.as_u16(), refused.header("vary")), (406, ""));
}

#[test]
fn a_session_that_is_not_ours_remembers_nobody() {
    let tampered = ANNS_SESSION.replace("1xWS9W", "1xWS9X");
    let long = "a".repeat(100_000);
    // What is stored, for how long, the cookie, and whether the browser is told to forget it.
    let cases = [
        (ANNS_SESSION, -1, SESSION_KEY, true),
        (&tampered, 60, SESSION_KEY, false),
        ("nonsense", 60, SESSION_KEY, false),
        (ANNS_SESSION, 60, "abcdefghijklmnopqrstuvwxyz012346", true),
        (ANNS_SESSION, 60, "short", true),
        (ANNS_SESSION, 60, "", true),
        (ANNS_SESSION, 60, "' OR 1=1 --", true),
        (ANNS_SESSION, 60, "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", true),
        (ANNS_SESSION, 60, &long, true),
    ];
    for (data, seconds, cookie, is_forgotten) in cases {
        let (browser, database) = browser(settings());
        store(&database, data, seconds);
        browser.set_cookie("sessionid", cookie);
        let response = browser.get("/who/");
        response.assert(200, "null");
        let deletion = "sessionid=\"\"; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax";
        let expected: &[&str] = if is_forgotten { &[deletion] } else { &[] };
        assert_eq!(set_cookies(&response), expected, "{cookie:.40} {data}");
    }
}

#[test]
fn a_session_ends_when_its_user_has_another_password_or_is_not_active() {
    let cases = [
        ("password = 'other'", true),
        ("is_active = false", false),
        ("id = 99", false),
    ];
    for (update, is_deleted) in cases {
        let (browser, database) = browser(settings());
        store(&database, ANNS_SESSION, 60);
        browser.set_cookie("sessionid", SESSION_KEY);
        let statement = format!("UPDATE auth_user SET {update} WHERE id = 1");
        database.connect().batch_execute(&statement).unwrap();
        browser.get("/who/").assert(200, "null");
        assert_eq!(stored(&database).is_empty(), is_deleted, "{update}");
        assert_eq!(
            browser.cookie("sessionid").is_none(),
            is_deleted,
            "{update}"
        );
    }
}

#[test]
fn a_session_that_an_old_key_has_signed_is_renewed() {
    let (browser, database) = browser(Settings {
        secret_key: SecretKey::new("a-newer-key-of-fifty-characters-for-tests-only!!!!"),
        secret_key_fallbacks: vec![SecretKey::new(KEY)],
        ..settings()
    });
    store(&database, ANNS_SESSION, 60);
    browser.set_cookie("sessionid", SESSION_KEY);
    let response = browser.get("/who/");
    response.assert(200, "\"ann\"");
    assert_eq!(response.statements, 3);
    let key = browser.cookie("sessionid").unwrap();
    assert_ne!(key, SESSION_KEY);
    let again = browser.get("/who/");
    again.assert(200, "\"ann\"");
    assert_eq!(
        (again.statements, browser.cookie("sessionid")),
        (2, Some(key))
    );
}

#[test]
fn a_handler_that_starts_again_finds_the_session_as_it_was() {
    let (browser, database) = browser(Settings {
        secret_key: SecretKey::new("a-newer-key-of-fifty-characters-for-tests-only!!!!"),
        secret_key_fallbacks: vec![SecretKey::new(KEY)],
        ..settings()
    });
    store(&database, ANNS_SESSION, 60);
    browser.set_cookie("sessionid", SESSION_KEY);
    for (method, visits) in [(Method::GET, "1"), (Method::POST, "2")] {
        let request = TestRequest::new(method, "/visit/?offload=1");
        browser.send(request).assert(200, visits);
    }
    browser.get("/who/").assert(200, "\"ann\"");
    let path = "/renewed/?offload=1";
    store(&database, ANNS_SESSION, 60);
    browser.set_cookie("sessionid", SESSION_KEY);
    let response = browser.get(path);
    response.assert(200, "1");
    assert_eq!(set_cookies(&response).len(), 1);
    browser.get("/who/").assert(200, "\"ann\"");
    browser.set_cookie("sessionid", SESSION_KEY);
    browser.get("/who/").assert(200, "null");
}

#[test]
fn values_are_kept_under_a_key_that_nobody_can_guess() {
    let (browser, database) = browser(settings());
    let first = browser.get("/visit/");
    first.assert(200, "1");
    assert_eq!((first.statements, first.header("vary")), (1, "Cookie"));
    let cookie = &set_cookies(&first)[0];
    let form = r"^sessionid=[a-z0-9]{32}; expires=\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax$";
    assert!(Regex::new(form).unwrap().is_match(cookie), "{cookie}");
    let second = post(&browser, "/visit/");
    second.assert(200, "2");
    // Of them two are BEGIN and COMMIT.
    assert_eq!(second.statements, 4);
    let key = browser.cookie("sessionid").unwrap();
    assert_eq!(stored(&database), [(key, json!({ "visits": 2 }))]);
}

#[test]
fn what_a_failed_request_has_changed_is_forgotten() {
    for (fail, status) in [("400", 400), ("500", 500), ("constraint", 400)] {
        let (browser, database) = browser(settings());
        browser.get("/visit/").assert(200, "1");
        let key = browser.cookie("sessionid").unwrap();
        let response = post(&browser, &format!("/visit/?fail={fail}"));
        assert_eq!(
            (response.status.as_u16(), response.header("vary")),
            (status, "Cookie")
        );
        assert!(set_cookies(&response).is_empty(), "{fail}");
        assert_eq!(stored(&database), [(key, json!({ "visits": 1 }))], "{fail}");
    }
}

#[test]
fn a_session_that_ends_meanwhile_is_not_revived() {
    for method in [Method::GET, Method::POST] {
        let (browser, database) = browser(settings());
        browser.get("/visit/").assert(200, "1");
        let response = browser.send(TestRequest::new(method.clone(), "/visit/?ends=1"));
        response.assert(400, r#"{"detail":"session_interrupted"}"#);
        assert!(set_cookies(&response).is_empty());
        // What the transaction deleted is there again.
        assert_eq!(stored(&database).is_empty(), method == Method::GET);
    }
}

#[test]
fn a_key_that_somebody_has_planted_is_worth_nothing_after_sign_in() {
    let (browser, database) = browser(settings());
    browser.get("/visit/").assert(200, "1");
    let planted = browser.cookie("sessionid").unwrap();
    let response = post(&browser, "/change/login/?name=ann");
    assert_eq!(response.status, 200);
    let key = browser.cookie("sessionid").unwrap();
    assert_ne!(key, planted);
    browser.get("/who/").assert(200, "\"ann\"");
    let rows = stored(&database);
    assert_eq!(
        (rows.len(), &rows[0].0, &rows[0].1["visits"]),
        (1, &key, &json!(1))
    );
    assert_eq!(rows[0].1["_auth_user_id"], "1");
    assert_eq!(
        rows[0].1["_auth_user_backend"],
        "django.contrib.auth.backends.ModelBackend"
    );
    assert!(user("ann", &mut database.connect()).last_login.is_some());

    browser.set_cookie("sessionid", &planted);
    browser.get("/who/").assert(200, "null");
    let unknown = "abcdefghijklmnopqrstuvwxyz012345";
    browser.set_cookie("sessionid", unknown);
    post(&browser, "/change/login/?name=ann");
    assert_ne!(browser.cookie("sessionid").unwrap(), unknown);
}

#[test]
fn what_is_another_users_is_not_kept_at_sign_in() {
    let (browser, database) = browser(settings());
    post(&browser, "/change/login/?name=ann");
    browser.get("/visit/").assert(200, "1");
    let (anns_key, anns_token) = (browser.cookie("sessionid"), browser.cookie("csrftoken"));
    post(&browser, "/change/login/?name=ann");
    assert_eq!(stored(&database)[0].1["visits"], 1);
    post(&browser, "/change/login/?name=bob");
    assert_ne!(browser.cookie("sessionid"), anns_key);
    assert_ne!(browser.cookie("csrftoken"), anns_token);
    browser.get("/who/").assert(200, "\"bob\"");
    assert_eq!(
        (stored(&database).len(), &stored(&database)[0].1["visits"]),
        (1, &Value::Null)
    );
}

#[test]
fn signing_out_forgets_everything() {
    let (browser, database) = browser(settings());
    browser.get("/visit/").assert(200, "1");
    post(&browser, "/change/login/?name=ann");
    let key = browser.cookie("sessionid").unwrap();
    post(&browser, "/change/logout/");
    assert_eq!(
        (browser.cookie("sessionid"), stored(&database)),
        (None, Vec::new())
    );
    browser.set_cookie("sessionid", &key);
    browser.get("/who/").assert(200, "null");
    let again = post(&browser, "/change/logout/");
    assert_eq!((again.status.as_u16(), set_cookies(&again).len()), (200, 0));
}

#[test]
fn a_value_can_be_removed_and_a_key_changed() {
    let (browser, database) = browser(settings());
    browser.get("/visit/").assert(200, "1");
    let key = browser.cookie("sessionid").unwrap();
    post(&browser, "/change/cycle/");
    let new = browser.cookie("sessionid").unwrap();
    assert_ne!(new, key);
    assert_eq!(stored(&database), [(new.clone(), json!({ "visits": 1 }))]);
    post(&browser, "/change/remove/");
    assert_eq!(stored(&database), [(new, json!({}))]);
    let unchanged = post(&browser, "/change/remove/");
    assert!(set_cookies(&unchanged).is_empty());
}

#[test]
fn the_cookie_is_as_it_is_set() {
    let (browser, _database) = browser(Settings {
        session_cookie: CookieSettings {
            name: "sid".to_owned(),
            domain: Some("example.org".to_owned()),
            path: "/visit/".to_owned(),
            secure: true,
            http_only: false,
            same_site: SameSite::Strict,
            ..CookieSettings::session()
        },
        session_expire_at_browser_close: true,
        ..settings()
    });
    let cookie = set_cookies(&browser.get("/visit/")).remove(0);
    let (key, attributes) = cookie.split_once("; ").unwrap();
    assert!(key.starts_with("sid="), "{key}");
    assert_eq!(
        attributes,
        "Domain=example.org; Path=/visit/; SameSite=Strict; Secure"
    );
}

#[test]
fn a_session_may_last_from_each_request_on() {
    let (browser, database) = browser(Settings {
        session_save_every_request: true,
        ..settings()
    });
    store(&database, ANNS_SESSION, 60);
    browser.set_cookie("sessionid", SESSION_KEY);
    let response = browser.get("/who/");
    response.assert(200, "\"ann\"");
    assert_eq!(response.statements, 3);
    let cookie = &set_cookies(&response)[0];
    assert!(
        cookie.starts_with(&format!("sessionid={SESSION_KEY}; ")),
        "{cookie}"
    );
    let in_13_days = Utc::now() + TimeDelta::days(13);
    let lasting = django_session::table.filter(django_session::expire_date.gt(in_13_days));
    assert_eq!(lasting.count().get_result(&mut database.connect()), Ok(1));
    assert_eq!(browser.get("/plain/").statements, 0);
    browser.cookies.borrow_mut().clear();
    assert!(set_cookies(&browser.get("/who/")).is_empty());
}

#[test]
fn a_session_may_say_itself_how_long_it_lasts() {
    let cases = [
        ("600", Some("; Max-Age=600;")),
        ("0", None),
        ("%222100-06-15T12:00:00%2B00:00%22", Some("Jun 2100 ")),
        ("null", Some("; Max-Age=1209600;")),
        ("1e300", Some("; Max-Age=1209600;")),
        (
            "9223372036854775807",
            Some("; Max-Age=9223372036854775807;"),
        ),
    ];
    for (expiry, expected) in cases {
        let (browser, _database) = browser(settings());
        let response = post(&browser, &format!("/change/set/?_session_expiry={expiry}"));
        assert_eq!(response.status, 200, "{}", response.body);
        let cookie = &set_cookies(&response)[0];
        match expected {
            Some(expected) => assert!(cookie.contains(expected), "{cookie}"),
            None => assert!(!cookie.contains("Max-Age"), "{cookie}"),
        }
    }
}

#[test]
fn sessions_that_have_ended_can_be_deleted() {
    let (browser, database) = browser(settings());
    browser.get("/visit/").assert(200, "1");
    store(&database, ANNS_SESSION, -1);
    assert_eq!(clear_expired(&mut database.connect()), Ok(1));
    assert_eq!(stored(&database).len(), 1);
}
