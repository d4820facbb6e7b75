//! Signing in and out with a form (contract §11.10).

use actix_web::http::Method;
use restwell::{
    api_views::ApiView,
    exceptions::ErrorFormat,
    prelude::*,
    settings::Settings,
    test::{TestRequest, TestResponse},
    throttling::Throttle,
};
use restwell_auth::{User, is_safe_redirect, login_view, logout_view};
use restwell_postgres::test::TestDatabase;

use crate::{
    accounts::{HASHER, PASSWORD, accounts, serve_with, user},
    browser::{Browser, set_cookies},
    sessions::POLICIES,
};

struct Never;

impl Throttle for Never {
    fn wait(&self, request: &Request, _: &mut Conn) -> Result<Option<u64>> {
        Ok(request.header("x-throttle").map(|_| 7))
    }
}

fn who(request: &Request, _: &mut Conn) -> Result<Response> {
    Response::ok(request, &request.user::<User>().map(|user| &user.username))
}

fn browser() -> (Browser, TestDatabase) {
    let database = accounts();
    let urls = Urls::new()
        .path("/auth/login/", "login", login_view(&[&Never]))
        .path("/auth/logout/", "logout", logout_view())
        .path(
            "/who/",
            "who",
            ApiView::new("Who").policies(POLICIES).get(who),
        );
    let settings = Settings {
        error_format: ErrorFormat::Code,
        password_hasher: HASHER,
        ..Settings::default()
    };
    (
        Browser::new(serve_with(urls, settings, &database)),
        database,
    )
}

/// A browser that has seen the form.
fn at_the_form() -> (Browser, TestDatabase) {
    let (browser, database) = browser();
    browser.get("/auth/login/");
    (browser, database)
}

fn sign_in(browser: &Browser, username: &str, password: &str, next: &str) -> TestResponse {
    let fields = [
        ("username", username),
        ("password", password),
        ("next", next),
    ];
    browser.submit("/auth/login/", &fields)
}

#[test]
fn the_form_can_be_filled_out_by_everybody() {
    let (browser, _database) = browser();
    let response = browser.get("/auth/login/?next=/api/books/%3Fx=%22%3E%3Cscript%3E");
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), "text/html; charset=utf-8");
    let caching = "max-age=0, no-cache, no-store, must-revalidate, private";
    assert_eq!(response.header("cache-control"), caching);
    let policy = response.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(
        policy.ends_with("'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"),
        "{policy}"
    );
    assert!(response.header("vary").ends_with("Cookie"));
    assert_eq!(response.statements, 0);
    for part in [
        "<html lang=\"en\">",
        "<form method=\"post\" action=\"/auth/login/\">",
        "name=\"next\" value=\"/api/books/?x=&quot;&gt;&lt;script&gt;\"",
        "<label for=\"id_username\">",
        "<label for=\"id_password\">",
        "autocomplete=\"current-password\"",
    ] {
        assert!(response.body.contains(part), "{part} in {}", response.body);
    }
    let evil = browser.get("/auth/login/?next=//evil.example/");
    assert!(
        evil.body.contains("name=\"next\" value=\"\""),
        "{}",
        evil.body
    );
}

#[test]
fn who_fills_out_the_form_is_signed_in() {
    let (browser, database) = at_the_form();
    let token = browser.cookie("csrftoken");
    let response = sign_in(&browser, " ann ", PASSWORD, "/who/");
    assert_eq!(
        (response.status.as_u16(), response.header("location")),
        (302, "/who/")
    );
    let names: Vec<_> = set_cookies(&response);
    assert!(
        names[0].starts_with("sessionid=") && names[1].starts_with("csrftoken="),
        "{names:?}"
    );
    assert_ne!(browser.cookie("csrftoken"), token);
    browser.get("/who/").assert(200, "\"ann\"");
    assert!(user("ann", &mut database.connect()).last_login.is_some());

    let response = sign_in(&browser, "bob", PASSWORD, "");
    assert_eq!(response.header("location"), "/accounts/profile/");
    browser.get("/who/").assert(200, "\"bob\"");
    assert!(
        user("bob", &mut database.connect())
            .password
            .starts_with("pbkdf2_sha256$2$")
    );
}

