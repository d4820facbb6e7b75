//! `/api/users/`, `/api/users/me/` and `/api/api-token-auth/`.

use actix_web::http::Method;
use restwell::test::TestRequest;
use serde_json::json;

use crate::harness::Library;

const READER1: &str = r#"{"id":3,"username":"reader1","email":"reader1@example.org","first_name":"","last_name":"","is_active":true,"is_staff":false,"groups":[],"last_login":null,"date_joined":"2026-01-01T00:00:00Z"}"#;

#[test]
fn only_the_staff_sees_users() {
    let library = Library::new();
    let cases = [
        (library.anonymous(), 401),
        (library.client_of("reader1"), 403),
        (library.client_of("librarian"), 403),
        (library.client_of("staff"), 200),
        (library.client, 200),
    ];
    for (client, status) in cases {
        assert_eq!(client.get("/api/users/").status, status);
        assert_eq!(client.get("/api/users/3/").status, status);
    }
}

#[test]
fn users_are_listed_by_id_in_a_few_statements() {
    let library = Library::new();
    let staff = library.client_of("staff");
    staff.get("/api/users/3/").assert(200, READER1);
    for size in [1, 6] {
        let list = staff.get(&format!("/api/users/?page_size={size}"));
        assert_eq!(list.json()["count"], 6);
        assert!(list.statements <= 4, "{}", list.statements);
    }
    let librarian = staff.get("/api/users/2/").json();
    assert_eq!(librarian["groups"], serde_json::json!([1]));
}

#[test]
fn a_new_user_can_sign_in_and_has_no_rights() {
    let library = Library::new();
    let sent = r#"{"username": "zoë@home", "password": "correct horse", "groups": [1], "is_superuser": true, "date_joined": "2000-01-01T00:00:00Z"}"#;
    let created = library.client.post("/api/users/", sent);
    assert_eq!(created.status, 201, "{}", created.body);
    let user = created.json();
    assert_eq!(
        (
            &user["email"],
            &user["is_active"],
            &user["is_staff"],
            user.get("password")
        ),
        (&"".into(), &true.into(), &false.into(), None)
    );
    assert_ne!(user["date_joined"], "2000-01-01T00:00:00Z");
    assert_eq!(
        library.count("auth_user WHERE username = 'zoë@home' AND NOT is_superuser"),
        1
    );
    assert_eq!(
        library.count("auth_user WHERE password LIKE 'pbkdf2_sha256$1$%' AND id > 6"),
        1
    );

    let credentials = r#"{"username": "zoë@home", "password": "correct horse"}"#;
    let token = library
        .anonymous()
        .post("/api/api-token-auth/", credentials);
    assert_eq!(
        (token.status.as_u16(), token.header("allow")),
        (200, "POST, OPTIONS")
    );
    let again = library
        .anonymous()
        .post("/api/api-token-auth/", credentials);
    assert_eq!(token.json(), again.json());
    let token = format!("Token {}", token.json()["token"].as_str().unwrap());
    let client = library.anonymous().with_header("authorization", &token);
    assert_eq!(client.get("/api/users/me/").json()["username"], "zoë@home");
}

