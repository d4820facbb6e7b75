//! `/api/loans/`

use actix_web::http::Method;
use chrono::{TimeDelta, Utc};
use restwell::test::TestRequest;

use crate::harness::Library;

/// The stocked library, where the loan 1 is overdue, 2 was returned, and 3 is due today.
pub(super) fn library() -> Library {
    let library = Library::stocked();
    library.sql(
        "UPDATE circulation_loan
            SET borrowed_at = timestamptz '2025-01-01T09:00Z' + id * interval '1 day', due_on = '2025-02-01';
         UPDATE circulation_loan SET returned_at = '2025-01-20T10:00Z' WHERE id = 2;
         UPDATE circulation_loan SET due_on = (now() AT TIME ZONE 'UTC')::date WHERE id = 3",
    );
    library
}

/// The ids of a list, or the error.
fn found(library: &Library, user: &str, query: &str) -> String {
    let response = library.client_of(user).get(&format!("/api/loans/?{query}"));
    match response.json()["results"].as_array() {
        Some(loans) => {
            let ids: Vec<_> = loans.iter().map(|loan| loan["id"].to_string()).collect();
            ids.join(" ")
        }
        None => response.body,
    }
}

#[test]
fn readers_see_their_own_loans_and_the_staff_all() {
    let library = library();
    let list = library.client_of("reader1").get("/api/loans/");
    list.assert(
        200,
        r#"{"next":null,"previous":null,"results":[{"id":2,"copy":2,"borrower":3,"borrowed_at":"2025-01-03T09:00:00Z","due_on":"2025-02-01","returned_at":"2025-01-20T10:00:00Z","renewals":0,"is_overdue":false},{"id":1,"copy":1,"borrower":3,"borrowed_at":"2025-01-02T09:00:00Z","due_on":"2025-02-01","returned_at":null,"renewals":0,"is_overdue":true}]}"#,
    );
    assert_eq!(found(&library, "reader2", ""), "3");
    assert_eq!(found(&library, "staff", ""), "3 2 1");
    let own = library.client_of("reader1").get("/api/loans/2/");
    assert_eq!(own.json(), list.json()["results"][0]);
    let others = library.client_of("reader1").get("/api/loans/3/");
    others.assert(404, r#"{"detail":"not_found"}"#);
    assert_eq!(library.client_of("staff").get("/api/loans/3/").status, 200);
    assert_eq!(library.client_of("staff").get("/api/loans/99/").status, 404);
}

#[test]
fn a_stranger_sees_and_does_nothing() {
    let library = library();
    for request in [
        "GET /api/loans/",
        "OPTIONS /api/loans/",
        "POST /api/loans/",
        "GET /api/loans/1/",
        "DELETE /api/loans/1/",
        "POST /api/loans/1/renew/",
        "POST /api/loans/1/return/",
    ] {
        let (verb, path) = request.split_once(' ').unwrap();
        let method = Method::from_bytes(verb.as_bytes()).unwrap();
        let response = library.anonymous().send(TestRequest::new(method, path));
        response.assert(401, r#"{"detail":"not_authenticated"}"#);
        assert_eq!(response.header("www-authenticate"), "Token", "{request}");
    }
}

#[test]
fn filters_find_loans_and_tell_readers_nothing_of_others() {
    let library = library();
    for (user, query, expected) in [
        ("reader1", "open=true", "1"),
        ("reader1", "open=False", "2"),
        ("reader1", "open=maybe", "2 1"),
        ("reader1", "overdue=true", "1"),
        ("reader1", "overdue=false", "2"),
        ("staff", "overdue=false", "3 2"),
        ("staff", "overdue=false&open=true", "3"),
        ("reader1", "copy=1", "1"),
        ("reader1", "copy=4", ""),
        ("reader1", "copy=99", r#"{"copy":["invalid_choice"]}"#),
        ("staff", "borrower=3", "2 1"),
        ("staff", "borrower=3&open=1", "1"),
        ("staff", "borrower=99", r#"{"borrower":["invalid_choice"]}"#),
        ("staff", "borrower=x", r#"{"borrower":["invalid_choice"]}"#),
        ("reader1", "borrower=4", "2 1"),
        ("reader1", "borrower=99", "2 1"),
        ("reader1", "search=x&ordering=id&page_size=1", "2 1"),
    ] {
        assert_eq!(found(&library, user, query), expected, "{user}: {query}");
    }
    let hidden = library.client_of("reader1").get("/api/loans/1/?open=false");
    assert_eq!(hidden.status, 404);
}

#[test]
fn a_page_costs_the_same_whatever_is_on_it() {
    let library = library();
    library.sql(
        "INSERT INTO circulation_loan (copy_id, borrower_id, borrowed_at, due_on, returned_at)
         SELECT 1, 3, '2024-01-01T09:00Z', '2024-02-01', '2024-01-02T09:00Z' FROM generate_series(1, 40)",
    );
    let first = library.client_of("reader1").get("/api/loans/").json();
    assert_eq!(first["results"].as_array().unwrap().len(), 20);
    let next = first["next"].as_str().unwrap();
    let next = next.strip_prefix("http://localhost").unwrap();
    let second = library.client_of("reader1").get(next);
    assert_eq!(second.json()["results"][0]["id"], 25);
    // Whose token it is, and the loans.
    assert_eq!(second.statements, 2);
    assert_eq!(
        library.client_of("reader2").get("/api/loans/").statements,
        2
    );
    assert_eq!(
        library.client_of("reader1").get("/api/loans/1/").statements,
        2
    );
}

#[test]
fn a_copy_is_lent_for_its_branchs_period() {
    let library = library();
    library.sql("UPDATE holdings_branch SET loan_period = '10 days 23:59:59'");
    let sent = r#"{"copy":2,"borrower":3,"due_on":"2099-01-01","renewals":9}"#;
    let created = library.client_of("reader2").post("/api/loans/", sent);
    let due_on = (Utc::now().date_naive() + TimeDelta::days(10)).to_string();
    let loan = created.json();
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!((&loan["copy"], &loan["borrower"]), (&2.into(), &4.into()));
    assert_eq!(
        (&loan["due_on"], &loan["renewals"]),
        (&due_on.into(), &0.into())
    );
    assert!(loan["returned_at"].is_null() && loan["is_overdue"] == false);
    // Whose token it is; BEGIN, the copy, the reader, what decides, the loan, COMMIT.
    assert_eq!(created.statements, 7);
    let id = &loan["id"];
    let stored = library
        .client_of("reader2")
        .get(&format!("/api/loans/{id}/"));
    assert_eq!(stored.json(), loan);
    let copy = library.client.get("/api/copies/2/").json();
    assert_eq!(copy["status"], "on_loan");
    let book = library.client.get("/api/books/1/").json();
    assert_eq!(book["copies_available"], 1);
}

#[test]
fn what_is_no_loan_is_refused() {
    let library = library();
    let table = [
        ("", r#"{"copy":["required"]}"#),
        (r#"{"copy":null}"#, r#"{"copy":["null"]}"#),
        (r#"{"copy":"x"}"#, r#"{"copy":["incorrect_type"]}"#),
        (r#"{"copy":99}"#, r#"{"copy":["does_not_exist"]}"#),
        ("[]", r#"{"non_field_errors":["invalid"]}"#),
        (r#"{"copy":1}"#, r#"{"copy":["unavailable"]}"#),
    ];
    for (sent, expected) in table {
        library
            .client_of("reader1")
            .post("/api/loans/", sent)
            .assert(400, expected);
    }
    for (method, path) in [
        (Method::PUT, "/api/loans/1/"),
        (Method::PATCH, "/api/loans/1/"),
        (Method::DELETE, "/api/loans/1/"),
        (Method::GET, "/api/loans/1/renew/"),
        (Method::GET, "/api/loans/1/return/"),
    ] {
        let request = TestRequest::new(method, path).json("{}");
        let response = library.client_of("staff").send(request);
        response.assert(405, r#"{"detail":"method_not_allowed"}"#);
    }
    assert_eq!(library.count("circulation_loan"), 3);
}

#[test]
fn rules_of_lending_are_asked_in_order() {
    let library = library();
    library.sql(
        "INSERT INTO holdings_copy (book_id, branch_id, number) SELECT 3, 1, n FROM generate_series(1, 6) AS n;
         UPDATE catalog_book SET is_reference = true WHERE id IN (1, 2)",
    );
    let borrow = |copy: i32| {
        let sent = format!(r#"{{"copy":{copy}}}"#);
        library.client_of("reader1").post("/api/loans/", &sent)
    };
    let unavailable = r#"{"copy":["unavailable"]}"#;
    let reference_only = r#"{"copy":["reference_only"]}"#;
    borrow(4).assert(400, unavailable);
    borrow(3).assert(400, reference_only);
    // With one that is open already, and one that does not count.
    for copy in 5..9 {
        assert_eq!(borrow(copy).status, 201);
    }
    borrow(9).assert(400, r#"{"non_field_errors":["too_many_loans"]}"#);
    borrow(8).assert(400, unavailable);
    borrow(3).assert(400, reference_only);
    let returned = library
        .client_of("reader1")
        .post("/api/loans/1/return/", "");
    assert_eq!(returned.status, 200);
    assert_eq!(borrow(9).status, 201);
}

#[test]
fn options_tell_what_a_reader_may_send() {
    let library = library();
    let options = library
        .client_of("reader1")
        .send(TestRequest::new(Method::OPTIONS, "/api/loans/"));
    let fields = &options.json()["actions"]["POST"];
    let type_of = |name: &str| {
        (
            fields[name]["type"].clone(),
            fields[name]["read_only"].clone(),
        )
    };
    assert_eq!(type_of("copy"), ("field".into(), false.into()));
    assert_eq!(type_of("borrower"), ("field".into(), true.into()));
    assert_eq!(type_of("is_overdue"), ("boolean".into(), true.into()));
}
