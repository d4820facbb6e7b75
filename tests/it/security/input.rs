//! Texts that mean something to SQL, to HTTP, or to nobody; and fields that are not the client's to set.

use actix_web::http::{Method, header::LOCATION};
use restwell::test::{TestRequest, TestResponse};
use serde_json::{Value, json};

use super::{LISTS, rows};
use crate::harness::Library;

const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

/// Each a fragment of SQL, or what a parser of something else stumbles over.
const TEXTS: [&str; 18] = [
    "'",
    "''",
    "\"",
    "' OR '1'='1",
    "1 OR 1=1",
    "1; DROP TABLE catalog_book; --",
    "'); DELETE FROM auth_user; --",
    "1 UNION SELECT password FROM auth_user",
    "(SELECT 1/0)",
    "\\",
    "\\'; SELECT pg_sleep(9); --",
    "%",
    "_",
    "$1",
    "a\0b",
    "/* */",
    "NaN",
    "-99999999999999999999",
];

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn get(path: &str) -> TestRequest {
    TestRequest::new(Method::GET, path)
}

#[test]
fn no_parameter_is_read_as_sql() {
    let library = Library::stocked();
    let before = rows(&library);
    let always = ["search", "ordering", "page", "page_size", "limit", "offset"];
    for list in &LISTS {
        for name in list.filters.iter().chain(&always) {
            let path = |text: &&str| get(&format!("{}?{name}={}", list.path, encoded(text)));
            let answers = library
                .client
                .send_together(TEXTS.iter().map(path).collect());
            for (text, answer) in TEXTS.iter().zip(answers) {
                let told = answer.status.as_u16();
                let sent = format!("{}?{name}={text}: {}", list.path, answer.body);
                assert!(matches!(told, 200 | 400 | 404), "{told} {sent}");
                assert!(!answer.body.contains("pbkdf2"), "{sent}");
            }
        }
        let names = TEXTS
            .iter()
            .map(|text| get(&format!("{}?{}=1", list.path, encoded(text))));
        for answer in library.client.send_together(names.collect()) {
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
    }
    assert_eq!(rows(&library), before);
}

#[test]
fn no_path_is_read_as_sql() {
    let library = Library::stocked();
    let before = rows(&library);
    for list in &LISTS {
        let paths: Vec<_> = TEXTS
            .iter()
            .map(|text| format!("{}{}/", list.path, encoded(text)))
            .collect();
        let requests = paths.iter().flat_map(|path| {
            let patch = TestRequest::new(Method::PATCH, path).json("{}");
            [get(path), patch, TestRequest::new(Method::DELETE, path)]
        });
        for answer in library.client.send_together(requests.collect()) {
            assert!(
                matches!(answer.status.as_u16(), 404 | 405),
                "{}",
                answer.body
            );
        }
    }
    assert_eq!(rows(&library), before);
}

#[test]
fn no_field_is_read_as_sql() {
    let library = Library::stocked();
    let before = rows(&library);
    let objects = [
        "authors/1",
        "subjects/horror",
        "books/1",
        "branches/main",
        "copies/1",
        "reviews/1",
        "users/3",
    ];
    for object in objects {
        let path = format!("/api/{object}/");
        let shown = library.client.get(&path).json();
        let fields = shown.as_object().unwrap().keys().map(String::as_str);
        // A slug would be another path for the next field.
        for field in fields.filter(|field| *field != "slug").chain(["password"]) {
            for text in TEXTS {
                check_field(&library, &path, field, text);
            }
        }
    }
    assert_eq!(rows(&library), before);
}

/// The text is refused, stored as it is, or nobody's business.
fn check_field(library: &Library, path: &str, field: &str, text: &str) {
    for sent in [json!(text), json!([text]), json!({ text: text })] {
        let answer = library
            .client
            .patch(path, &json!({ field: sent }).to_string());
        let told = format!("{path} {field}={sent}: {}", answer.body);
        assert!(matches!(answer.status.as_u16(), 200 | 400), "{told}");
        let is_text = answer.status == 200 && sent.is_string();
        if is_text && ["title", "name", "bio", "summary", "first_name"].contains(&field) {
            assert_eq!(answer.json()[field], text, "{told}");
        }
    }
}

/// Every way to write a body.
fn bodies(method: &Method, path: &str, fields: &Value) -> [TestRequest; 3] {
    let texts: Vec<(String, String)> = fields
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), text)
        })
        .collect();
    let texts: Vec<_> = texts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let request = || TestRequest::new(method.clone(), path);
    [
        request().json(&fields.to_string()),
        request().form(&texts),
        request().multipart(&texts, &[]),
    ]
}

