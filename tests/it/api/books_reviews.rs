//! `GET /api/books/{id}/reviews/`

use crate::harness::Library;

#[test]
fn a_books_reviews_are_listed_the_newest_first() {
    let library = Library::stocked();
    library.sql(
        "UPDATE reviews_review SET created_at = timestamptz '2026-01-01T09:00Z' - id * interval '1 day';
         INSERT INTO reviews_review (book_id, reviewer_id, stars, title) VALUES (2, 3, 3, 'Other')",
    );
    let reviewers = |query: &str| {
        let list = library
            .anonymous()
            .get(&format!("/api/books/1/reviews/?{query}"));
        let reviews = list.json()["results"].as_array().unwrap().clone();
        let names: Vec<_> = reviews
            .iter()
            .map(|review| review["reviewer"].to_string())
            .collect();
        (
            names.join(" "),
            list.json()["count"].clone(),
            list.statements,
        )
    };
    // The book, its reviews, the names of their reviewers; their number, if they fill the page.
    let all = r#""reader1" "reader2""#.to_owned();
    assert_eq!(reviewers("stars=1"), (all, 2.into(), 3));
    let last = r#""reader2""#.to_owned();
    assert_eq!(reviewers("page_size=1&page=2"), (last, 2.into(), 4));
}

#[test]
fn a_book_without_reviews_has_none_and_no_book_is_not_found() {
    let library = Library::stocked();
    let none = library.anonymous().get("/api/books/3/reviews/");
    none.assert(
        200,
        r#"{"count":0,"next":null,"previous":null,"results":[]}"#,
    );
    let missing = library.anonymous().get("/api/books/99/reviews/");
    missing.assert(404, r#"{"detail":"not_found"}"#);
    let refused = library.client.post("/api/books/1/reviews/", "{}");
    refused.assert(405, r#"{"detail":"method_not_allowed"}"#);
}
