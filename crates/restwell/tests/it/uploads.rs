//! Files in fields (contract §5.20), and what becomes of them when a transaction ends.

use actix_web::http::Method;
use diesel::connection::SimpleConnection;
use restwell::{
    storage::{FileSystemStorage, Storage, available_name, valid_name},
    test::{TestRequest, TestResponse},
};

use crate::gallery::{Gallery, PNG};

type Files<'a> = &'a [(&'a str, &'a str, &'a [u8])];

fn post(gallery: &Gallery, title: &str, files: Files<'_>) -> TestResponse {
    gallery
        .client
        .send(TestRequest::new(Method::POST, "/photos/").multipart(&[("title", title)], files))
}

fn patch(gallery: &Gallery, files: Files<'_>) -> TestRequest {
    assert_eq!(gallery.client.get("/photos/1/").status, 200);
    TestRequest::new(Method::PATCH, "/photos/1/").multipart(&[], files)
}

#[test]
fn files_are_stored_and_shown_as_urls() {
    let gallery = Gallery::new();
    let response = post(
        &gallery,
        "a",
        &[
            ("image", "/tmp/my cover (1).PNG", PNG),
            ("manual", "\u{e9}.txt", b"hello"),
        ],
    );
    assert_eq!(response.status, 201, "{}", response.body);
    // BEGIN, the insert with the database's check of the title, COMMIT.
    assert_eq!(response.statements, 3);
    let body = response.json();
    assert_eq!(
        body["image"],
        "http://localhost/media/photos/my_cover_1.PNG"
    );
    assert_eq!(body["manual"], "http://localhost/media/%C3%A9.txt");
    assert_eq!(gallery.files(), ["photos/my_cover_1.PNG", "\u{e9}.txt"]);
    gallery.client.get("/photos/1/").assert(200, &response.body);
    let again = post(&gallery, "b", &[("image", "my cover (1).PNG", PNG)]).json();
    let url = again["image"].as_str().unwrap();
    let random = url
        .strip_prefix("http://localhost/media/photos/my_cover_1_")
        .unwrap();
    assert_eq!(random.len(), "abcdefg.PNG".len(), "{url}");
}

#[test]
fn files_that_do_not_fit_are_refused() {
    let gallery = Gallery::with(|settings| settings.max_image_pixels = 1000);
    let (wide, long) = (
        [&PNG[..16], &[0, 0, 4, 0], &PNG[20..]].concat(),
        format!("{}.png", "n".repeat(37)),
    );
    let table: [(&str, &str, &[u8], &str); 9] = [
        ("image", "a.png", b"", "empty"),
        ("image", "a.png", b"no image", "invalid_image"),
        (
            "image",
            "a.svg",
            b"<svg width='1' height='1'/>",
            "invalid_image",
        ),
        ("image", "a.png", &wide, "invalid_image"),
        ("image", "a.txt", PNG, "invalid_extension"),
        ("image", ".png", PNG, "invalid_extension"),
        ("image", &long, PNG, "max_length"),
        ("manual", "a", b"", "empty"),
        ("manual", "?", b"x", "invalid"),
    ];
    for (field, name, content, code) in table {
        let response = post(&gallery, "x", &[(field, name, content)]);
        response.assert(400, &format!(r#"{{"{field}":["{code}"]}}"#));
    }
    let json = r#"{"title":"x","image":"http://localhost/media/a.png","manual":null}"#;
    gallery
        .client
        .post("/photos/", json)
        .assert(400, r#"{"image":["invalid"],"manual":["null"]}"#);
}

#[test]
fn nothing_is_left_of_a_request_that_fails() {
    let gallery = Gallery::new();
    assert_eq!(post(&gallery, "a", &[("image", "a.png", PNG)]).status, 201);
    // The database refuses the title after the file was stored.
    post(&gallery, "a", &[("image", "b.png", PNG)]).assert(400, r#"{"title":["unique"]}"#);
    post(&gallery, "", &[("image", "b.png", PNG)]).assert(400, r#"{"title":["blank"]}"#);
    for reason in ["error", "panic"] {
        let request = patch(&gallery, &[("image", "b.png", PNG)]).header("x-fail", reason);
        assert!(gallery.client.send(request).status.as_u16() >= 400);
    }
    assert_eq!(gallery.files(), ["photos/a.png"]);
    let gone = "ALTER TABLE photo DROP COLUMN manual";
    gallery.database.connect().batch_execute(gone).unwrap();
    assert_eq!(post(&gallery, "c", &[("image", "b.png", PNG)]).status, 500);
    assert_eq!(gallery.files(), ["photos/a.png"]);
}

#[test]
fn a_file_goes_with_the_last_row_that_held_it() {
    let gallery = Gallery::new();
    post(
        &gallery,
        "a",
        &[("image", "a.png", PNG), ("manual", "m", b"1")],
    );
    let failing = TestRequest::new(Method::PATCH, "/photos/1/")
        .json(r#"{"image":null}"#)
        .header("x-fail", "error");
    assert_eq!(gallery.client.send(failing).status, 403);
    assert_eq!(gallery.files(), ["m", "photos/a.png"]);
    assert_eq!(
        gallery
            .client
            .send(patch(&gallery, &[("image", "b.png", PNG)]))
            .status,
        200
    );
    assert_eq!(gallery.files(), ["m", "photos/b.png"]);
    // What is not sent stays, also with PUT.
    let put = TestRequest::new(Method::PUT, "/photos/1/").multipart(&[("title", "b")], &[]);
    assert_eq!(gallery.client.send(put).status, 200);
    assert_eq!(gallery.files(), ["m", "photos/b.png"]);
    let cleared = gallery.client.patch("/photos/1/", r#"{"image":null}"#);
    assert!(cleared.json()["image"].is_null());
    assert_eq!(gallery.files(), ["m"]);
    assert_eq!(gallery.client.delete("/photos/1/").status, 204);
    assert!(gallery.files().is_empty());
}

#[test]
fn a_delete_that_fails_keeps_its_files() {
    let gallery = Gallery::new();
    post(&gallery, "a", &[("image", "a.png", PNG)]);
    let reference =
        "CREATE TABLE frame (photo_id bigint REFERENCES photo); INSERT INTO frame VALUES (1)";
    gallery.database.connect().batch_execute(reference).unwrap();
    gallery
        .client
        .delete("/photos/1/")
        .assert(409, r#"{"detail":"protected"}"#);
    assert_eq!(gallery.files(), ["photos/a.png"]);
}

#[test]
fn two_files_of_one_name_and_time_get_two_names() {
    let gallery = Gallery::new();
    let request = |title: &'static str| {
        TestRequest::new(Method::POST, "/photos/")
            .multipart(&[("title", title)], &[("image", "a.png", PNG)])
    };
    let responses = gallery
        .client
        .send_together(["a", "b", "c", "d"].map(request).into());
    assert!(responses.iter().all(|response| response.status == 201));
    assert_eq!(gallery.files().len(), 4);
}

#[test]
fn large_files_arrive_whole() {
    let gallery = Gallery::new();
    let large: Vec<u8> = (0..3_000_000u32)
        .map(|number| (number % 251) as u8)
        .collect();
    assert_eq!(
        post(&gallery, "a", &[("manual", "m.bin", &large)]).status,
        201
    );
    assert_eq!(
        std::fs::read(gallery.root.path().join("m.bin")).unwrap(),
        large
    );
}

#[test]
fn names_are_made_as_django_makes_them() {
    let table = [
        (
            "john's portrait in 2004.jpg",
            Some("johns_portrait_in_2004.jpg"),
        ),
        (" \u{e9}t\u{e9}.png ", Some("\u{e9}t\u{e9}.png")),
        ("e\u{301}हि.png", Some("eह.png")),
        ("a/../b", Some("a..b")),
        ("..", None),
        ("?", None),
        (".htaccess", Some("htaccess")),
    ];
    for (name, expected) in table {
        assert_eq!(valid_name(name).as_deref(), expected, "{name}");
    }
    let taken = |name: &str| name == "d/a.tar.gz";
    assert_eq!(
        available_name("d/", "b.png", Some(7), taken).as_deref(),
        Some("d/b.png")
    );
    let other = available_name("d/", "a.tar.gz", None, taken).unwrap();
    assert!(
        other.starts_with("d/a_") && other.ends_with(".tar.gz") && other.len() == 18,
        "{other}"
    );
    assert_eq!(
        available_name("d/", "abcdef.png", Some(11), |_| false),
        None
    );
    let cut = available_name("d/", "abcdefghijkl.png", Some(15), |_| false).unwrap();
    assert!(cut.starts_with("d/a_") && cut.len() == 15, "{cut}");
}

#[test]
fn a_name_that_no_file_system_holds_is_cut() {
    let gallery = Gallery::new();
    let name = "\u{1F4D6}".repeat(100) + ".txt";
    let disposition = format!("attachment; filename=\"{}.txt\"", "n".repeat(300));
    let request = TestRequest::new(Method::PUT, "/uploads/unnamed/")
        .header("content-disposition", &disposition)
        .body("text/plain", "x");
    let expected = format!("\"{}.txt (1 bytes) text/plain\"", "n".repeat(236));
    gallery.client.send(request).assert(200, &expected);
    post(&gallery, "a", &[("manual", &name, b"x")]).assert(400, r#"{"manual":["max_length"]}"#);
}

#[test]
fn a_storage_that_cannot_store_is_500_and_leaves_nothing() {
    let gallery = Gallery::new();
    std::fs::write(gallery.root.path().join("photos"), "in the way").unwrap();
    let files: Files<'_> = &[("manual", "m", b"1"), ("image", "a.png", PNG)];
    assert_eq!(post(&gallery, "a", files).status, 500);
    assert_eq!(gallery.files(), ["photos"]);
    assert_eq!(gallery.client.get("/photos/").body, "[]");
}

#[test]
fn no_name_leads_out_of_the_storage() {
    let root = tempfile::tempdir().unwrap();
    let inner = root.path().join("inner");
    let storage = FileSystemStorage::new(&inner, "/media/");
    storage.save("a/b.txt", &mut &b"1"[..]).unwrap();
    assert_eq!(
        storage.save("a/b.txt", &mut &b"2"[..]).unwrap_err().kind(),
        std::io::ErrorKind::AlreadyExists
    );
    std::fs::write(root.path().join("secret"), "x").unwrap();
    for name in [
        "../secret",
        "a/../../secret",
        "/etc/passwd",
        "",
        ".",
        "a",
        "a/",
        "a//b.txt",
        ".hidden",
        "a\\b",
        "a\0",
    ] {
        assert!(storage.open(name).is_err(), "{name:?}");
        assert!(storage.save(name, &mut &b"2"[..]).is_err(), "{name:?}");
    }
    assert_eq!(std::fs::read_to_string(inner.join("a/b.txt")).unwrap(), "1");
    storage.delete("a/b.txt").unwrap();
    storage.delete("a/b.txt").unwrap();
}