#[test]
fn nobody_promotes_themselves() {
    let library = Library::stocked();
    let everything = json!({
        "id": 1, "pk": 1, "username": "admin", "is_staff": "true", "is_superuser": "true", "is_active": "false",
        "groups": "1", "user_permissions": "1", "last_login": "2000-01-01T00:00:00Z",
        "date_joined": "2000-01-01T00:00:00Z", "auth_token": "x", "first_name": "Mallory",
    });
    let reader = library.client_of("reader1");
    let before = library.client.get("/api/users/3/").json();
    for request in bodies(&Method::PATCH, "/api/users/me/", &everything) {
        let answer = reader.send(request);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let mut now = answer.json();
        assert_eq!(now["first_name"], "Mallory");
        now["first_name"] = before["first_name"].clone();
        assert_eq!(now, before);
    }
    assert_eq!(library.count("auth_user where is_superuser"), 1);
    assert_eq!(library.count("auth_user_user_permissions"), 0);
    assert_eq!(library.count("auth_user_groups where user_id = 3"), 0);
}

#[test]
fn the_staff_makes_no_superusers() {
    let library = Library::new();
    let staff = library.client_of("staff");
    let extra = json!({
        "is_superuser": "true", "user_permissions": "1", "date_joined": "2000-01-01T00:00:00Z", "id": 77,
    });
    for request in bodies(&Method::PATCH, "/api/users/5/", &extra) {
        assert_eq!(staff.send(request).status, 200);
    }
    for (number, method) in [Method::POST, Method::PUT].into_iter().enumerate() {
        for (parser, _) in ["json", "form", "parts"].into_iter().enumerate() {
            let mut sent = extra.clone();
            sent["username"] = format!("new{number}{parser}").into();
            sent["password"] = "correct horse".into();
            let path = ["/api/users/", "/api/users/6/"][number];
            let request = bodies(&method, path, &sent).into_iter().nth(parser);
            assert!(staff.send(request.unwrap()).status.is_success());
        }
    }
    assert_eq!(library.count("auth_user where is_superuser"), 1);
    assert_eq!(
        library.count("auth_user where date_joined < '2001-01-01'"),
        0
    );
    assert_eq!(library.count("auth_user where id = 77"), 0);
    assert_eq!(library.count("auth_user_user_permissions"), 0);
    assert_eq!(
        library.count("auth_user where password = 'correct horse'"),
        0
    );
}

#[test]
fn nobody_borrows_or_writes_in_the_name_of_another() {
    let library = Library::stocked();
    let reader = library.client_of("reader2");
    let sent = json!({
        "copy": 3, "borrower": 3, "borrower_id": 3, "due_on": "2999-01-01", "returned_at": "2000-01-01T00:00:00Z",
        "borrowed_at": "2000-01-01T00:00:00Z", "renewals": -9, "is_overdue": true, "id": 77,
    });
    for request in bodies(&Method::POST, "/api/loans/", &sent) {
        let loan = reader.send(request);
        assert_eq!(loan.status, 201, "{}", loan.body);
        assert_eq!(loan.json()["borrower"], 4);
        let path = format!("/api/loans/{}/return/", loan.json()["id"]);
        let returned = reader.post(&path, &sent.to_string()).json();
        assert_eq!(
            (&returned["borrower"], &returned["copy"]),
            (&4.into(), &3.into())
        );
    }
    let as_sent = "circulation_loan where id = 77 or renewals < 0 or due_on > '2900-01-01' or borrowed_at < '2001-01-01'";
    assert_eq!(library.count(as_sent), 0);
    let sent = json!({
        "book": 2, "reviewer": "reader1", "reviewer_id": 3, "owner": 3, "stars": 1, "title": "Mine",
        "created_at": "2000-01-01T00:00:00Z", "id": 77,
    });
    for request in bodies(&Method::POST, "/api/reviews/", &sent) {
        let review = reader.send(request);
        assert_eq!(review.status, 201, "{}", review.body);
        assert_eq!(review.json()["reviewer"], "reader2");
        let path = format!("/api/reviews/{}/", review.json()["id"]);
        for request in bodies(&Method::PATCH, &path, &sent) {
            assert_eq!(reader.send(request).json()["reviewer"], "reader2");
        }
        assert_eq!(reader.delete(&path).status, 204);
    }
}

