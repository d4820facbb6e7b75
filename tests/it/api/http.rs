//! What holds for every URL below `/api/`: routing, negotiation, parsing, verbs, hosts, limits.

use actix_web::http::Method;
use restwell::test::TestRequest;

use crate::harness::Library;

const NOT_FOUND: &str = r#"{"detail":"not_found"}"#;

#[test]
fn the_root_lists_the_lists() {
    let library = Library::new();
    library.client.get("/api/").assert(
        200,
        r#"{"authors":"http://localhost/api/authors/","subjects":"http://localhost/api/subjects/","books":"http://localhost/api/books/","branches":"http://localhost/api/branches/","copies":"http://localhost/api/copies/","loans":"http://localhost/api/loans/","reviews":"http://localhost/api/reviews/","users":"http://localhost/api/users/"}"#,
    );
    assert!(
        library
            .client
            .get("/api/.json")
            .body
            .contains("http://localhost/api/books.json")
    );
    assert!(
        library
            .client
            .get("/api/?format=json")
            .body
            .contains("http://localhost/api/books/?format=json")
    );
    let refused = library.client.post("/api/", "{}");
    refused.assert(405, r#"{"detail":"method_not_allowed"}"#);
    assert_eq!(refused.header("allow"), "GET, HEAD, OPTIONS");
}

#[test]
fn paths_lead_where_drf_leads_them() {
    let library = Library::stocked();
    let table = [
        ("/api/books/1.json", 200),
        ("/api/books/1.json/", 200),
        ("/api/books.json", 200),
        ("/api/books.xml", 404),
        ("/api/books.JSON", 404),
        ("/api/books/.json", 404),
        ("/api.json", 404),
        ("/api/books/1.5/", 404),
        ("/api/books/nothing/", 404),
        ("/nothing", 404),
        ("/api/nothing/", 404),
    ];
    for (path, status) in table {
        let response = library.client.get(path);
        assert_eq!(response.status, status, "{path}");
        if status == 404 {
            assert_eq!(response.body, NOT_FOUND, "{path}");
        }
    }
}

#[test]
fn a_missing_slash_is_added_for_every_verb() {
    let library = Library::new();
    for method in [Method::GET, Method::POST, Method::DELETE] {
        let response = library
            .client
            .send(TestRequest::new(method, "/api/books?page=2"));
        assert_eq!(
            (response.status.as_u16(), response.header("location")),
            (301, "/api/books/?page=2")
        );
        assert_eq!(response.body, "");
    }
}

#[test]
fn accept_decides_the_format() {
    let library = Library::new();
    let table = [
        ("application/json", "/api/", 200),
        ("*/*", "/api/", 200),
        ("text/html, */*;q=0.1", "/api/", 200),
        ("text/html", "/api/", 406),
        ("", "/api/", 406),
        ("text/html", "/api/?format=json", 406),
        ("*/*", "/api/?format=xml", 404),
    ];
    for (accept, path, status) in table {
        let response = library
            .client
            .send(TestRequest::new(Method::GET, path).header("accept", accept));
        assert_eq!(response.status, status, "{accept:?} {path}");
    }
    let accept = "application/json; indent=2";
    let indented = library
        .client
        .send(TestRequest::new(Method::GET, "/api/authors/").header("accept", accept));
    let body = "{\n  \"count\": 0,\n  \"next\": null,\n  \"previous\": null,\n  \"results\": []\n}";
    indented.assert(200, body);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn bodies_that_cannot_be_read_say_why() {
    let library = Library::new();
    let table: &[(&str, &str, u16, &str)] = &[
        (
            "application/json",
            "{\"name\":",
            400,
            r#"{"detail":"parse_error"}"#,
        ),
        (
            "application/json",
            "{'name': 1}",
            400,
            r#"{"detail":"parse_error"}"#,
        ),
        (
            "application/json",
            r#"{"name":NaN}"#,
            400,
            r#"{"detail":"parse_error"}"#,
        ),
        ("application/json", " ", 400, r#"{"detail":"parse_error"}"#),
        (
            "application/json",
            "[]",
            400,
            r#"{"non_field_errors":["invalid"]}"#,
        ),
        (
            "application/json",
            "null",
            400,
            r#"{"non_field_errors":["null"]}"#,
        ),
        ("application/json", "", 400, r#"{"name":["required"]}"#),
        (
            "application/json",
            r#"{"name":"\ud800"}"#,
            400,
            r#"{"name":["surrogate_characters_not_allowed"]}"#,
        ),
        (
            "text/plain",
            "x",
            415,
            r#"{"detail":"unsupported_media_type"}"#,
        ),
        ("", "x", 415, r#"{"detail":"unsupported_media_type"}"#),
        (
            "application/json; charset=utf-8",
            r#"{"name":""}"#,
            400,
            r#"{"name":["blank"]}"#,
        ),
    ];
    for (content_type, body, status, answer) in table {
        let request = TestRequest::new(Method::POST, "/api/authors/").body(content_type, *body);
        library.client.send(request).assert(*status, answer);
    }
    let deep = format!(
        "{{\"name\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    library
        .client
        .post("/api/authors/", &deep)
        .assert(400, r#"{"detail":"parse_error"}"#);
}

#[test]
fn a_body_over_the_limit_is_413() {
    let library = Library::with(|settings| settings.max_body = 100);
    let body = format!(r#"{{"name":"{}"}}"#, "x".repeat(100));
    library
        .client
        .post("/api/authors/", &body)
        .assert(413, r#"{"detail":"request_too_large"}"#);
    assert_eq!(
        library
            .client
            .post("/api/authors/", r#"{"name":"short"}"#)
            .status,
        201
    );
}

#[test]
fn what_else_is_wrong_is_told_before_a_large_body() {
    let library = Library::stocked();
    let body = vec![b'x'; 2_700_000];
    let post = |path: &str, content_type: &str| {
        TestRequest::new(Method::POST, path).body(content_type, body.clone())
    };
    let json = "application/json";
    let table = [
        (post("/api/nothing/", json), 404, "not_found"),
        (
            post("/api/authors/", json).header("accept", "image/png"),
            406,
            "not_acceptable",
        ),
        (post("/api/books/1/", json), 405, "method_not_allowed"),
        (
            post("/api/authors/", "text/plain"),
            415,
            "unsupported_media_type",
        ),
        (post("/api/authors/", json), 413, "request_too_large"),
        (
            post("/api/authors/", "application/x-www-form-urlencoded"),
            413,
            "request_too_large",
        ),
    ];
    for (request, status, code) in table {
        let response = library.client.send(request);
        response.assert(status, &format!(r#"{{"detail":"{code}"}}"#));
        let is_routed = code != "not_found";
        assert_eq!(response.headers.contains_key("allow"), is_routed, "{code}");
    }
    let anonymous = library.client.without_headers();
    let bad_token = post("/api/authors/", json).header("authorization", "Token none");
    for (request, code) in [
        (post("/api/authors/", json), "not_authenticated"),
        (bad_token, "authentication_failed"),
    ] {
        let response = anonymous.send(request);
        response.assert(401, &format!(r#"{{"detail":"{code}"}}"#));
    }
}

#[test]
fn verbs_that_a_view_lacks_are_405_with_allow() {
    let library = Library::stocked();
    let table = [
        (Method::DELETE, "/api/books/", "GET, POST, HEAD, OPTIONS"),
        (
            Method::POST,
            "/api/books/1/",
            "GET, PUT, PATCH, DELETE, HEAD, OPTIONS",
        ),
        (Method::POST, "/api/books/recent/", "GET, HEAD, OPTIONS"),
        (
            Method::from_bytes(b"FOO").unwrap(),
            "/api/books/",
            "GET, POST, HEAD, OPTIONS",
        ),
    ];
    for (method, path, allow) in table {
        let response = library.client.send(TestRequest::new(method, path));
        response.assert(405, r#"{"detail":"method_not_allowed"}"#);
        assert_eq!(response.header("allow"), allow, "{path}");
    }
}

#[test]
fn options_tell_what_a_view_is() {
    let library = Library::new();
    let list = library
        .client
        .send(TestRequest::new(Method::OPTIONS, "/api/subjects/"));
    let body = list.json();
    assert_eq!(
        (list.status.as_u16(), &body["name"]),
        (200, &"Subject List".into())
    );
    assert_eq!(body["actions"]["POST"]["slug"]["type"], "slug");
    let missing = library
        .client
        .send(TestRequest::new(Method::OPTIONS, "/api/subjects/none/"))
        .json();
    assert_eq!(
        (&missing["name"], missing.get("actions")),
        (&"Subject Instance".into(), None)
    );
    let action = library
        .client
        .send(TestRequest::new(Method::OPTIONS, "/api/books/recent/"))
        .json();
    assert_eq!(
        (&action["description"], action.get("actions")),
        (&"The newest books first.".into(), None)
    );
}

#[test]
fn only_allowed_hosts_are_served() {
    let library =
        Library::with(|settings| settings.allowed_hosts = vec![".example.org".to_owned()]);
    let table = [
        ("example.org", 200),
        ("api.example.org:8000", 200),
        ("example.com", 400),
        ("evil.org/example.org", 400),
    ];
    for (host, status) in table {
        let response = library
            .client
            .send(TestRequest::new(Method::GET, "/api/").header("host", host));
        assert_eq!(response.status, status, "{host}");
    }
}

#[test]
fn a_request_id_is_taken_or_made_and_returned() {
    let library = Library::new();
    let taken = library
        .client
        .send(TestRequest::new(Method::GET, "/api/").header("x-request-id", "abc-1"));
    assert_eq!(taken.header("x-request-id"), "abc-1");
    assert_eq!(library.client.get("/api/").header("x-request-id").len(), 32);
}

#[test]
fn error_detail_decides_the_leaves() {
    use restwell::exceptions::ErrorFormat;
    let full = Library::with(|settings| settings.error_format = ErrorFormat::Full);
    let body = full.client.get("/api/books/9/").json();
    assert_eq!(body["detail"]["code"], "not_found");
    assert!(body["detail"]["message"].is_string());
    let text = Library::with(|settings| settings.error_format = ErrorFormat::Message);
    assert!(
        text.client.post("/api/authors/", "{}").json()["name"][0]
            .as_str()
            .unwrap()
            .contains("required")
    );
}

#[test]
fn a_database_that_is_away_is_503_and_is_found_again() {
    let library = Library::stocked();
    assert_eq!(library.client.get("/api/books/").status, 200);
    // Every pooled connection dies; the next request gets a new one.
    let mut conn = library.database.connect();
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
    diesel::RunQueryDsl::execute(diesel::sql_query(kill), &mut conn).unwrap();
    assert_eq!(library.client.get("/api/books/").status, 200);
    diesel::RunQueryDsl::execute(diesel::sql_query(kill), &mut conn).unwrap();
    assert_eq!(
        library
            .client
            .post("/api/authors/", r#"{"name":"Again"}"#)
            .status,
        201
    );
}

#[test]
fn every_create_can_set_all_that_the_database_asks_for() {
    let library = Library::new();
    let urls = lending_library::urls::urls();
    let unset = restwell::checks::check_columns(&urls, &mut library.database.connect()).unwrap();
    assert_eq!(unset, Vec::<String>::new());
}

#[test]
fn options_show_limits_of_columns_items_of_lists_and_fields_of_nested_objects() {
    let library = Library::new();
    let options = TestRequest::new(Method::OPTIONS, "/api/books/");
    let fields = library.client.send(options).json()["actions"]["POST"].take();
    let table = [
        (
            "pages",
            r#"{"type":"integer","required":false,"read_only":false,"label":"Pages","min_value":1,"max_value":2147483647}"#,
        ),
        (
            "copies_available",
            r#"{"type":"integer","required":false,"read_only":true,"label":"Copies available"}"#,
        ),
        (
            "keywords",
            r#"{"type":"list","required":false,"read_only":false,"label":"Keywords","max_length":12,"child":{"type":"string","required":true,"read_only":false,"max_length":40}}"#,
        ),
        (
            "author_detail",
            r#"{"type":"nested object","required":false,"read_only":true,"label":"Author detail","children":{"id":{"type":"integer","required":false,"read_only":true,"label":"ID"},"name":{"type":"string","required":true,"read_only":false,"label":"Name","max_length":200}}}"#,
        ),
    ];
    for (field, expected) in table {
        assert_eq!(fields[field].to_string(), expected);
    }
}
