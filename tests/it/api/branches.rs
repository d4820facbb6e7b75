//! `/api/branches/`

use crate::harness::Library;

const NORTH: &str = r#"{"name":"North","slug":"north","email":"north@library.example","opens_at":"9:00","closes_at":"17:30:30.5","latitude":52,"longitude":"-0.5","loan_period":"7 12:00","kiosk_ip":"2001:DB8::0001"}"#;
const NORTH_SHOWN: &str = r#"{"url":"http://localhost/api/branches/north/","name":"North","slug":"north","email":"north@library.example","opens_at":"09:00:00","closes_at":"17:30:30.500000","latitude":52.0,"longitude":-0.5,"loan_period":"00:07:12","kiosk_ip":"2001:db8::1","is_open":true}"#;

#[test]
fn a_branch_is_created_shown_and_listed() {
    let library = Library::new();
    let body = NORTH.replace("7 12:00", "432");
    let created = library.client.post("/api/branches/", &body);
    created.assert(201, NORTH_SHOWN);
    assert_eq!(
        created.header("location"),
        "http://localhost/api/branches/north/"
    );
    let one = library.anonymous().get("/api/branches/north/");
    one.assert(200, NORTH_SHOWN);
    assert_eq!(one.statements, 1);
    let list = library
        .anonymous()
        .get("/api/branches/?search=nothing&slug=x");
    list.assert(
        200,
        &format!(r#"{{"count":1,"next":null,"previous":null,"results":[{NORTH_SHOWN}]}}"#),
    );
    assert_eq!(list.statements, 1);
    library
        .client
        .get("/api/branches/none/")
        .assert(404, r#"{"detail":"not_found"}"#);
}

#[test]
fn what_was_not_sent_has_the_columns_default() {
    let library = Library::new();
    let body = r#"{"name":"A","slug":"a","email":"a@b.co","opens_at":"09:00","closes_at":"10:00"}"#;
    let branch = library.client.post("/api/branches/", body).json();
    assert_eq!(branch["loan_period"], "21 00:00:00");
    assert_eq!(branch["kiosk_ip"], serde_json::Value::Null);
    assert_eq!(branch["is_open"], true);
}

#[test]
fn every_error_is_told_at_once() {
    let library = Library::new();
    for (body, errors) in [
        (
            "{}",
            r#"{"name":["required"],"slug":["required"],"email":["required"],"opens_at":["required"],"closes_at":["required"]}"#,
        ),
        (
            r#"{"name":"A","slug":"a","email":"a@b.co","opens_at":"9:00","closes_at":"10:00","kiosk_ip":"a\u0000b"}"#,
            r#"{"kiosk_ip":["null_characters_not_allowed","invalid"]}"#,
        ),
        (
            r#"{"name":"","slug":"a b","email":"a@b","opens_at":"25:00","closes_at":9,"latitude":91,"longitude":-180.5,"loan_period":"soon","kiosk_ip":"1.2.3","is_open":"maybe"}"#,
            r#"{"name":["blank"],"slug":["invalid"],"email":["invalid"],"opens_at":["invalid"],"closes_at":["invalid"],"latitude":["max_value"],"longitude":["min_value"],"loan_period":["invalid"],"kiosk_ip":["invalid"],"is_open":["invalid"]}"#,
        ),
    ] {
        library
            .client
            .post("/api/branches/", body)
            .assert(400, errors);
    }
    assert_eq!(library.count("holdings_branch"), 0);
}

#[test]
fn a_branch_closes_after_it_opens() {
    let library = Library::new();
    library.client.post("/api/branches/", NORTH);
    let reversed = r#"{"closes_at":["hours_reversed"]}"#;
    for body in [
        r#"{"opens_at":"18:00"}"#,
        r#"{"closes_at":"09:00"}"#,
        r#"{"opens_at":"10:00","closes_at":"10:00"}"#,
    ] {
        library
            .client
            .patch("/api/branches/north/", body)
            .assert(400, reversed);
    }
    let response = library.client.patch(
        "/api/branches/north/",
        r#"{"opens_at":"18:00","closes_at":"19:00"}"#,
    );
    assert_eq!(response.json()["opens_at"], "18:00:00");
}

#[test]
fn a_branch_with_copies_is_protected() {
    let library = Library::stocked();
    let branches = library.client.get("/api/branches/").json();
    let slug = branches["results"][0]["slug"].as_str().unwrap();
    library
        .client
        .delete(&format!("/api/branches/{slug}/"))
        .assert(409, r#"{"detail":"protected"}"#);
    library.client.post("/api/branches/", NORTH);
    library
        .client
        .delete("/api/branches/north/")
        .assert(204, "");
}