#[test]
fn bad_users_are_refused_field_by_field() {
    let library = Library::new();
    let cases = [
        ("{}", r#"{"username":["required"],"password":["required"]}"#),
        (
            r#"{"username": "reader1", "password": "short", "email": "x", "groups": [7]}"#,
            r#"{"username":["unique"],"email":["invalid"],"groups":["does_not_exist"],"password":["min_length"]}"#,
        ),
        (
            r#"{"username": "a b", "password": "long enough", "is_staff": "maybe"}"#,
            r#"{"username":["invalid"],"is_staff":["invalid"]}"#,
        ),
    ];
    for (sent, expected) in cases {
        library
            .client
            .post("/api/users/", sent)
            .assert(400, expected);
    }
    assert_eq!(library.count("auth_user"), 6);
}

#[test]
fn the_staff_changes_and_deletes_users() {
    let library = Library::stocked();
    let changed = library
        .client
        .patch("/api/users/3/", r#"{"is_active": false, "groups": [1]}"#);
    assert_eq!(
        (&changed.json()["is_active"], &changed.json()["groups"][0]),
        (&false.into(), &1.into())
    );
    assert_eq!(library.client_of("reader1").get("/api/books/").status, 401);
    library
        .client
        .put("/api/users/3/", r#"{"username": "reader"}"#)
        .assert(400, r#"{"password":["required"]}"#);
    assert_eq!(library.client.delete("/api/users/3/").status, 204);
    assert_eq!(library.count("auth_user WHERE id = 3"), 0);
    assert_eq!(library.count("circulation_loan WHERE borrower_id = 3"), 0);
    assert_eq!(library.count("authtoken_token WHERE user_id = 3"), 0);
    library
        .client
        .delete("/api/users/3/")
        .assert(404, r#"{"detail":"not_found"}"#);
}

#[test]
fn users_see_and_change_themselves() {
    let library = Library::new();
    library
        .anonymous()
        .get("/api/users/me/")
        .assert(401, r#"{"detail":"not_authenticated"}"#);
    let reader = library.client_of("reader1");
    reader.get("/api/users/me/").assert(200, READER1);
    let sent = r#"{"first_name": "Ada", "username": "root", "is_staff": true, "is_active": false, "groups": [1], "password": "another one"}"#;
    let changed = reader.patch("/api/users/me/", sent);
    changed.assert(
        200,
        &READER1.replace(r#""first_name":"""#, r#""first_name":"Ada""#),
    );
    reader
        .patch("/api/users/me/", r#"{"password": "short", "email": "?"}"#)
        .assert(400, r#"{"email":["invalid"],"password":["min_length"]}"#);
    for method in [Method::PUT, Method::DELETE] {
        let refused = reader.send(TestRequest::new(method, "/api/users/me/").json("{}"));
        assert_eq!(
            (refused.status.as_u16(), refused.header("allow")),
            (405, "GET, PATCH, HEAD, OPTIONS")
        );
    }
    let credentials = r#"{"username": "reader1", "password": "another one"}"#;
    assert_eq!(
        library
            .anonymous()
            .post("/api/api-token-auth/", credentials)
            .status,
        200
    );
}

#[test]
fn a_token_is_given_for_the_right_password_only() {
    let library = Library::new();
    let wrong = r#"{"non_field_errors":["authorization"]}"#;
    let cases = [
        (
            r#"{"username": "reader1", "password": "wrong"}"#,
            400,
            wrong,
        ),
        (
            r#"{"username": "nobody", "password": "library"}"#,
            400,
            wrong,
        ),
        (
            r#"{"username": "inactive", "password": "library"}"#,
            400,
            wrong,
        ),
        (
            r#"{"username": "reader1", "password": " library"}"#,
            400,
            wrong,
        ),
        (
            r#"{"username": " reader1 ", "password": "library"}"#,
            200,
            r#"{"token":"3fffffffffffffffffffffffffffffffffffffff"}"#,
        ),
        (
            r#"{"username": "", "password": ""}"#,
            400,
            r#"{"username":["blank"],"password":["blank"]}"#,
        ),
        (
            "{}",
            400,
            r#"{"username":["required"],"password":["required"]}"#,
        ),
    ];
    for (sent, status, expected) in cases {
        library
            .anonymous()
            .post("/api/api-token-auth/", sent)
            .assert(status, expected);
    }
}

#[test]
fn options_tell_how_a_token_is_had_and_what_a_user_is() {
    let library = Library::new();
    let options = |path: &str| {
        let request = TestRequest::new(Method::OPTIONS, path);
        library.client.send(request).json()
    };
    let token = options("/api/api-token-auth/");
    let parses = [
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json",
    ];
    assert_eq!(token["parses"], json!(parses));
    let field = json!({"type": "string", "required": false, "read_only": true, "label": "Token"});
    assert_eq!(token["actions"]["POST"]["token"], field);
    let user = &options("/api/users/")["actions"]["POST"];
    for (field, label) in [
        ("email", "Email address"),
        ("is_active", "Active"),
        ("is_staff", "Staff status"),
    ] {
        assert_eq!(user[field]["label"], label);
    }
}
