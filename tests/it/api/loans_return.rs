//! `POST /api/loans/{id}/return/`

use super::loans::library;

#[test]
fn a_copy_that_is_back_can_be_lent_again() {
    let library = library();
    let returned = library
        .client_of("reader1")
        .post("/api/loans/1/return/", "{ is ignored");
    let loan = returned.json();
    assert_eq!(returned.status, 200, "{}", returned.body);
    assert!(loan["returned_at"].is_string() && loan["is_overdue"] == false);
    // Whose token it is; BEGIN, the loan, the change, COMMIT.
    assert_eq!(returned.statements, 5);
    assert_eq!(
        library.client_of("reader1").get("/api/loans/1/").json(),
        loan
    );
    let copy = library.client.get("/api/copies/1/").json();
    assert_eq!(copy["status"], "available");
    let again = library
        .client_of("reader2")
        .post("/api/loans/", r#"{"copy":1}"#);
    assert_eq!(again.status, 201, "{}", again.body);
}

#[test]
fn what_is_back_or_of_another_reader_is_not_returned() {
    let library = library();
    let give_back = |user: &str, id: i32| {
        library
            .client_of(user)
            .post(&format!("/api/loans/{id}/return/"), "")
    };
    give_back("reader1", 2).assert(400, r#"{"non_field_errors":["returned"]}"#);
    give_back("reader1", 3).assert(404, r#"{"detail":"not_found"}"#);
    give_back("staff", 99).assert(404, r#"{"detail":"not_found"}"#);
    assert_eq!(give_back("staff", 3).status, 200);
}
