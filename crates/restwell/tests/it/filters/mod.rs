//! Lookups over relations, every search prefix, and orders of one's own.

mod lookups;
mod search;

use restwell::test::ApiClient;

use crate::{shop::shop, things::things};

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
        ("number__lt=11.5", 1),
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

/// The ids of the things that each query leaves, or the error.
fn check(client: &ApiClient, path: &str, cases: &[(&str, &str)]) {
    for (query, expected) in cases {
        let response = client.get(&format!("/{path}/?{}", query.replace(' ', "%20")));
        let found = match response.json() {
            serde_json::Value::Array(rows) if response.status == 200 => {
                let ids: Vec<_> = rows.iter().map(|row| row["id"].to_string()).collect();
                ids.join(" ")
            }
            _ => format!("{} {}", response.status.as_u16(), response.body),
        };
        assert_eq!(found, *expected, "{path}: {query}");
    }
}

#[test]
fn related_rows_are_named_by_key() {
    let (client, _database) = things();
    let cases = [
        ("maker=1", "1"),
        ("maker=null", "3"),
        ("maker=9", r#"400 {"maker":["invalid_choice"]}"#),
        ("maker=x", r#"400 {"maker":["invalid_choice"]}"#),
        ("maker__in=1,2", "1 2"),
        ("maker__in=1,9", r#"400 {"maker__in":["invalid_choice"]}"#),
        ("maker__isnull=false", "1 2"),
        ("maker__name__icontains=RK", "2"),
        ("tags=1", "1 3"),
        ("tags=1&tags=2", "1 3"),
        ("tags=", r#"400 {"tags":["invalid_pk_value"]}"#),
        ("tags=1&tags=", r#"400 {"tags":["invalid_pk_value"]}"#),
        ("tags=9", r#"400 {"tags":["invalid_choice"]}"#),
        ("tags=1,2", r#"400 {"tags":["invalid_pk_value"]}"#),
        ("tags__in=1,2", "1 3"),
        ("tags__isnull=true", "2"),
        ("tags__isnull=false", "1 3"),
        ("tags__label=blue", "3"),
        ("tags__label__in=red,blue", "1 3"),
        ("tags__label__range=a,c", "3"),
    ];
    check(&client, "lookups", &cases);
}

#[test]
fn filters_may_be_declared_one_by_one() {
    let (client, _database) = things();
    let cases = [
        ("", "3 2 1"),
        ("price_min=10", "3 2"),
        ("price_max=10", "2 1"),
        ("price_min=9.6&price_max=50", "2"),
        ("price=1", "3 2 1"),
        (
            "price_min=x&price_max=y&level=9",
            r#"400 {"price":["invalid"],"level":["invalid_choice"]}"#,
        ),
        ("day_after=2021-02-05", "3 2"),
        ("day_before=2021-02-05", "2 1"),
        (
            "at_after=2021-02-05T11:30Z&at_before=2021-02-05T11:30Z",
            "2",
        ),
        ("at_day_before=2021-12-31", "3 2 1"),
        ("at_day_after=2021-12-31", "3"),
        ("hour_after=11:00", "3 2"),
        ("seen=today", ""),
        ("seen=tomorrow", r#"400 {"seen":["invalid_choice"]}"#),
        ("level=1&level=3", "3 1"),
        ("level=1&level=9", r#"400 {"level":["invalid_choice"]}"#),
        ("level=", r#"400 {"level":["invalid_choice"]}"#),
        ("tags=1&tags=2", "3"),
        ("maker_name=Corner", "1"),
        (
            "maker_name=Nobody",
            r#"400 {"maker_name":["invalid_choice"]}"#,
        ),
        ("not_color=red", "3 2"),
        ("few=true", "1"),
        ("few=0", "3 2"),
        ("few=TRUE", "1"),
        ("few= 1", "3 2 1"),
        ("few= true", "3 2 1"),
        ("few=true ", "3 2 1"),
        ("lk=ALPHA", r#"400 {"lk":["lookup_required"]}"#),
        ("lk=ALPHA&lk_lookup=iexact", "1"),
        ("lk=BET&lk_lookup=icontains", "3 2"),
        ("lk=BET&lk_lookup=regex", r#"400 {"lk":["invalid_choice"]}"#),
        ("lk=&lk_lookup=icontains", "3 2 1"),
        ("number=11", "3 2"),
        ("o=cost", "1 2 3"),
        ("o=-name,", "2 3 1"),
        ("o=price", r#"400 {"o":["invalid_choice"]}"#),
        ("o=--cost", r#"400 {"o":["invalid_choice"]}"#),
        ("sort=day", "1 2 3"),
        ("sort=maker", "1 2 3"),
        ("sort=-color,bad", "2 1 3"),
        ("ordering=day", "3 2 1"),
        ("q=Al", "1"),
        ("q=al", ""),
        ("q=^bl", "3"),
        ("search=al", "3 2 1"),
        ("q=Gam&few=0&sort=day&price_min=1", "3"),
    ];
    check(&client, "declared", &cases);
}

#[test]
fn a_parameter_may_exist_for_some_requests_only() {
    let (client, _database) = things();
    let cases = [
        ("code=x&by_code=x", "3 2 1"),
        (
            "codes=1&code=x&by_code=x",
            r#"400 {"code":["invalid"],"by_code":["invalid_choice"]}"#,
        ),
        ("codes=1&code=00000000000040008000000000000002", "2"),
        ("codes=1&by_code=code", "1 2 3"),
    ];
    check(&client, "declared", &cases);
}

#[test]
fn a_filter_may_be_required() {
    let (client, _database) = things();
    let cases = [
        ("", r#"400 {"at_least":["required"],"price":["required"]}"#),
        ("at_least=&price_min=10", r#"400 {"at_least":["required"]}"#),
        ("at_least=11&price_min=11", "3"),
    ];
    check(&client, "required", &cases);
}

#[test]
fn filters_search_and_order_hold_together() {
    let (client, _database) = things();
    let cases = [
        ("search=beta", "2 3"),
        ("search=beta&ordering=-number", "3 2"),
        ("search=20", "3"),
        ("search=red", "1 3"),
        ("search=Corner,red", "1"),
        ("search=beta&tags=1&ordering=name", "3"),
        ("search=beta&level=9", r#"400 {"level":["invalid_choice"]}"#),
    ];
    check(&client, "lookups", &cases);
    client
        .get("/lookups/1/?number=11")
        .assert(404, r#"{"detail":"not_found"}"#);
    client
        .get("/lookups/1/?number=x")
        .assert(400, r#"{"number":["invalid"]}"#);
}

#[test]
fn rare_combinations_are_not_kept_prepared() {
    let (client, _database) = things();
    let names = "id name number big price ratio active level color day at hour code";
    let mut asked = 0;
    for first in names.split(' ') {
        for second in names.split(' ').filter(|second| *second != first) {
            for path in [
                format!("/cursors/?ordering={first},{second}"),
                format!("/cursors/?ordering=-{first},{second}"),
            ] {
                let response = client.get(&path);
                assert_eq!((response.status.as_u16(), response.statements), (200, 1));
                asked += 1;
            }
        }
    }
    let kept: i64 = client.get("/cursors/prepared/").body.parse().unwrap();
    assert!(
        (1..=260).contains(&kept) && asked > 300,
        "{kept} of {asked} statements are kept"
    );
}
