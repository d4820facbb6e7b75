//! Lookups over relations, every search prefix, and orders of one's own.

use crate::shop::shop;

#[test]
fn lookups_reach_over_relations() {
    let (client, _database) = shop();
    let table = [
        ("shop=Corner", 1),
        ("shop__isnull=true", 1),
        ("shop__isnull=no", 2),
        ("maker__name=Market", 2),
        ("maker__name__iexact=market", 2),
        ("maker__name__startswith=market", 0),
        ("maker__name__endswith=ket", 2),
        ("maker__name__contains=ark", 2),
        ("tags=1&tags=2", 1),
        ("tags__label=red", 1),
        ("number__gt=10", 1),
        ("number__lt=10.5", 1),
        ("number__in=10,20,30", 2),
        ("search=first", 1),
        ("search=thing", 1),
        ("search=corner", 1),
        ("search=%5Es.*d%24", 1),
    ];
    for (query, count) in table {
        let response = client.get(&format!("/items/?{query}"));
        assert_eq!(
            response.json()["count"],
            count,
            "{query}: {}",
            response.body
        );
    }
}

#[test]
fn what_no_lookup_can_mean_is_refused() {
    let (client, _database) = shop();
    client.get("/items/?shop=Nowhere&tags=99").assert(
        400,
        r#"{"shop":["invalid_choice"],"tags":["invalid_choice"]}"#,
    );
    client
        .get("/items/?search=%28")
        .assert(400, r#"["invalid"]"#);
}

#[test]
fn an_order_can_follow_a_relation() {
    let (client, _database) = shop();
    let first = |path: &str| client.get(path).json()["results"][0]["number"].clone();
    assert_eq!(first("/items/"), 20);
    assert_eq!(first("/items/?ordering=shop__name"), 10);
    assert_eq!(first("/items/?ordering=-number"), 20);
}
