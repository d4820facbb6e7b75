//! `/api/subjects/`

use crate::harness::Library;

#[test]
fn subjects_are_a_bare_list_by_name() {
    let response = Library::stocked().anonymous().get("/api/subjects/");
    response.assert(
        200,
        r#"[{"url":"http://localhost/api/subjects/fiction/","name":"Fiction","slug":"fiction"},{"url":"http://localhost/api/subjects/horror/","name":"Horror","slug":"horror"}]"#,
    );
    assert_eq!(response.statements, 1);
}

#[test]
fn a_new_subject_answers_its_location() {
    let library = Library::new();
    let response = library
        .client
        .post("/api/subjects/", r#"{"name":"History","slug":"history"}"#);
    let body =
        r#"{"url":"http://localhost/api/subjects/history/","name":"History","slug":"history"}"#;
    response.assert(201, body);
    assert_eq!(
        response.header("location"),
        "http://localhost/api/subjects/history/"
    );
    library
        .client
        .get("/api/subjects/history/")
        .assert(200, body);
    library
        .client
        .get("/api/subjects/1/")
        .assert(404, r#"{"detail":"not_found"}"#);
}

#[test]
fn links_keep_the_format_that_was_asked_for() {
    let library = Library::stocked();
    let url = |path: &str| library.client.get(path).json()["url"].clone();
    assert_eq!(
        url("/api/subjects/horror.json"),
        "http://localhost/api/subjects/horror.json"
    );
    assert_eq!(
        url("/api/subjects/horror/?format=json"),
        "http://localhost/api/subjects/horror/?format=json"
    );
}

#[test]
fn name_and_slug_are_unique() {
    let library = Library::stocked();
    let both = r#"{"name":["unique"],"slug":["unique"]}"#;
    library
        .client
        .post("/api/subjects/", r#"{"name":"Horror","slug":"fiction"}"#)
        .assert(400, both);
    library
        .client
        .post("/api/subjects/", r#"{"name":"Horror","slug":"not a slug"}"#)
        .assert(400, r#"{"name":["unique"],"slug":["invalid"]}"#);
    library
        .client
        .patch("/api/subjects/horror/", r#"{"slug":"fiction"}"#)
        .assert(400, r#"{"slug":["unique"]}"#);
    assert_eq!(
        library
            .client
            .patch("/api/subjects/horror/", r#"{"slug":"terror"}"#)
            .json()["slug"],
        "terror"
    );
}

#[test]
fn a_subject_can_go_although_books_have_it() {
    let library = Library::stocked();
    library
        .client
        .delete("/api/subjects/horror/")
        .assert(204, "");
    assert_eq!(library.count("catalog_book_subjects"), 1);
}
