//! Requests of a session must prove where they come from.

use actix_web::http::Method;
use restwell::{
    api_views::ApiView,
    csrf::get_token,
    exceptions::ErrorFormat,
    permissions::{IsAdminUser, IsAuthenticated},
    prelude::*,
    settings::{CookieSettings, Settings},
    test::{TestRequest, TestResponse},
    viewsets::Policies,
};
use restwell_auth::{User, authentication::SessionAuthentication, login_view};
use restwell_postgres::test::TestDatabase;

use crate::{
    accounts::{HASHER, PASSWORD, accounts, serve_with},
    browser::{Browser, set_cookies},
    sessions::POLICIES,
};

const SECRET: &str = "AbcdefghijklmnopqrstuvwxyZ012345";
/// Django 5.2 has masked the secret so.
const MASKED: &str = "szqVxCEF50FMPlALoKtH2UFxxXn950bZSAsYBHKMd9PX1yO0E1L0mf1UVMd0XT5U";

fn who(request: &Request, _: &mut Conn) -> Result<Response> {
    Response::ok(request, &request.user::<User>().map(|user| &user.username))
}

fn settings() -> Settings {
    Settings {
        error_format: ErrorFormat::Code,
        password_hasher: HASHER,
        csrf_trusted_origins: vec![
            "https://trusted.example.com".to_owned(),
            "https://*.example.org".to_owned(),
        ],
        secure_proxy_ssl_header: Some((
            actix_web::http::header::HeaderName::from_static("x-forwarded-proto"),
            "https".to_owned(),
        )),
        ..Settings::default()
    }
}

/// Ann's browser, who has signed in, with the cookie of `SECRET`.
fn ann(settings: Settings) -> (Browser, TestDatabase) {
    let database = accounts();
    let view = |name, policies| {
        ApiView::new(name)
            .policies(policies)
            .get(who)
            .post(who)
            .put(who)
            .patch(who)
            .delete(who)
    };
    let closed = Policies {
        permissions: Some(&[&IsAdminUser]),
        authentication: Some(&[&SessionAuthentication]),
        ..Policies::DEFAULT
    };
    let private = Policies {
        permissions: Some(&[&IsAuthenticated]),
        ..closed
    };
    let urls = Urls::new()
        .path("/auth/login/", "login", login_view(&[]))
        .path("/open/", "open", view("Open", POLICIES))
        .path("/private/", "private", view("Private", private))
        .path("/closed/", "closed", view("Closed", closed))
        .path(
            "/token/",
            "token",
            ApiView::new("Token").get(|request, _| Response::ok(request, &get_token(request))),
        );
    let browser = Browser::new(serve_with(urls, settings, &database));
    browser.get("/auth/login/");
    let response = browser.submit(
        "/auth/login/",
        &[("username", "ann"), ("password", PASSWORD)],
    );
    assert_eq!(response.status, 302, "{}", response.body);
    browser.set_cookie("csrftoken", SECRET);
    (browser, database)
}

fn send(browser: &Browser, method: &Method, path: &str, headers: &[(&str, &str)]) -> TestResponse {
    browser.send(with_headers(
        TestRequest::new(method.clone(), path),
        headers,
    ))
}

fn with_headers(request: TestRequest, headers: &[(&str, &str)]) -> TestRequest {
    let add = |request: TestRequest, (name, value): &(&str, &str)| request.header(name, value);
    headers.iter().fold(request, add)
}

#[test]
fn every_unsafe_verb_of_a_session_needs_a_token() {
    let (browser, _database) = ann(settings());
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let denied = send(&browser, &method, "/open/", &[]);
        denied.assert(403, r#"{"detail":"permission_denied"}"#);
        assert_eq!(denied.header("www-authenticate"), "");
        for token in [SECRET, MASKED] {
            send(&browser, &method, "/open/", &[("x-csrftoken", token)]).assert(200, "\"ann\"");
        }
    }
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        assert_eq!(send(&browser, &method, "/open/", &[]).status, 200);
    }
    // No session, no check.
    browser.cookies.borrow_mut().remove("sessionid");
    send(&browser, &Method::POST, "/open/", &[]).assert(200, "null");
}

