//! `/api/books/`

use serde_json::{Value, json};

use crate::harness::Library;

const FRANKENSTEIN: &str = r#"{"id":1,"title":"Frankenstein","isbn":"9798000000014","author":1,"author_detail":{"id":1,"name":"Mary Shelley"},"subjects":["fiction","horror"],"published_on":"1818-01-01","pages":280,"price":"9.50","language":"en","summary":"","keywords":["monster","science"],"metadata":{"volumes":3},"is_reference":false,"weight_kg":0.4,"copies_available":2,"average_stars":4.5,"cover":null,"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}"#;

fn titles(library: &Library, path: &str) -> Vec<String> {
    let response = library.client.get(path);
    assert_eq!(response.status, 200, "{path}: {}", response.body);
    let results = response.json()["results"].as_array().unwrap().clone();
    results
        .iter()
        .map(|book| book["title"].as_str().unwrap().to_owned())
        .collect()
}

fn valid(changes: Value) -> String {
    let mut book =
        json!({"title": "Carmilla", "isbn": "9798000000045", "author": 1, "price": "7.25"});
    book.as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    book.to_string()
}

#[test]
fn one_book_is_shown_whole_in_one_statement() {
    let response = Library::stocked().anonymous().get("/api/books/1/");
    response.assert(200, FRANKENSTEIN);
    assert_eq!(response.statements, 1);
    let response = Library::stocked().client_of("reader1").get("/api/books/1/");
    response.assert(200, FRANKENSTEIN);
    // The user with the token, and the book.
    assert_eq!(response.statements, 2);
    assert_eq!(
        response.header("allow"),
        "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"
    );
}

#[test]
fn a_list_takes_the_same_few_statements_whatever_the_page_size() {
    let library = Library::stocked();
    // Rows, their number where the page does not tell it, and all that belongs to them.
    for (size, statements) in [(1, 3), (2, 3), (3, 3), (100, 2)] {
        let response = library
            .anonymous()
            .get(&format!("/api/books/?page_size={size}"));
        assert_eq!(
            (response.status.as_u16(), response.statements),
            (200, statements),
            "page_size {size}"
        );
    }
}

