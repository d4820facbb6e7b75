//! Many clients at the same instant.

use actix_web::http::Method;
use restwell::test::{TestRequest, TestResponse};

use crate::harness::{Library, token};

/// Sends 50 times the same and counts the answers 201 and 400 `body`.
fn fifty(library: &Library, path: &str, sent: &str, refused: &str) -> (usize, usize) {
    let requests = (0..50)
        .map(|_| TestRequest::new(Method::POST, path).json(sent))
        .collect();
    counted(&library.client.send_together(requests), refused)
}

/// How many were successful, and how many 400 with this body.
///
/// # Panics
/// If there is an answer of another kind.
fn counted(responses: &[TestResponse], refused: &str) -> (usize, usize) {
    let (successful, others): (Vec<_>, Vec<_>) = responses
        .iter()
        .partition(|response| response.status.is_success());
    for other in &others {
        assert_eq!((other.status.as_u16(), other.body.as_str()), (400, refused));
    }
    (successful.len(), others.len())
}

#[test]
fn of_fifty_books_with_one_isbn_one_is_created() {
    let library = Library::stocked();
    let book = r#"{"title":"Carmilla","isbn":"9798000000045","author":1,"price":"7.25","subjects":["horror"]}"#;
    assert_eq!(
        fifty(&library, "/api/books/", book, r#"{"isbn":["unique"]}"#),
        (1, 49)
    );
    assert_eq!(
        library.count("catalog_book WHERE isbn = '9798000000045'"),
        1
    );
}

#[test]
fn of_fifty_subjects_with_one_slug_one_is_created() {
    let library = Library::new();
    let subject = r#"{"name":"History","slug":"history"}"#;
    let refused = r#"{"name":["unique"],"slug":["unique"]}"#;
    assert_eq!(fifty(&library, "/api/subjects/", subject, refused), (1, 49));
}

#[test]
fn changes_of_one_author_at_once_never_break_a_rule() {
    let library = Library::stocked();
    let patch = |body: &str| TestRequest::new(Method::PATCH, "/api/authors/1/").json(body);
    let requests = (0..40).map(|i| match i % 2 {
        0 => patch(r#"{"born_on":"1840-01-01","died_on":null}"#),
        _ => patch(r#"{"died_on":"1830-01-01"}"#),
    });
    let responses = library.client.send_together(requests.collect());
    for response in responses {
        assert!(
            matches!(response.status.as_u16(), 200 | 400),
            "{}",
            response.body
        );
    }
}

#[test]
fn of_fifty_borrowings_of_one_copy_one_is_lent() {
    let library = Library::stocked();
    let sent = r#"{"copy":2}"#;
    let refused = r#"{"copy":["unavailable"]}"#;
    // By five readers in turn.
    let requests = (0..50).map(|index| {
        let request = TestRequest::new(Method::POST, "/api/loans/").json(sent);
        request.header("authorization", &token(&(index % 5 + 1).to_string()))
    });
    let responses = library.anonymous().send_together(requests.collect());
    assert_eq!(counted(&responses, refused), (1, 49));
    assert_eq!(
        library.count("circulation_loan WHERE copy_id = 2 AND returned_at IS NULL"),
        1
    );
}

#[test]
fn of_twenty_borrowings_by_one_reader_five_are_lent() {
    let library = Library::stocked();
    library.sql(
        "INSERT INTO holdings_copy (book_id, branch_id, number) SELECT 3, 1, n FROM generate_series(1, 20) AS n",
    );
    let borrow = |copy: i32| {
        TestRequest::new(Method::POST, "/api/loans/").json(&format!(r#"{{"copy":{copy}}}"#))
    };
    let staff = library.client_of("staff");
    let responses = staff.send_together((5..25).map(borrow).collect());
    let refused = r#"{"non_field_errors":["too_many_loans"]}"#;
    assert_eq!(counted(&responses, refused), (5, 15));
    assert_eq!(library.count("circulation_loan WHERE borrower_id = 5"), 5);
}

#[test]
fn of_ten_renewals_two_hold() {
    let library = Library::stocked();
    let renew = |_| TestRequest::new(Method::POST, "/api/loans/1/renew/");
    let responses = library
        .client_of("reader1")
        .send_together((0..10).map(renew).collect());
    let refused = r#"{"non_field_errors":["too_many_renewals"]}"#;
    assert_eq!(counted(&responses, refused), (2, 8));
    assert_eq!(
        library.count("circulation_loan WHERE id = 1 AND renewals = 2"),
        1
    );
}

#[test]
fn of_ten_returns_one_holds() {
    let library = Library::stocked();
    let give_back = |_| TestRequest::new(Method::POST, "/api/loans/1/return/");
    let responses = library
        .client_of("reader1")
        .send_together((0..10).map(give_back).collect());
    let refused = r#"{"non_field_errors":["returned"]}"#;
    assert_eq!(counted(&responses, refused), (1, 9));
}

#[test]
fn of_fifty_reviews_of_one_book_by_one_reader_one_is_created() {
    let library = Library::stocked();
    let review = r#"{"book":3,"stars":4,"title":"Prescient"}"#;
    let refused = r#"{"non_field_errors":["unique"]}"#;
    assert_eq!(fifty(&library, "/api/reviews/", review, refused), (1, 49));
}