#[test]
fn a_refusal_does_not_tell_whether_the_user_exists() {
    let (browser, _database) = at_the_form();
    let page = |username: &str, password: &str| {
        let response = sign_in(&browser, username, password, "/who/");
        assert_eq!(response.status, 200);
        assert!(browser.cookie("sessionid").is_none(), "{username}");
        assert!(
            response.body.contains("value=\"/who/\""),
            "{}",
            response.body
        );
        assert!(!response.body.contains(PASSWORD), "{}", response.body);
        let alert = response.body.split("<p role=\"alert\">").nth(1).unwrap();
        alert.split("</p>").next().unwrap().to_owned()
    };
    let wrong = page("ann", "wrong");
    for (username, password) in [
        ("eve", "wrong"),
        ("carl", PASSWORD),
        ("carl", "wrong"),
        ("dora", ""),
        ("ANN", PASSWORD),
        ("ann\0", PASSWORD),
        ("<script>", "x"),
        ("ａｎｎ", "wrong"),
    ] {
        let alert = page(username, password);
        if password.is_empty() {
            assert_ne!(alert, wrong);
        } else {
            assert_eq!(alert, wrong, "{username}");
        }
    }
    assert_ne!(page("", PASSWORD), wrong);
    assert_ne!(page(&"ü".repeat(151), PASSWORD), wrong);
    let echoed = sign_in(&browser, "\"><script>", "x", "").body;
    assert!(
        echoed.contains("value=\"&quot;&gt;&lt;script&gt;\"") && !echoed.contains("<script"),
        "{echoed}"
    );
}

#[test]
fn a_name_counts_in_its_normal_form() {
    let (browser, _database) = at_the_form();
    assert_eq!(sign_in(&browser, "ａｎｎ", PASSWORD, "").status, 302);
    browser.get("/who/").assert(200, "\"ann\"");
}

