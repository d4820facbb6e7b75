//! How stored files are given out.

use actix_web::http::Method;
use restwell::test::{TestRequest, TestResponse};

use crate::gallery::Gallery;

fn gallery() -> Gallery {
    let gallery = Gallery::new();
    for (name, content) in [
        ("a b.png", "0123456789"),
        ("x.svg", "<svg/>"),
        ("x.html", "<p>"),
        ("x.txt", "t"),
        ("x", "y"),
        (".hidden", "z"),
    ] {
        std::fs::write(gallery.root.path().join(name), content).unwrap();
    }
    std::fs::create_dir(gallery.root.path().join("folder")).unwrap();
    gallery
}

fn get(gallery: &Gallery, path: &str, headers: &[(&str, &str)]) -> TestResponse {
    let request = TestRequest::new(Method::GET, path);
    gallery
        .client
        .send(headers.iter().fold(request, |request, (name, value)| {
            request.header(name, value)
        }))
}

#[test]
fn a_file_is_given_whole_in_part_or_not_again() {
    let gallery = gallery();
    let whole = get(&gallery, "/media/a%20b.png", &[]);
    whole.assert(200, "0123456789");
    assert_eq!(whole.statements, 0);
    let headers = [
        "content-type",
        "content-disposition",
        "x-content-type-options",
        "cache-control",
    ]
    .map(|name| whole.header(name));
    assert_eq!(
        headers,
        [
            "image/png",
            "inline; filename=\"a b.png\"",
            "nosniff",
            "no-cache"
        ]
    );
    assert!(!whole.header("x-request-id").is_empty());
    let part = get(&gallery, "/media/a%20b.png", &[("range", "bytes=2-4")]);
    part.assert(206, "234");
    assert_eq!(part.header("content-range"), "bytes 2-4/10");
    for (name, value) in [
        ("if-none-match", whole.header("etag")),
        ("if-modified-since", whole.header("last-modified")),
    ] {
        assert!(!value.is_empty(), "{name}");
        get(&gallery, "/media/a%20b.png", &[(name, value)]).assert(304, "");
    }
    let head = gallery
        .client
        .send(TestRequest::new(Method::HEAD, "/media/a%20b.png"));
    assert_eq!(
        (head.status.as_u16(), head.header("etag")),
        (200, whole.header("etag"))
    );
}

#[test]
fn what_could_run_in_a_browser_is_saved_instead() {
    let gallery = gallery();
    let table = [
        ("x.svg", "attachment"),
        ("x.html", "attachment"),
        ("x", "attachment"),
        ("x.txt", "inline"),
    ];
    for (name, disposition) in table {
        let response = get(&gallery, &format!("/media/{name}"), &[]);
        assert!(
            response
                .header("content-disposition")
                .starts_with(disposition),
            "{name}"
        );
        assert_eq!(
            response.header("content-security-policy"),
            "default-src 'none'; sandbox"
        );
    }
}

#[test]
fn nothing_else_can_be_read() {
    let gallery = gallery();
    for path in [
        "/media/",
        "/media/folder",
        "/media/folder/",
        "/media/.hidden",
        "/media/%2e%2e/etc/passwd",
        "/media/..%2f..%2fetc%2fpasswd",
        "/media/a%00",
        "/media/%ff",
        "/media/none.png",
        "/media//etc/passwd",
    ] {
        get(&gallery, path, &[]).assert(404, r#"{"detail":"not_found"}"#);
    }
    let post = gallery
        .client
        .send(TestRequest::new(Method::POST, "/media/x"));
    post.assert(405, r#"{"detail":"method_not_allowed"}"#);
    assert_eq!(post.header("allow"), "GET, HEAD");
    get(&gallery, "/media/x", &[("host", "evil.example")])
        .assert(400, r#"{"detail":"invalid_host"}"#);
}
