//! Many clients at the same instant.

use actix_web::http::Method;
use restwell::test::TestRequest;

use crate::harness::Library;

/// Sends 50 times the same and counts the answers 201 and 400 `body`.
fn fifty(library: &Library, path: &str, sent: &str, refused: &str) -> (usize, usize) {
    let requests = (0..50)
        .map(|_| TestRequest::new(Method::POST, path).json(sent))
        .collect();
    let responses = library.client.send_together(requests);
    let created = responses
        .iter()
        .filter(|response| response.status == 201)
        .count();
    let taken = responses
        .iter()
        .filter(|response| response.status == 400 && response.body == refused)
        .count();
    (created, taken)
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