#[test]
fn a_token_must_belong_to_the_cookie() {
    let other = "BbcdefghijklmnopqrstuvwxyZ012345";
    let cases = [
        (SECRET, SECRET, 200),
        (SECRET, MASKED, 200),
        (MASKED, SECRET, 200),
        (MASKED, MASKED, 200),
        (SECRET, other, 403),
        (SECRET, "", 403),
        (SECRET, "AbcdefghijklmnopqrstuvwxyZ01234", 403),
        (SECRET, "AbcdefghijklmnopqrstuvwxyZ01234-", 403),
        (SECRET, &SECRET.repeat(2), 403),
        (SECRET, &"x".repeat(100_000), 403),
        ("", "", 403),
        ("", SECRET, 403),
        ("short", "short", 403),
        (
            "AbcdefghijklmnopqrstuvwxyZ01234-",
            "AbcdefghijklmnopqrstuvwxyZ01234-",
            403,
        ),
    ];
    let (browser, _database) = ann(settings());
    for (cookie, token, status) in cases {
        browser.set_cookie("csrftoken", cookie);
        let response = send(&browser, &Method::PUT, "/open/", &[("x-csrftoken", token)]);
        assert_eq!(response.status, status, "{cookie} {token:.80}");
    }
    browser.cookies.borrow_mut().remove("csrftoken");
    let response = send(&browser, &Method::PUT, "/open/", &[("x-csrftoken", SECRET)]);
    assert_eq!(response.status, 403);
}