#[test]
fn a_list_shows_the_same_as_the_book_itself() {
    let library = Library::stocked();
    let list = library.client.get("/api/books/?search=frank");
    list.assert(
        200,
        &format!(r#"{{"count":1,"next":null,"previous":null,"results":[{FRANKENSTEIN}]}}"#),
    );
}

#[test]
fn pages_link_to_each_other() {
    let library = Library::stocked();
    let second = library.client.get("/api/books/?page=2&page_size=1&z=1");
    assert_eq!(second.status, 200, "{}", second.body);
    let second = second.json();
    assert_eq!(second["count"], 3);
    assert_eq!(
        second["next"],
        "http://localhost/api/books/?page=3&page_size=1&z=1"
    );
    assert_eq!(
        second["previous"],
        "http://localhost/api/books/?page_size=1&z=1"
    );
    library
        .client
        .get("/api/books/?page=9")
        .assert(404, r#"{"detail":"not_found"}"#);
    assert_eq!(
        library
            .client
            .get("/api/books/?page=last&page_size=2")
            .json()["results"][0]["title"],
        "The Last Man"
    );
}

#[test]
fn filters_narrow_the_list() {
    let library = Library::stocked();
    let table: &[(&str, &[&str])] = &[
        ("author=1", &["Frankenstein", "The Last Man"]),
        (
            "author__in=1,2",
            &["Dracula", "Frankenstein", "The Last Man"],
        ),
        ("author__name__icontains=STOK", &["Dracula"]),
        ("subjects=fiction", &["Frankenstein"]),
        (
            "subjects=fiction&subjects=horror",
            &["Dracula", "Frankenstein"],
        ),
        ("language=fr", &[]),
        (
            "language__in=fr,en,xx",
            &["Dracula", "Frankenstein", "The Last Man"],
        ),
        ("isbn=9798000000021", &["Dracula"]),
        ("published_on__year=1818", &["Frankenstein"]),
        ("published_on__gte=1826-01-01", &["Dracula", "The Last Man"]),
        ("published_on=05/26/1897", &["Dracula"]),
        ("price=9.500", &["Frankenstein"]),
        ("price__gte=9.5&price__lte=1e1", &["Frankenstein"]),
        // As in Django, the fraction is dropped.
        ("pages__gte=280.5", &["Dracula", "Frankenstein"]),
        // No number of pages is beyond that, so that none counts too.
        (
            "pages__lte=1e30",
            &["Dracula", "Frankenstein", "The Last Man"],
        ),
        ("pages__isnull=true", &["The Last Man"]),
        ("is_reference=true", &[]),
        (
            "is_reference=maybe",
            &["Dracula", "Frankenstein", "The Last Man"],
        ),
        ("available=true", &["Frankenstein"]),
        ("available=0", &["Dracula", "The Last Man"]),
        (
            "title=Dracula",
            &["Dracula", "Frankenstein", "The Last Man"],
        ),
        ("price=", &["Dracula", "Frankenstein", "The Last Man"]),
    ];
    for (query, expected) in table {
        assert_eq!(
            titles(&library, &format!("/api/books/?{query}")),
            *expected,
            "{query}"
        );
    }
}

#[test]
fn bad_filters_are_told_all_at_once_in_declaration_order() {
    let library = Library::stocked();
    let bad = "/api/books/?price=abc&author=99&subjects=nope&language=xx&published_on=soon&published_on__year=x";
    library.client.get(bad).assert(
        400,
        r#"{"author":["invalid_choice"],"subjects":["invalid_choice"],"language":["invalid_choice"],"published_on":["invalid"],"published_on__year":["invalid"],"price":["invalid"]}"#,
    );
    library
        .client
        .get("/api/books/?author__in=1,99")
        .assert(400, r#"{"author__in":["invalid_choice"]}"#);
    library
        .client
        .get("/api/books/?subjects=")
        .assert(400, r#"{"subjects":["invalid_choice"]}"#);
}

#[test]
fn filters_hold_for_one_book_too() {
    let library = Library::stocked();
    library
        .client
        .get("/api/books/1/?is_reference=true")
        .assert(404, r#"{"detail":"not_found"}"#);
    library
        .client
        .get("/api/books/1/?price=abc")
        .assert(400, r#"{"price":["invalid"]}"#);
}

#[test]
fn search_looks_at_title_isbn_and_author() {
    let library = Library::stocked();
    let table: &[(&str, &[&str])] = &[
        ("drac", &["Dracula"]),
        ("shelley", &["Frankenstein", "The Last Man"]),
        ("shelley%20last", &["The Last Man"]),
        ("%22last%20man%22", &["The Last Man"]),
        ("9798000000014", &["Frankenstein"]),
        ("979800000001", &[]),
        ("%25", &[]),
    ];
    for (query, expected) in table {
        assert_eq!(
            titles(&library, &format!("/api/books/?search={query}")),
            *expected,
            "{query}"
        );
    }
    library
        .client
        .get("/api/books/?search=%00")
        .assert(400, r#"["null_characters_not_allowed"]"#);
}

#[test]
fn ordering_takes_known_names_only() {
    let library = Library::stocked();
    let table: &[(&str, &[&str])] = &[
        ("price", &["The Last Man", "Frankenstein", "Dracula"]),
        ("-price", &["Dracula", "Frankenstein", "The Last Man"]),
        (
            "author__name,-title",
            &["Dracula", "The Last Man", "Frankenstein"],
        ),
        ("--price", &["Dracula", "Frankenstein", "The Last Man"]),
        ("isbn", &["Dracula", "Frankenstein", "The Last Man"]),
        (
            "nope,-published_on",
            &["Dracula", "The Last Man", "Frankenstein"],
        ),
    ];
    for (query, expected) in table {
        assert_eq!(
            titles(&library, &format!("/api/books/?ordering={query}")),
            *expected,
            "{query}"
        );
    }
}

#[test]
fn recent_books_come_newest_first_and_ignore_filters() {
    let library = Library::stocked();
    let expected = ["The Last Man", "Dracula", "Frankenstein"];
    assert_eq!(
        titles(&library, "/api/books/recent/?author=2&search=zzz"),
        expected
    );
}

#[test]
fn copies_of_a_book_are_listed_by_number() {
    let library = Library::stocked();
    let response = library.anonymous().get("/api/books/2/copies/");
    response.assert(
        200,
        r#"{"count":1,"next":null,"previous":null,"results":[{"id":4,"book":2,"branch":"main","number":1,"barcode":"00000000-0000-4000-8000-000000000004","condition":2,"acquired_on":"2026-01-01","status":"on_loan"}]}"#,
    );
    assert_eq!(response.statements, 4);
    library
        .client
        .get("/api/books/9/copies/")
        .assert(404, r#"{"detail":"not_found"}"#);
}

#[test]
fn a_new_book_is_answered_as_it_was_sent() {
    let library = Library::stocked();
    let sent = valid(
        json!({"subjects": ["horror"], "price": "1e2", "metadata": {"zz": 1.10, "a": 1}, "id": 99}),
    );
    let response = library.client.post("/api/books/", &sent);
    assert_eq!(response.status, 201, "{}", response.body);
    let book = response.json();
    assert_eq!(book["id"], 4);
    assert_eq!(book["price"], "100.00");
    assert_eq!(book["subjects"], json!(["horror"]));
    assert_eq!(
        (&book["copies_available"], &book["average_stars"]),
        (&json!(0), &Value::Null)
    );
    assert!(
        response.body.contains(r#""metadata":{"zz":1.1,"a":1}"#),
        "{}",
        response.body
    );
    assert_eq!(response.header("location"), "");
    // The token, BEGIN, everything, COMMIT.
    assert_eq!(response.statements, 4);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn bad_books_are_refused_field_by_field() {
    let library = Library::stocked();
    let long = "x".repeat(201);
    let table = [
        (json!({"title": null}), 400, r#"{"title":["null"]}"#),
        (json!({"title": " "}), 400, r#"{"title":["blank"]}"#),
        (json!({"title": long}), 400, r#"{"title":["max_length"]}"#),
        (json!({"title": true}), 400, r#"{"title":["invalid"]}"#),
        (
            json!({"title": "a\u{0}b"}),
            400,
            r#"{"title":["null_characters_not_allowed"]}"#,
        ),
        (
            json!({"isbn": "9798000000046"}),
            400,
            r#"{"isbn":["invalid_isbn"]}"#,
        ),
        (
            json!({"isbn": "9798000000014"}),
            400,
            r#"{"isbn":["unique"]}"#,
        ),
        (
            json!({"isbn": "97980000000450"}),
            400,
            r#"{"isbn":["max_length"]}"#,
        ),
        (
            json!({"author": 99}),
            400,
            r#"{"author":["does_not_exist"]}"#,
        ),
        (
            json!({"author": "x"}),
            400,
            r#"{"author":["incorrect_type"]}"#,
        ),
        (json!({"author": null}), 400, r#"{"author":["null"]}"#),
        (
            json!({"subjects": "horror"}),
            400,
            r#"{"subjects":["not_a_list"]}"#,
        ),
        (
            json!({"subjects": ["horror", "nope", "no"]}),
            400,
            r#"{"subjects":["does_not_exist"]}"#,
        ),
        (
            json!({"published_on": "2999-01-01"}),
            400,
            r#"{"published_on":["in_future"]}"#,
        ),
        (
            json!({"published_on": "1/2/2020"}),
            400,
            r#"{"published_on":["invalid"]}"#,
        ),
        (json!({"pages": 0}), 400, r#"{"pages":["min_value"]}"#),
        (
            json!({"pages": 2_147_483_648_i64}),
            400,
            r#"{"pages":["max_value"]}"#,
        ),
        (json!({"price": "-1"}), 400, r#"{"price":["min_value"]}"#),
        (
            json!({"price": "1.005"}),
            400,
            r#"{"price":["max_decimal_places"]}"#,
        ),
        (
            json!({"price": "1234567"}),
            400,
            r#"{"price":["max_whole_digits"]}"#,
        ),
        (
            json!({"language": "xx"}),
            400,
            r#"{"language":["invalid_choice"]}"#,
        ),
        (
            json!({"keywords": ["a", "", "x".repeat(41)]}),
            400,
            r#"{"keywords":{"1":["blank"],"2":["max_length"]}}"#,
        ),
        (
            json!({"keywords": vec!["a"; 13]}),
            400,
            r#"{"keywords":["max_length"]}"#,
        ),
        (json!({"metadata": null}), 400, r#"{"metadata":["null"]}"#),
        (
            json!({"is_reference": "maybe"}),
            400,
            r#"{"is_reference":["invalid"]}"#,
        ),
        (
            json!({"weight_kg": -0.5}),
            400,
            r#"{"weight_kg":["min_value"]}"#,
        ),
    ];
    for (changes, status, body) in table {
        let response = library.client.post("/api/books/", &valid(changes.clone()));
        assert_eq!(response.status, status, "{changes}: {}", response.body);
        assert_eq!(response.body, body, "{changes}");
    }
    assert_eq!(library.count("catalog_book"), 3);
}

#[test]
fn all_errors_are_told_at_once_in_declaration_order() {
    let library = Library::stocked();
    let response = library.client.post(
        "/api/books/",
        r#"{"isbn":"9798000000014","price":"x","author":999}"#,
    );
    response.assert(
        400,
        r#"{"title":["required"],"isbn":["unique"],"author":["does_not_exist"],"price":["invalid"]}"#,
    );
}

#[test]
fn patch_changes_only_what_is_sent() {
    let library = Library::stocked();
    let response = library
        .client
        .patch("/api/books/1/", r#"{"subjects":["fiction"],"pages":null}"#);
    let book = response.json();
    assert_eq!(
        (&book["subjects"], &book["pages"], &book["price"]),
        (&json!(["fiction"]), &Value::Null, &json!("9.50"))
    );
    assert_ne!(book["updated_at"], "2026-01-01T00:00:00Z");
    let unchanged = library
        .client
        .patch("/api/books/1/", r#"{"isbn":"9798000000014"}"#);
    assert_eq!(unchanged.status, 200, "{}", unchanged.body);
    assert_eq!(library.client.patch("/api/books/1/", "{}").status, 200);
    library
        .client
        .patch("/api/books/1/", r#"{"isbn":"9798000000021"}"#)
        .assert(400, r#"{"isbn":["unique"]}"#);
    assert_eq!(library.count("catalog_book_subjects WHERE book_id = 1"), 1);
}

#[test]
fn put_wants_every_required_field() {
    let library = Library::stocked();
    library
        .client
        .put("/api/books/1/", r#"{"price":2}"#)
        .assert(
            400,
            r#"{"title":["required"],"isbn":["required"],"author":["required"]}"#,
        );
    let response = library.client.put("/api/books/1/", &valid(json!({})));
    assert_eq!(
        response.json()["keywords"],
        json!(["monster", "science"]),
        "optional fields stay"
    );
}

#[test]
fn what_is_missing_is_missed_before_the_body_is_read() {
    let library = Library::stocked();
    for path in [
        "/api/books/99/",
        "/api/books/abc/",
        "/api/books/99999999999999999999/",
        "/api/books/-1/",
    ] {
        library
            .client
            .put(path, "{bad")
            .assert(404, r#"{"detail":"not_found"}"#);
        library
            .client
            .delete(path)
            .assert(404, r#"{"detail":"not_found"}"#);
    }
}

#[test]
fn a_book_with_loans_is_protected_and_one_without_goes_with_its_copies() {
    let library = Library::stocked();
    library
        .client
        .delete("/api/books/1/")
        .assert(409, r#"{"detail":"protected"}"#);
    library.client.delete("/api/books/3/").assert(204, "");
    library
        .client
        .delete("/api/books/3/")
        .assert(404, r#"{"detail":"not_found"}"#);
    assert_eq!(library.count("catalog_book"), 2);
}