#[test]
fn what_is_computed_or_noted_is_not_the_clients() {
    let library = Library::stocked();
    let cases = [
        (
            "/api/authors/1/",
            json!({"id": 9, "books_count": 99, "created_at": "2000-01-01T00:00:00Z"}),
        ),
        (
            "/api/books/1/",
            json!({
                "id": 9, "created_at": "2000-01-01T00:00:00Z", "updated_at": "2000-01-01T00:00:00Z",
                "copies_available": 99, "average_stars": 1.0, "author_detail": "{\"id\": 2, \"name\": \"x\"}",
            }),
        ),
        (
            "/api/copies/1/",
            json!({"id": 9, "barcode": "00000000-0000-4000-8000-00000000000f", "status": "available", "loans": "1"}),
        ),
    ];
    for (path, sent) in cases {
        let mut before = library.client.get(path).json();
        for request in bodies(&Method::PATCH, path, &sent) {
            let answer = library.client.send(request);
            assert_eq!(answer.status, 200, "{}", answer.body);
            let mut now = answer.json();
            assert!(!answer.body.contains("2000-01-01"), "{}", answer.body);
            for object in [&mut before, &mut now] {
                object.as_object_mut().unwrap().remove("updated_at");
            }
            assert_eq!(now, before);
        }
    }
}

/// Nothing of what was sent became a header of its own.
fn assert_no_header(answer: &TestResponse) {
    for (name, value) in &answer.headers {
        assert!(!name.as_str().contains("evil"), "{name}");
        let bytes = value.as_bytes();
        assert!(!bytes.iter().any(u8::is_ascii_control), "{name}: {value:?}");
    }
    assert!(!answer.headers.contains_key("set-cookie"), "{answer:?}");
}

#[test]
fn nothing_in_a_url_becomes_a_header() {
    let library = Library::stocked();
    let line = "%0d%0aevil:%20x%0d%0aSet-Cookie:%20x=1";
    let paths = [
        format!("/api/books{line}"),
        format!("/api/books/{line}"),
        format!("/api/books?{line}"),
        format!("/api/books/1?x={line}"),
        format!("/api/books/?search={line}&page=1"),
        format!("/api/authors/?limit=1&search=e&x={line}"),
        format!("/{line}/"),
        format!("/media/{line}"),
    ];
    for path in paths {
        let answer = library.anonymous().get(&path);
        assert!(answer.status.as_u16() < 500, "{path}: {}", answer.body);
        assert_no_header(&answer);
        let location = answer.headers.get(LOCATION);
        assert!(location.is_none_or(|location| location.as_bytes().starts_with(b"/api/")));
    }
}

#[test]
fn a_request_id_is_plain_or_not_the_clients() {
    let library = Library::new();
    let long = "x".repeat(129);
    let cases: [(&[u8], bool); 6] = [
        (b"abc-123", true),
        (b"a b", false),
        (b"", false),
        ("é".as_bytes(), false),
        (b"a\tb", false),
        (long.as_bytes(), false),
    ];
    for (sent, is_kept) in cases {
        let answer = library
            .anonymous()
            .send(get("/api/").append_header("x-request-id", sent));
        let told = answer.header("x-request-id").as_bytes();
        assert_eq!(told == sent, is_kept, "{sent:?}");
        assert!(!told.is_empty());
    }
}

#[test]
fn links_lead_to_allowed_hosts_only() {
    let library = Library::stocked();
    for host in [
        "evil.example",
        "localhost.evil.example",
        "localhost@evil.example",
        "localhost/evil",
        "localhost:80:evil",
        "localhost evil",
        "localhost#evil",
        "",
    ] {
        let request = TestRequest::new(Method::GET, "/api/").header("host", host);
        let answer = library.anonymous().send(request);
        assert_eq!(answer.status, 400, "{host}");
        assert!(!answer.body.contains("http"), "{}", answer.body);
    }
    let request = get("/api/").header("x-forwarded-host", "evil.example");
    let answer = library.anonymous().send(request);
    assert!(!answer.body.contains("evil"), "{}", answer.body);
}

#[test]
fn a_files_name_is_a_name_and_no_more() {
    let library = Library::stocked();
    for name in [
        "a\r\nevil: x\r\n\r\n.png",
        "../../../../tmp/evil.png",
        "..\\..\\evil.png",
        "/etc/evil.png",
        "%2e%2e%2fevil.png",
        "evil.png\0.html",
        "';evil'.png",
        ".png",
    ] {
        let request = TestRequest::new(Method::PATCH, "/api/books/1/");
        let answer = library
            .client
            .send(request.multipart(&[], &[("cover", name, PNG)]));
        assert!(
            matches!(answer.status.as_u16(), 200 | 400),
            "{name:?}: {}",
            answer.body
        );
        assert_no_header(&answer);
        let Value::String(cover) = &answer.json()["cover"] else {
            continue;
        };
        let file = cover
            .strip_prefix("http://localhost/media/covers/")
            .unwrap();
        assert!(!file.contains(['/', '\\', '%', '\'']), "{file}");
        let shown = library.anonymous().get(&format!("/media/covers/{file}"));
        assert_eq!(
            (shown.status.as_u16(), shown.header("content-type")),
            (200, "image/png")
        );
        assert!(library.media.path().join("covers").join(file).is_file());
    }
    let outside = std::fs::read_dir(library.media.path()).unwrap().count();
    assert_eq!(outside, 1);
}
