//! `/api/authors/`

use crate::harness::Library;

#[test]
fn authors_are_listed_by_name_in_two_statements() {
    let response = Library::stocked().anonymous().get("/api/authors/");
    response.assert(
        200,
        r#"{"count":2,"next":null,"previous":null,"results":[{"id":2,"name":"Bram Stoker","bio":"","born_on":"1847-11-08","died_on":"1912-04-20","website":"","books_count":1,"created_at":"2026-01-02T00:00:00Z"},{"id":1,"name":"Mary Shelley","bio":"","born_on":"1797-08-30","died_on":"1851-02-01","website":"https://example.org/shelley","books_count":2,"created_at":"2026-01-01T00:00:00Z"}]}"#,
    );
    assert_eq!(response.statements, 2);
}

#[test]
fn limit_and_offset_cut_the_list() {
    let library = Library::stocked();
    let page = library.client.get("/api/authors/?limit=1").json();
    assert_eq!(
        page["next"],
        "http://localhost/api/authors/?limit=1&offset=1"
    );
    let beyond = library.client.get("/api/authors/?offset=9");
    beyond.assert(
        200,
        r#"{"count":2,"next":null,"previous":"http://localhost/api/authors/?limit=20","results":[]}"#,
    );
}

#[test]
fn authors_can_be_ordered_by_the_number_of_their_books() {
    let library = Library::stocked();
    let first = |path: &str| library.client.get(path).json()["results"][0]["name"].clone();
    assert_eq!(first("/api/authors/?ordering=-books_count"), "Mary Shelley");
    assert_eq!(first("/api/authors/?ordering=books_count"), "Bram Stoker");
    assert_eq!(
        first("/api/authors/?born_on__isnull=false&ordering=born_on"),
        "Mary Shelley"
    );
}

#[test]
fn filters_and_search_find_authors() {
    let library = Library::stocked();
    let table = [
        ("name=Bram%20Stoker", 1),
        ("name=bram%20stoker", 0),
        ("name__icontains=STOKER", 1),
        ("name__istartswith=mary", 1),
        ("born_on=1797-08-30", 1),
        ("born_on__gte=1800-01-01", 1),
        ("born_on__lte=1800-01-01", 1),
        ("born_on__year=1847", 1),
        ("born_on__year=1847.5", 1),
        ("born_on__isnull=true", 0),
        ("search=https://example", 1),
        ("search=example", 0),
        ("search=shelley,mary", 1),
    ];
    for (query, count) in table {
        let response = library.client.get(&format!("/api/authors/?{query}"));
        assert_eq!(
            response.json()["count"],
            count,
            "{query}: {}",
            response.body
        );
    }
}

#[test]
fn nobody_dies_before_they_are_born() {
    let library = Library::stocked();
    let reversed = r#"{"non_field_errors":["dates_reversed"]}"#;
    library
        .client
        .post(
            "/api/authors/",
            r#"{"name":"X","born_on":"1900-01-01","died_on":"1899-01-01"}"#,
        )
        .assert(400, reversed);
    library
        .client
        .patch("/api/authors/1/", r#"{"died_on":"1797-08-29"}"#)
        .assert(400, reversed);
    assert_eq!(
        library
            .client
            .patch("/api/authors/1/", r#"{"died_on":null}"#)
            .status,
        200
    );
    assert_eq!(
        library
            .client
            .patch("/api/authors/1/", r#"{"born_on":"1999-01-01"}"#)
            .status,
        200
    );
}

#[test]
fn a_website_is_a_url_or_nothing() {
    let library = Library::new();
    let table = [
        (r#""""#, 201),
        (r#""https://example.org/x""#, 201),
        (r#""example""#, 400),
        ("null", 400),
    ];
    for (website, status) in table {
        let body = format!(r#"{{"name":"X","website":{website}}}"#);
        assert_eq!(
            library.client.post("/api/authors/", &body).status,
            status,
            "{website}"
        );
    }
}

#[test]
fn an_author_with_books_is_protected() {
    let library = Library::stocked();
    library
        .client
        .delete("/api/authors/1/")
        .assert(409, r#"{"detail":"protected"}"#);
    library.sql("DELETE FROM catalog_book WHERE id = 3; DELETE FROM catalog_author WHERE false");
    library.sql("DELETE FROM circulation_loan; DELETE FROM catalog_book");
    library.client.delete("/api/authors/1/").assert(204, "");
}