#[test]
fn the_form_must_come_from_this_site() {
    let (browser, _database) = at_the_form();
    let fields = [("username", "ann"), ("password", PASSWORD)];
    let post = || TestRequest::new(Method::POST, "/auth/login/");
    let token = browser.cookie("csrftoken").unwrap();
    let with_token = [fields.as_slice(), &[("csrfmiddlewaretoken", &token)]].concat();
    let cases = [
        (post().form(&fields), 403),
        (post(), 403),
        (
            post()
                .form(&with_token)
                .header("origin", "http://evil.example"),
            403,
        ),
        (post().form(&fields).header("x-csrftoken", &token), 302),
        (
            post()
                .form(&with_token)
                .header("origin", "http://localhost"),
            302,
        ),
        (post().multipart(&with_token, &[]), 302),
    ];
    for (request, status) in cases {
        browser.set_cookie("csrftoken", &token);
        let response = browser.send(request);
        assert_eq!(response.status, status, "{}", response.body);
        if status == 403 {
            assert_eq!(response.header("content-type"), "text/html; charset=utf-8");
            assert!(
                response.body.contains("<h1>403 Forbidden</h1>"),
                "{}",
                response.body
            );
            assert!(
                response
                    .header("content-security-policy")
                    .starts_with("default-src 'none'")
            );
            assert!(browser.cookie("sessionid").is_none());
        }
    }
    browser.cookies.borrow_mut().clear();
    assert_eq!(browser.send(post().form(&with_token)).status, 403);
    let json = post()
        .json("{}")
        .header("accept", "application/json")
        .header("x-csrftoken", &token);
    browser.set_cookie("csrftoken", &token);
    browser
        .send(json)
        .assert(415, r#"{"detail":"unsupported_media_type"}"#);
}

#[test]
fn who_tries_too_often_is_told_to_wait() {
    let (browser, _database) = at_the_form();
    let response =
        browser.send(TestRequest::new(Method::POST, "/auth/login/").header("x-throttle", "1"));
    assert_eq!(
        (response.status.as_u16(), response.header("retry-after")),
        (429, "7")
    );
    assert!(
        response.body.contains("<h1>429 Too Many Requests</h1>"),
        "{}",
        response.body
    );
}

#[test]
fn signing_out_takes_a_post_from_this_site() {
    let (browser, _database) = at_the_form();
    sign_in(&browser, "ann", PASSWORD, "");
    let get = browser.get("/auth/logout/");
    assert_eq!(
        (get.status.as_u16(), get.header("allow")),
        (405, "POST, OPTIONS")
    );
    assert_eq!(
        browser
            .send(TestRequest::new(Method::POST, "/auth/logout/"))
            .status,
        403
    );
    browser.get("/who/").assert(200, "\"ann\"");
    let response = browser.submit("/auth/logout/", &[]);
    assert_eq!(
        (response.status.as_u16(), response.header("location")),
        (302, "/accounts/profile/")
    );
    assert!(browser.cookie("sessionid").is_none());
    browser.get("/who/").assert(200, "null");

    for (next, location) in [
        ("/who/", "/who/"),
        ("//evil.example/", "/accounts/profile/"),
    ] {
        let response = browser.submit("/auth/logout/", &[("next", next)]);
        assert_eq!(response.header("location"), location);
    }
    let response = browser.submit("/auth/logout/?next=/who/", &[]);
    assert_eq!(
        (response.status.as_u16(), response.header("location")),
        (302, "/who/")
    );
}

#[test]
fn the_next_page_is_written_as_a_url() {
    let (browser, _database) = at_the_form();
    let cases = [
        ("/ü/?q=a b", "/%C3%BC/?q=a%20b"),
        ("/a\r\nset-cookie:x=y", "/a%0D%0Aset-cookie:x=y"),
        ("http://localhost/who/", "http://localhost/who/"),
        ("https://evil.example/", "/accounts/profile/"),
    ];
    for (next, location) in cases {
        let response = sign_in(&browser, "ann", PASSWORD, next);
        assert_eq!(
            (response.status.as_u16(), response.header("location")),
            (302, location),
            "{next}"
        );
    }
}

const SAFE: [&str; 12] = [
    "/ok/",
    "ok",
    "?x=1",
    "#x",
    "/a/b?next=//evil",
    "/ok:x",
    " /ok/ ",
    "\x1c/ok",
    "/ü",
    "https://localhost/x",
    "://evil",
    "1http://evil",
];
const SAFE_ON_HTTP: [&str; 3] = ["http://localhost/x", "//localhost/x", "HTTP://localhost/x"];
const UNSAFE: [&str; 37] = [
    "",
    "   ",
    "//",
    "//evil.example",
    "///evil.example",
    "////evil",
    "http://evil.example",
    "https://evil.example",
    "http:///evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "ftp://localhost/",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil",
    "http:\\\\evil.example",
    "http:/\\evil",
    "\x08//evil.example",
    "\0/ok",
    "/\t/evil.example",
    "ht\ntp://evil.example",
    "java\nscript:alert(1)",
    "http://localhost@evil.example/",
    "http://evil.example@localhost/",
    "http://localhost:81/",
    "http://localhost.evil.example/",
    "http://LOCALHOST/",
    "\u{200b}//evil.example",
    "\u{ad}/x",
    "\u{a0}//evil.example",
    "//[::1",
    "http://[::1]/",
    "//localhost\\@evil.example",
    "http://localhost\\.evil.example",
];

/// What Django 5.2 says of each, on http and on https; `//` alone it lets pass.
#[test]
fn only_pages_of_this_site_are_safe() {
    for (origin, is_http) in [("http://localhost", true), ("https://localhost", false)] {
        for url in SAFE {
            assert!(is_safe_redirect(url, origin), "{url} on {origin}");
        }
        for url in SAFE_ON_HTTP {
            assert_eq!(is_safe_redirect(url, origin), is_http, "{url} on {origin}");
        }
        for url in UNSAFE {
            assert!(!is_safe_redirect(url, origin), "{url} on {origin}");
        }
        let long = |length| format!("/{}", "a".repeat(length));
        assert!(is_safe_redirect(&long(2047), origin));
        assert!(!is_safe_redirect(&long(2048), origin));
    }
}
