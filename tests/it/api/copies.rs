//! `/api/copies/`

use crate::harness::Library;

#[test]
fn copies_are_listed_by_book_and_number() {
    let library = Library::stocked();
    // Rows, their number, the branches' slugs, what is on loan.
    let response = library.anonymous().get("/api/copies/?page_size=2");
    let list = response.json();
    assert_eq!((&list["count"], response.statements), (&4.into(), 4));
    let numbers: Vec<_> = list["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|copy| (copy["book"].clone(), copy["number"].clone()))
        .collect();
    assert_eq!(numbers, [(1.into(), 1.into()), (1.into(), 2.into())]);
    assert_eq!(library.anonymous().get("/api/copies/1/").statements, 2);
}

#[test]
fn filters_and_order_find_copies() {
    let library = Library::stocked();
    for (query, count) in [
        ("book=1", 3),
        ("book=2", 1),
        ("condition=2", 4),
        ("condition__in=1,3", 0),
        ("condition__gte=2", 4),
        ("status=available&ordering=-number", 2),
        ("status=on_loan", 2),
    ] {
        let list = library.client.get(&format!("/api/copies/?{query}")).json();
        assert_eq!(list["count"], count, "{query}: {list}");
    }
    for (query, errors) in [
        ("book=99", r#"{"book":["invalid_choice"]}"#),
        ("branch=none", r#"{"branch":["invalid_choice"]}"#),
        ("branch=+++", r#"{"branch":["invalid_choice"]}"#),
        ("branch=+main", r#"{"branch":["invalid_choice"]}"#),
        (
            "book=a%00b&branch=a%00b",
            r#"{"book":["null_characters_not_allowed"],"branch":["null_characters_not_allowed"]}"#,
        ),
        ("condition=9", r#"{"condition":["invalid_choice"]}"#),
        ("condition=+++", r#"{"condition":["invalid_choice"]}"#),
        ("condition__in=+++", r#"{"condition__in":["invalid"]}"#),
        (
            "condition__gte=x&status=lost",
            r#"{"condition__gte":["invalid"],"status":["invalid_choice"]}"#,
        ),
    ] {
        library
            .client
            .get(&format!("/api/copies/?{query}"))
            .assert(400, errors);
    }
}

#[test]
fn a_new_copy_is_available_and_its_number_is_free() {
    let library = Library::stocked();
    let branch = library.client.get("/api/copies/1/").json()["branch"].clone();
    let body = |number: i32| format!(r#"{{"book":1,"branch":{branch},"number":{number}}}"#);
    let response = library.client.post("/api/copies/", &body(9));
    let copy = response.json();
    assert_eq!(
        (response.status.as_u16(), &copy["status"]),
        (201, &"available".into())
    );
    assert_eq!(
        (&copy["condition"], &copy["number"]),
        (&2.into(), &9.into())
    );
    let taken = r#"{"non_field_errors":["unique"]}"#;
    library
        .client
        .post("/api/copies/", &body(9))
        .assert(400, taken);
    library
        .client
        .patch("/api/copies/1/", r#"{"number":9}"#)
        .assert(400, taken);
    library
        .client
        .post("/api/copies/", r#"{"book":99,"branch":"none","number":0,"condition":5,"acquired_on":"x"}"#)
        .assert(
            400,
            r#"{"book":["does_not_exist"],"branch":["does_not_exist"],"number":["min_value"],"condition":["invalid_choice"],"acquired_on":["invalid"]}"#,
        );
}
