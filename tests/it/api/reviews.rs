//! `/api/reviews/`

use actix_web::http::Method;
use restwell::test::TestRequest;

use crate::harness::Library;

/// The stocked library, where one of the staff has reviewed the second book.
fn library() -> Library {
    let library = Library::stocked();
    library.sql(
        "UPDATE reviews_review SET created_at = timestamptz '2026-01-01T09:00Z' + id * interval '1 day',
            updated_at = '2026-01-09T09:00Z';
         INSERT INTO reviews_review (book_id, reviewer_id, stars, title, body, created_at, updated_at)
         VALUES (2, 5, 1, 'Long', 'Too long.', '2026-01-03T09:00Z', '2026-01-09T09:00Z')",
    );
    library
}

const FIRST: &str = r#"{"id":1,"book":1,"reviewer":"reader1","stars":5,"title":"Good","body":"","created_at":"2026-01-02T09:00:00Z","updated_at":"2026-01-09T09:00:00Z"}"#;

#[test]
fn everybody_reads_the_newest_first() {
    let library = library();
    let list = library.anonymous().get("/api/reviews/?page_size=2");
    list.assert(
        200,
        &format!(
            r#"{{"count":3,"next":"http://localhost/api/reviews/?page=2&page_size=2","previous":null,"results":[{},{}]}}"#,
            r#"{"id":3,"book":2,"reviewer":"staff","stars":1,"title":"Long","body":"Too long.","created_at":"2026-01-03T09:00:00Z","updated_at":"2026-01-09T09:00:00Z"}"#,
            r#"{"id":2,"book":1,"reviewer":"reader2","stars":4,"title":"Fine","body":"","created_at":"2026-01-03T09:00:00Z","updated_at":"2026-01-09T09:00:00Z"}"#,
        ),
    );
    // Their number, the reviews, the names of their reviewers.
    assert_eq!(list.statements, 3);
    let full = library.anonymous().get("/api/reviews/?page_size=3");
    assert_eq!(full.statements, 3);
    let one = library.anonymous().get("/api/reviews/1/");
    one.assert(200, FIRST);
    // The review, the name of its reviewer.
    assert_eq!(one.statements, 2);
    library
        .anonymous()
        .get("/api/reviews/99/")
        .assert(404, r#"{"detail":"not_found"}"#);
}

#[test]
fn filters_and_order_find_reviews() {
    let library = library();
    for (query, expected) in [
        ("book=1", "2 1"),
        ("book=99", r#"{"book":["invalid_choice"]}"#),
        ("stars=5", "1"),
        ("stars__gte=4", "2 1"),
        ("stars__lte=4&ordering=stars", "3 2"),
        ("stars=x", r#"{"stars":["invalid"]}"#),
        ("reviewer=reader2", "2"),
        ("reviewer=nobody", r#"{"reviewer":["invalid_choice"]}"#),
        ("reviewer=1", r#"{"reviewer":["invalid_choice"]}"#),
        ("ordering=created_at", "1 2 3"),
        ("ordering=-stars", "1 2 3"),
        ("ordering=title&search=good", "3 2 1"),
    ] {
        let response = library.anonymous().get(&format!("/api/reviews/?{query}"));
        let found = match response.json()["results"].as_array() {
            Some(reviews) => {
                let ids: Vec<_> = reviews
                    .iter()
                    .map(|review| review["id"].to_string())
                    .collect();
                ids.join(" ")
            }
            None => response.body,
        };
        assert_eq!(found, expected, "{query}");
    }
}

#[test]
fn a_reader_reviews_a_book_once() {
    let library = library();
    let sent = r#"{"book":3,"stars":4,"title":"Prescient","reviewer":"reader2","owner":2,"created_at":"2020-01-01"}"#;
    let created = library.client_of("reader1").post("/api/reviews/", sent);
    let review = created.json();
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(
        (&review["reviewer"], &review["body"]),
        (&"reader1".into(), &"".into())
    );
    assert!(review.get("owner").is_none() && review["created_at"] == review["updated_at"]);
    // Whose token it is; BEGIN, the review, what an answer shows of it, the name of its reviewer, COMMIT.
    assert_eq!(created.statements, 6);
    let id = &review["id"];
    let stored = library.anonymous().get(&format!("/api/reviews/{id}/"));
    assert_eq!(stored.json(), review);
    let again = library.client_of("reader1").post("/api/reviews/", sent);
    again.assert(400, r#"{"non_field_errors":["unique"]}"#);
    let book = library.anonymous().get("/api/books/3/").json();
    assert_eq!(book["average_stars"], 4.0);
    let anonymous = library.anonymous().post("/api/reviews/", sent);
    anonymous.assert(401, r#"{"detail":"not_authenticated"}"#);
}

#[test]
fn what_is_no_review_is_refused() {
    let library = library();
    let table = [
        (
            "",
            r#"{"book":["required"],"stars":["required"],"title":["required"]}"#,
        ),
        (
            r#"{"book":99,"stars":0,"title":"","body":""}"#,
            r#"{"book":["does_not_exist"],"stars":["min_value"],"title":["blank"]}"#,
        ),
        (
            r#"{"book":null,"stars":6,"title":null,"body":null}"#,
            r#"{"book":["null"],"stars":["max_value"],"title":["null"],"body":["null"]}"#,
        ),
        (
            r#"{"book":1,"stars":"many","title":"Good"}"#,
            r#"{"stars":["invalid"]}"#,
        ),
        ("[]", r#"{"non_field_errors":["invalid"]}"#),
    ];
    let reader = library.client_of("reader1");
    for (sent, expected) in table {
        reader.post("/api/reviews/", sent).assert(400, expected);
    }
    let long = format!(r#"{{"book":3,"stars":3,"title":"{}"}}"#, "x".repeat(121));
    let refused = reader.post("/api/reviews/", &long);
    refused.assert(400, r#"{"title":["max_length"]}"#);
    assert_eq!(library.count("reviews_review"), 3);
}

#[test]
fn nobody_else_changes_a_review() {
    let library = library();
    let sent = r#"{"book":1,"stars":2,"title":"On second thoughts"}"#;
    let request = |method: &Method, id: i32| {
        TestRequest::new(method.clone(), &format!("/api/reviews/{id}/")).json(sent)
    };
    let (reader, anonymous) = (library.client_of("reader2"), library.anonymous());
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let refused = reader.send(request(&method, 1));
        refused.assert(403, r#"{"detail":"permission_denied"}"#);
        let missing = reader.send(request(&method, 99));
        missing.assert(404, r#"{"detail":"not_found"}"#);
        let stranger = anonymous.send(request(&method, 1));
        stranger.assert(401, r#"{"detail":"not_authenticated"}"#);
    }
    anonymous.get("/api/reviews/1/").assert(200, FIRST);
}

#[test]
fn its_reviewer_and_the_staff_change_a_review() {
    let library = library();
    let (reader, staff) = (library.client_of("reader1"), library.client_of("staff"));
    let path = "/api/reviews/1/";
    let sent = r#"{"book":1,"stars":2,"title":"On second thoughts"}"#;
    let changed = reader.put(path, sent).json();
    let shown = (&changed["stars"], &changed["reviewer"]);
    assert_eq!(shown, (&2.into(), &"reader1".into()));
    assert_ne!(changed["updated_at"], "2026-01-09T09:00:00Z");
    assert_eq!(reader.patch(path, r#"{"stars":4}"#).json()["stars"], 4);
    assert_eq!(staff.put(path, sent).json()["reviewer"], "reader1");
    assert_eq!(staff.patch(path, r#"{"stars":3}"#).json()["stars"], 3);
    reader.delete(path).assert(204, "");
    staff.delete("/api/reviews/2/").assert(204, "");
    assert_eq!(library.count("reviews_review"), 1);
}

#[test]
fn the_rule_of_one_is_about_the_reviews_own_reviewer() {
    let library = library();
    let (reader, staff) = (library.client_of("reader1"), library.client_of("staff"));
    let third = r#"{"book":3,"stars":4,"title":"Prescient"}"#;
    assert_eq!(reader.post("/api/reviews/", third).status, 201);
    let (path, unique) = ("/api/reviews/1/", r#"{"non_field_errors":["unique"]}"#);
    reader.patch(path, r#"{"book":3}"#).assert(400, unique);
    staff.patch(path, r#"{"book":3}"#).assert(400, unique);
    staff.put(path, third).assert(400, unique);
    // The staff have reviewed this one, but the review is not theirs.
    let moved = staff.patch(path, r#"{"book":2}"#);
    assert_eq!(moved.status, 200, "{}", moved.body);
    assert_eq!(moved.json()["reviewer"], "reader1");
    assert_eq!(reader.patch(path, r#"{"book":2,"stars":1}"#).status, 200);
}
