//! `POST /api/loans/{id}/renew/`

use chrono::{TimeDelta, Utc};

use super::loans::library;

#[test]
fn a_loan_goes_on_for_another_period_twice() {
    let library = library();
    let renew = || {
        library
            .client_of("reader1")
            .post("/api/loans/1/renew/", "{ is ignored")
    };
    let due_on = (Utc::now().date_naive() + TimeDelta::days(21)).to_string();
    let renewed = renew();
    let loan = renewed.json();
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    assert_eq!(
        (&loan["due_on"], &loan["renewals"]),
        (&due_on.into(), &1.into())
    );
    assert_eq!(loan["is_overdue"], false);
    // Whose token it is; BEGIN, the loan, the period, the change, COMMIT.
    assert_eq!(renewed.statements, 6);
    assert_eq!(renew().json()["renewals"], 2);
    renew().assert(400, r#"{"non_field_errors":["too_many_renewals"]}"#);
    let stored = library.client_of("reader1").get("/api/loans/1/").json();
    assert_eq!(stored["renewals"], 2);
}

#[test]
fn what_is_back_or_of_another_reader_is_not_renewed() {
    let library = library();
    library.sql("UPDATE circulation_loan SET renewals = 2 WHERE id = 2");
    let renew = |user: &str, id: i32| {
        library
            .client_of(user)
            .post(&format!("/api/loans/{id}/renew/"), "")
    };
    let returned = r#"{"non_field_errors":["returned"]}"#;
    renew("reader1", 2).assert(400, returned);
    renew("reader1", 3).assert(404, r#"{"detail":"not_found"}"#);
    renew("reader1", 99).assert(404, r#"{"detail":"not_found"}"#);
    assert_eq!(renew("staff", 3).status, 200);
}

#[test]
fn a_period_that_no_date_can_hold_is_no_failure() {
    let library = library();
    library.sql("UPDATE holdings_branch SET loan_period = '99999999 days'");
    let renewed = library.client_of("reader1").post("/api/loans/1/renew/", "");
    assert_eq!(renewed.status, 200, "{}", renewed.body);
}
