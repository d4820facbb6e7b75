//! Forms through a serializer (contract §5.2), and what a body may be.

use actix_web::http::Method;
use restwell::test::{TestRequest, TestResponse};
use serde_json::{Value, json};

use crate::{
    gallery::{Gallery, PNG},
    shop::shop,
};

fn post(gallery: &Gallery, texts: &[(&str, &str)]) -> TestResponse {
    gallery
        .client
        .send(TestRequest::new(Method::POST, "/photos/").form(texts))
}

/// The answer's part that a test is about.
fn shown(response: &TestResponse, names: &[&str]) -> Value {
    let body = response.json();
    names
        .iter()
        .map(|name| ((*name).to_owned(), body[*name].clone()))
        .collect()
}

#[test]
fn a_form_says_what_its_fields_make_of_it() {
    let gallery = Gallery::new();
    let absent = [("title", "a")];
    let response = post(&gallery, &absent);
    response.assert(
        201,
        r#"{"title":"a","image":null,"manual":null,"is_public":false,"is_new":null,"labels":[],"extra":{"a":1},"shop":null}"#,
    );
    let table: [(&[(&str, &str)], Value); 12] = [
        (
            &[("is_public", "on"), ("is_new", "")],
            json!({"is_public": true, "is_new": null}),
        ),
        (&[("is_new", "null")], json!({"is_new": null})),
        (
            &[("labels", "x"), ("labels", "y")],
            json!({"labels": ["x", "y"]}),
        ),
        (
            &[
                ("labels[10]", "c"),
                ("labels[0]", "a"),
                ("labels[2]", "b"),
                ("labels[02]", "d"),
            ],
            json!({"labels": ["a", "d", "c"]}),
        ),
        (&[("labels", "1,2")], json!({"labels": ["1,2"]})),
        (&[("labels[x]", "1")], json!({"labels": []})),
        (&[("extra", r#"{"b": [1]}"#)], json!({"extra": {"b": [1]}})),
        (&[("extra", "null")], json!({"extra": null})),
        (&[("shop", "1")], json!({"shop": 1})),
        (&[("shop", "")], json!({"shop": null})),
        (
            &[("image", ""), ("manual", "")],
            json!({"image": null, "manual": null}),
        ),
        (
            &[("is_public", "off"), ("is_public", "yes")],
            json!({"is_public": true}),
        ),
    ];
    for (index, (texts, expected)) in table.into_iter().enumerate() {
        let title = format!("t{index}");
        let texts = [&[("title", title.as_str())], texts].concat();
        let response = post(&gallery, &texts);
        assert_eq!(response.status, 201, "{texts:?} {}", response.body);
        let names: Vec<_> = expected
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(shown(&response, &names), expected, "{texts:?}");
    }
}

#[test]
fn what_a_form_cannot_say_is_a_field_error() {
    let gallery = Gallery::new();
    let table: [(&[(&str, &str)], &str); 9] = [
        (&[], r#"{"title":["required"]}"#),
        (&[("title", "")], r#"{"title":["blank"]}"#),
        (
            &[("title", "x"), ("is_public", "2")],
            r#"{"is_public":["invalid"]}"#,
        ),
        (
            &[("title", "x"), ("labels", "")],
            r#"{"labels":{"0":["blank"]}}"#,
        ),
        (
            &[("title", "x"), ("labels[1]", "long"), ("labels[0]", "a")],
            r#"{"labels":{"1":["max_length"]}}"#,
        ),
        (
            &[("title", "x"), ("labels[0]z", "a")],
            r#"{"labels":{"0":["invalid"]}}"#,
        ),
        (
            &[("title", "x"), ("extra", "{bad")],
            r#"{"extra":["invalid"]}"#,
        ),
        (&[("title", "x"), ("extra", "")], r#"{"extra":["invalid"]}"#),
        (
            &[
                ("title", "x"),
                ("image", "a.png"),
                ("manual", "b"),
                ("shop", "9"),
            ],
            r#"{"image":["invalid"],"manual":["invalid"],"shop":["does_not_exist"]}"#,
        ),
    ];
    for (texts, expected) in table {
        post(&gallery, texts).assert(400, expected);
    }
}

#[test]
fn a_form_clears_lists_with_put_and_leaves_them_with_patch() {
    let (client, _database) = shop();
    let send = |method, texts: &[(&str, &str)]| {
        client
            .send(TestRequest::new(method, "/items/1/").form(texts))
            .json()
    };
    let untouched = send(Method::PATCH, &[("number", "11")]);
    assert_eq!(
        (
            &untouched["number"],
            untouched["tags"].as_array().unwrap().len()
        ),
        (&json!(11), 2)
    );
    let one = send(Method::PATCH, &[("tags", "/tags/red/")]);
    assert_eq!(one["tags"], json!(["http://localhost/tags/red/"]));
    let cleared = send(
        Method::PUT,
        &[("number", "12"), ("maker", "/shops/1/"), ("shop", "")],
    );
    assert_eq!(
        (&cleared["tags"], &cleared["shop"]),
        (&json!([]), &Value::Null)
    );
}

#[test]
fn a_patch_by_form_leaves_what_is_not_sent() {
    let gallery = Gallery::new();
    gallery
        .client
        .post("/photos/", r#"{"title":"a","labels":["x"]}"#);
    let patch = |texts: &[(&str, &str)]| {
        gallery
            .client
            .send(TestRequest::new(Method::PATCH, "/photos/1/").form(texts))
    };
    let response = patch(&[]);
    assert_eq!(
        shown(&response, &["is_public", "is_new", "labels"]),
        json!({"is_public": true, "is_new": true, "labels": ["x"]})
    );
    let response = patch(&[("labels[0]", "y"), ("is_public", "")]);
    assert_eq!(
        shown(&response, &["is_public", "labels"]),
        json!({"is_public": true, "labels": ["y"]})
    );
}

#[test]
fn no_body_of_a_forms_type_is_an_empty_form() {
    let gallery = Gallery::new();
    gallery.client.post("/photos/", r#"{"title":"a"}"#);
    for content_type in [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        let request = TestRequest::new(Method::PUT, "/photos/1/").body(content_type, "");
        gallery
            .client
            .send(request)
            .assert(400, r#"{"title":["required"]}"#);
    }
    let json = TestRequest::new(Method::PATCH, "/photos/1/").body("application/json", "");
    assert_eq!(gallery.client.send(json).status, 200);
}

#[test]
fn views_see_texts_as_an_object_and_files_beside_it() {
    let gallery = Gallery::new();
    let request = TestRequest::new(Method::POST, "/photos/echo/").multipart(
        &[("a", "1"), ("b", "\u{e9}"), ("a", "2")],
        &[("a", "C:\\x\\y z.txt", b"hello")],
    );
    gallery.client.send(request).assert(
        200,
        "{\"data\":{\"a\":\"2\",\"b\":\"\u{e9}\"},\"parts\":[\"a: Text(\\\"1\\\")\",\"b: Text(\\\"\u{e9}\\\")\",\"a: Text(\\\"2\\\")\",\"a: File(y z.txt (5 bytes))\"]}",
    );
}

#[test]
fn what_a_view_parses_is_what_it_says() {
    let gallery = Gallery::new();
    let parses = |path: &str| {
        gallery
            .client
            .send(TestRequest::new(Method::OPTIONS, path))
            .json()["parses"]
            .clone()
    };
    assert_eq!(
        parses("/photos/"),
        json!([
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data"
        ])
    );
    assert_eq!(parses("/uploads/"), json!(["*/*"]));
    let upload = |path: &str| TestRequest::new(Method::PUT, path);
    let table = [
        (
            upload("/uploads/as/a.txt/").body("text/plain", "hello"),
            (200, r#""a.txt (5 bytes) text/plain""#),
        ),
        (
            upload("/uploads/unnamed/")
                .header("content-disposition", "attachment; filename=\"b c.txt\"")
                .body("image/png", "hi"),
            (200, r#""b c.txt (2 bytes) image/png""#),
        ),
        (
            upload("/uploads/unnamed/")
                .header(
                    "content-disposition",
                    "attachment; filename=x; filename*=UTF-8''%C3%A9.txt",
                )
                .body("a/b", "hi"),
            (200, "\"\u{e9}.txt (2 bytes) a/b\""),
        ),
        (
            upload("/uploads/unnamed/").body("text/plain", "hello"),
            (400, r#"{"detail":"parse_error"}"#),
        ),
        (
            upload("/uploads/unnamed/").body("text/plain", ""),
            (200, "null"),
        ),
    ];
    for (request, (status, body)) in table {
        gallery.client.send(request).assert(status, body);
    }
}

#[test]
fn a_body_with_files_has_limits_that_are_told_after_the_lookup() {
    let gallery = Gallery::with(|settings| {
        settings.max_body = 100;
        settings.max_file = 200;
        settings.max_upload = 1000;
        settings.max_files = 2;
    });
    let send = |path: &str, texts: &[(&str, &str)], files: &[(&str, &str, &[u8])]| {
        gallery
            .client
            .send(TestRequest::new(Method::PUT, path).multipart(texts, files))
    };
    let large = [0; 201];
    send("/photos/9/", &[], &[("f", "x", &large)]).assert(404, r#"{"detail":"not_found"}"#);
    gallery.client.post("/photos/", r#"{"title":"a"}"#);
    let too_large = r#"{"detail":"request_too_large"}"#;
    send("/photos/1/", &[], &[("f", "x", &large)]).assert(413, too_large);
    send("/photos/1/", &[("a", &"x".repeat(100))], &[]).assert(413, too_large);
    send("/photos/1/", &[], &[("f", "x", &large[..1]); 3])
        .assert(400, r#"{"detail":"parse_error"}"#);
    let rest = [("a", ""); 12];
    send(
        "/photos/1/",
        &rest,
        &[("f", "x", &large[..200]), ("f", "x", &large[..200])],
    )
    .assert(413, too_large);
    send("/photos/1/", &[("title", "b")], &[("f", "x", &large[..200])]).assert(
        200,
        r#"{"title":"b","image":null,"manual":null,"is_public":false,"is_new":null,"labels":[],"extra":{"a":1},"shop":null}"#,
    );
    assert!(gallery.files().is_empty());
}

/// Bodies with the boundary `X`, in which `@` is the start of a text `a`, and what is read.
const BODIES: [(&str, &str); 13] = [
    ("--X\n@\n\n1\n--X--\n", "a: Text(\"1\")"),
    (
        "before\n--X \t\n@\n\n1\n--X\n@\n\n2\n--X--\nafter",
        "a: Text(\"1\"),a: Text(\"2\")",
    ),
    ("--X\n@\n\n1", "a: Text(\"1\")"),
    ("--X\n@", ""),
    ("nothing here", ""),
    ("--X\n@; filename=\"\"\n\n\n--X--", "a: Text(\"\")"),
    ("--X\n@; filename=\"..\"\n\nx\n--X--", ""),
    (
        "--X\n@; filename=\"b\"\nContent-Type: x/y\n\nx\n--X--",
        "a: File(b (1 bytes))",
    ),
    ("--X\nA: b\n\n1\n--X--", ""),
    ("--X\n\n1\n--X--", ""),
    ("--X\nno header\n@\n\n1\n--X--", "parse_error"),
    ("--X\n@\n\n1\n--XY\n2\n--X--", "a: Text(\"1\")"),
    (
        "--X\n@\n\n1\n-X\n--\n\n--X--",
        "a: Text(\"1\\r\\n-X\\r\\n--\\r\\n\")",
    ),
];

/// The parts that a view sees, or the code of the error.
fn echo(gallery: &Gallery, content_type: &str, body: &str) -> String {
    let body = body
        .replace('@', "Content-Disposition: form-data; name=\"a\"")
        .replace('\n', "\r\n");
    let request = TestRequest::new(Method::POST, "/photos/echo/").body(content_type, body);
    let body = gallery.client.send(request).json();
    let Some(parts) = body["parts"].as_array() else {
        return body["detail"].as_str().unwrap().to_owned();
    };
    let parts: Vec<_> = parts.iter().filter_map(Value::as_str).collect();
    parts.join(",")
}

#[test]
fn bodies_of_parts_are_read_as_django_reads_them() {
    let gallery = Gallery::new();
    let kind = "multipart/form-data; boundary=X";
    for (body, expected) in BODIES {
        assert_eq!(echo(&gallery, kind, body), expected, "{body}");
    }
    let many = "--X\n@\n\n1\n".repeat(1001);
    let long = format!("--X\n@\nb: {}\n\n1\n--X--", "x".repeat(9000));
    for (content_type, body) in [
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=", "x"),
        ("multipart/form-data; boundary=\"a \"", "x"),
        (kind, &many),
        (kind, &long),
    ] {
        assert_eq!(
            echo(&gallery, content_type, body),
            "parse_error",
            "{content_type}"
        );
    }
}

#[test]
fn texts_of_parts_are_utf_8_whatever_the_charset() {
    let gallery = Gallery::new();
    let body = |text: &[u8]| {
        [
            b"--X\r\nContent-Disposition: form-data; name=a\r\n\r\n",
            text,
            b"\r\n--X--",
        ]
        .concat()
    };
    let latin_1 = "multipart/form-data; boundary=X; charset=latin-1";
    for (text, shown) in [(&b"\xc3\xa9"[..], "\u{e9}"), (b"\xe9", "\u{fffd}")] {
        let request = TestRequest::new(Method::POST, "/photos/echo/").body(latin_1, body(text));
        assert_eq!(gallery.client.send(request).json()["data"]["a"], shown);
    }
}

#[test]
fn only_fields_for_files_take_files() {
    let gallery = Gallery::new();
    let file = TestRequest::new(Method::POST, "/photos/").multipart(
        &[],
        &[
            ("title", "a.png", PNG),
            ("labels", "b", b"x"),
            ("extra", "c", b"1"),
        ],
    );
    gallery.client.send(file).assert(
        400,
        r#"{"title":["invalid"],"labels":{"0":["invalid"]},"extra":["invalid"]}"#,
    );
}
