//! `POST /api/books/{id}/add_copies/`

use actix_web::http::Method;
use restwell::test::TestRequest;

use crate::harness::Library;

#[test]
fn new_copies_are_numbered_on_from_the_highest() {
    let library = Library::stocked();
    let sent = r#"{"branch":"main","count":2}"#;
    let created = library.client.post("/api/books/1/add_copies/", sent);
    assert_eq!(created.status, 201, "{}", created.body);
    let copies = created.json();
    let of = |key: &str| -> Vec<_> {
        let copies = copies.as_array().unwrap().iter();
        copies.map(|copy| copy[key].to_string()).collect()
    };
    assert_eq!(of("number"), ["4", "5"]);
    assert_eq!(of("book"), ["1", "1"]);
    assert_eq!(of("branch"), [r#""main""#, r#""main""#]);
    assert_eq!(of("condition"), ["2", "2"]);
    assert_eq!(of("status"), [r#""available""#, r#""available""#]);
    // The token, BEGIN, the book, the branch, the highest number, the copies, their branch and their status, COMMIT.
    assert_eq!(created.statements, 9);
    let first = library.client.post("/api/books/3/add_copies/", sent);
    assert_eq!(first.json()[0]["number"], 1);
}

#[test]
fn what_is_no_order_of_copies_is_refused() {
    let library = Library::stocked();
    let table = [
        ("", r#"{"branch":["required"],"count":["required"]}"#),
        ("[]", r#"{"non_field_errors":["invalid"]}"#),
        (
            r#"{"branch":"nowhere","count":51}"#,
            r#"{"branch":["does_not_exist"],"count":["max_value"]}"#,
        ),
        (
            r#"{"branch":null,"count":0}"#,
            r#"{"branch":["null"],"count":["min_value"]}"#,
        ),
    ];
    for (sent, expected) in table {
        library
            .client
            .post("/api/books/1/add_copies/", sent)
            .assert(400, expected);
    }
    library
        .client
        .post("/api/books/99/add_copies/", "{")
        .assert(404, r#"{"detail":"not_found"}"#);
    assert_eq!(library.count("holdings_copy"), 4);
}

#[test]
fn numbers_come_to_an_end() {
    let library = Library::stocked();
    library.sql("UPDATE holdings_copy SET number = 2147483640 WHERE id = 1");
    let add = |count: i32| {
        let sent = format!(r#"{{"branch":"main","count":{count}}}"#);
        library.client.post("/api/books/1/add_copies/", &sent)
    };
    let refused = r#"{"count":["max_value"]}"#;
    add(8).assert(400, refused);
    assert_eq!(library.count("holdings_copy"), 4);
    let last = add(7);
    assert_eq!(last.json()[6]["number"], i32::MAX);
    add(1).assert(400, refused);
}

#[test]
fn requests_at_once_share_no_number() {
    let library = Library::stocked();
    let request = || {
        TestRequest::new(Method::POST, "/api/books/1/add_copies/")
            .json(r#"{"branch":"main","count":5}"#)
    };
    let responses = library
        .client
        .send_together((0..20).map(|_| request()).collect());
    assert!(responses.iter().all(|response| response.status == 201));
    assert_eq!(library.count("holdings_copy WHERE book_id = 1"), 103);
}