#[test]
fn a_form_may_hold_the_token_if_it_is_posted() {
    let (browser, _database) = ann(settings());
    let fields = [("csrfmiddlewaretoken", MASKED)];
    let json = format!(r#"{{"csrfmiddlewaretoken":"{SECRET}"}}"#);
    let requests = |method: Method| {
        let new = || TestRequest::new(method.clone(), "/open/");
        [
            new().form(&fields),
            new().multipart(&fields, &[("file", "a.txt", b"x")]),
            new().json(&json),
            new()
                .form(&[("csrfmiddlewaretoken", "wrong")])
                .header("x-csrftoken", SECRET),
            new()
                .form(&[("csrfmiddlewaretoken", "")])
                .header("x-csrftoken", SECRET),
        ]
    };
    let statuses = |method| requests(method).map(|request| browser.send(request).status.as_u16());
    assert_eq!(statuses(Method::POST), [200, 200, 403, 403, 200]);
    assert_eq!(statuses(Method::PUT), [403, 403, 403, 200, 200]);
}

/// The statuses of `POST` on an open and a closed view, of `PUT`, and of `DELETE`.
fn answers(
    browser: &Browser,
    content_type: &str,
    body: &str,
    headers: &[(&str, &str)],
) -> [u16; 4] {
    let cases = [
        (Method::POST, "/open/"),
        (Method::POST, "/closed/"),
        (Method::PUT, "/open/"),
        (Method::DELETE, "/open/"),
    ];
    cases.map(|(method, path)| {
        let request = TestRequest::new(method, path).body(content_type, body);
        browser.send(with_headers(request, headers)).status.as_u16()
    })
}

/// As measured on DRF: a `POST` is read before its token is judged, but not before its origin and the cookie are.
#[test]
fn what_is_wrong_with_a_posted_body_is_told_before_permissions() {
    let (browser, _database) = ann(settings());
    let bodies = [("application/json", "{", 400), ("text/plain", "x", 415)];
    let (token, evil) = (("x-csrftoken", SECRET), ("origin", "http://evil.example"));
    for (content_type, body, status) in bodies {
        let answers = |headers: &[_]| answers(&browser, content_type, body, headers);
        browser.set_cookie("csrftoken", SECRET);
        assert_eq!(answers(&[token]), [status, status, 200, 200]);
        assert_eq!(answers(&[]), [status, status, 403, 403]);
        assert_eq!(answers(&[token, evil]), [403; 4]);
        browser.cookies.borrow_mut().remove("csrftoken");
        assert_eq!(answers(&[token]), [403; 4]);
    }
    browser.cookies.borrow_mut().clear();
    let stranger = TestRequest::new(Method::POST, "/private/").json("{");
    assert_eq!(browser.send(stranger).status, 403);
}

#[test]
fn the_origin_must_be_this_site_or_trusted() {
    let (browser, _database) = ann(settings());
    // Whether the client came by TLS, what it says, and whether that is enough.
    let cases = [
        (false, "", "", true),
        (false, "http://localhost", "", true),
        (false, "https://localhost", "", false),
        (false, "http://localhost:8000", "", false),
        (false, "http://LOCALHOST", "", false),
        (false, "null", "", false),
        (false, "http://evil.example", "http://localhost/", false),
        (false, "https://trusted.example.com", "", true),
        (false, "http://trusted.example.com", "", false),
        (false, "https://a.trusted.example.com", "", false),
        (false, "https://example.org", "", true),
        (false, "https://a.b.example.org", "", true),
        (false, "http://a.example.org", "", false),
        (false, "https://evilexample.org", "", false),
        (false, "https://a.example.org.evil.example", "", false),
        (false, "https://a.example.org:81", "", false),
        (false, "", "http://evil.example/", true),
        (true, "https://localhost", "", true),
        (true, "http://localhost", "", false),
        (true, "", "", false),
        (true, "", "https://localhost/page?x", true),
        (true, "", "https://localhost", true),
        (true, "", "http://localhost/page", false),
        (true, "", "https://localhost:81/", false),
        (true, "", "https://localhost.evil.example/", false),
        (true, "", "https://evil.example/https://localhost/", false),
        (true, "", "https://trusted.example.com/", true),
        (true, "", "https://a.example.org/", true),
        (true, "", "https://", false),
        (true, "", "localhost", false),
        (true, "", "//localhost/", false),
    ];
    for (is_secure, origin, referer, is_enough) in cases {
        let mut headers = vec![("x-csrftoken", SECRET)];
        headers.extend(is_secure.then_some(("x-forwarded-proto", "https")));
        headers.extend((!origin.is_empty()).then_some(("origin", origin)));
        headers.extend((!referer.is_empty()).then_some(("referer", referer)));
        let response = send(&browser, &Method::PUT, "/open/", &headers);
        let status = if is_enough { 200 } else { 403 };
        assert_eq!(response.status, status, "{headers:?}");
    }
}

#[test]
fn the_domain_of_the_cookie_may_refer_to_its_hosts() {
    let (browser, _database) = ann(Settings {
        csrf_cookie: CookieSettings {
            domain: Some(".example.net".to_owned()),
            ..CookieSettings::csrf()
        },
        ..settings()
    });
    let is_enough = |referer| {
        let headers = [
            ("x-csrftoken", SECRET),
            ("x-forwarded-proto", "https"),
            ("referer", referer),
        ];
        send(&browser, &Method::PUT, "/open/", &headers).status == 200
    };
    assert!(is_enough("https://www.example.net/"));
    assert!(!is_enough("https://localhost/"));
}

#[test]
fn a_token_is_another_each_time_and_belongs_to_one_cookie() {
    let (browser, _database) = ann(settings());
    browser.cookies.borrow_mut().clear();
    let first = browser.get("/token/");
    let (token, secret) = (first.json(), browser.cookie("csrftoken").unwrap());
    assert_eq!((token.as_str().unwrap().len(), secret.len()), (64, 32));
    assert_eq!(first.header("vary"), "Cookie");
    let cookie = &set_cookies(&first)[0];
    assert!(
        cookie.ends_with(" GMT; Max-Age=31449600; Path=/; SameSite=Lax"),
        "{cookie}"
    );
    assert_ne!(browser.get("/token/").json(), token);
    assert_eq!(browser.cookie("csrftoken"), Some(secret));
    // A cookie that is none is replaced.
    browser.set_cookie("csrftoken", "none");
    browser.get("/token/");
    assert_eq!(browser.cookie("csrftoken").unwrap().len(), 32);
}
