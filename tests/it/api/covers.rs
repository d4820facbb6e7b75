//! `/api/books/`, by form and with covers; `/media/`.

use actix_web::http::Method;
use restwell::test::{TestRequest, TestResponse};
use serde_json::json;

use crate::harness::Library;

/// The start of a PNG of one pixel, which is all that is read of it.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

fn patch(library: &Library, files: &[(&str, &str, &[u8])]) -> TestResponse {
    let request = TestRequest::new(Method::PATCH, "/api/books/1/");
    library.client.send(request.multipart(&[], files))
}

#[test]
fn a_book_is_created_by_form() {
    let library = Library::stocked();
    let texts = [
        ("title", "Carmilla"),
        ("isbn", "9798000000045"),
        ("author", "1"),
        ("price", "7.25"),
        ("subjects", "horror"),
        ("keywords", "vampire"),
        ("metadata", r#"{"volumes": 1}"#),
        ("pages", ""),
    ];
    let response = library
        .client
        .send(TestRequest::new(Method::POST, "/api/books/").form(&texts));
    assert_eq!(response.status, 201, "{}", response.body);
    let book = response.json();
    assert_eq!(
        (
            &book["subjects"],
            &book["keywords"],
            &book["metadata"],
            &book["is_reference"],
            &book["pages"]
        ),
        (
            &json!(["horror"]),
            &json!(["vampire"]),
            &json!({"volumes": 1}),
            &json!(false),
            &json!(null)
        )
    );
}

#[test]
fn a_cover_is_uploaded_shown_replaced_and_removed() {
    let library = Library::stocked();
    let uploaded = patch(&library, &[("cover", "my cover.png", PNG)]);
    assert_eq!(uploaded.status, 200, "{}", uploaded.body);
    assert_eq!(
        uploaded.json()["cover"],
        "http://localhost/media/covers/my_cover.png"
    );
    let cover = library.client.get("/media/covers/my_cover.png");
    assert_eq!(
        (cover.status.as_u16(), cover.header("content-type")),
        (200, "image/png")
    );
    let list = library.client.get("/api/books/?search=frank").json();
    assert_eq!(list["results"][0]["cover"], uploaded.json()["cover"]);

    let replaced = patch(&library, &[("cover", "my cover.png", PNG)]).json();
    assert_ne!(replaced["cover"], uploaded.json()["cover"]);
    assert_eq!(library.client.get("/media/covers/my_cover.png").status, 404);

    let removed = library.client.patch("/api/books/1/", r#"{"cover":null}"#);
    assert!(removed.json()["cover"].is_null());
    let mut left = std::fs::read_dir(library.media.path().join("covers")).unwrap();
    assert!(left.next().is_none());
}

#[test]
fn a_cover_that_is_no_image_is_refused() {
    let library = Library::stocked();
    let table: [(&str, &[u8], &str); 4] = [
        ("a.png", b"<svg/>", "invalid_image"),
        ("a.html", PNG, "invalid_extension"),
        ("a.png", b"", "empty"),
        (&("n".repeat(97) + ".png"), PNG, "max_length"),
    ];
    for (name, content, code) in table {
        patch(&library, &[("cover", name, content)])
            .assert(400, &format!(r#"{{"cover":["{code}"]}}"#));
    }
    library
        .client
        .patch("/api/books/1/", r#"{"cover":"covers/a.png"}"#)
        .assert(400, r#"{"cover":["invalid"]}"#);
    let missing =
        TestRequest::new(Method::PATCH, "/api/books/99/").multipart(&[], &[("cover", "a", b"")]);
    library
        .client
        .send(missing)
        .assert(404, r#"{"detail":"not_found"}"#);
    assert!(!library.media.path().join("covers").exists());
}
