//! Lookups over relations, every search prefix, and orders of one's own.

use chrono::{NaiveDate, NaiveTime};
use diesel::connection::SimpleConnection;
use proptest::prelude::*;
use restwell::{
    filters::{Day, FilterField, Lookup, list, pair},
    test::{ApiClient, TestDatabase},
};

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
fn texts_have_every_lookup() {
    let (client, _database) = things();
    let cases = [
        ("name=Alpha", "1"),
        ("name=alpha", ""),
        ("name= Alpha ", "1"),
        ("name=", "1 2 3"),
        ("name__exact=Alpha", "1 2 3"),
        ("name__iexact=alpha", "1"),
        ("name__iexact=alph_", ""),
        ("name__contains=bet", "2 3"),
        ("name__contains=BET", ""),
        ("name__icontains=BET", "2 3"),
        ("name__icontains=_%25", "2"),
        ("name__startswith=bet", "2"),
        ("name__istartswith=BET", "2"),
        ("name__endswith=beta", "3"),
        ("name__iendswith=BETA", "3"),
        ("name__in=Alpha, Gamma beta,,nobody", "1 3"),
        ("name__gt=H", "2"),
        ("name__range=A,C", "1"),
        ("name__range=A", r#"400 {"name__range":["invalid_values"]}"#),
        ("name__regex=^[A-G]", "1 3"),
        ("name__iregex=^[a-b]", "1 2"),
        (
            "name__regex=(&name__iregex=[&maker=9",
            r#"400 {"name__regex":["invalid"],"name__iregex":["invalid"],"maker":["invalid_choice"]}"#,
        ),
        (
            "name=%00",
            r#"400 {"name":["null_characters_not_allowed"]}"#,
        ),
        ("color__icontains=E", "1 3"),
        ("color__in=red,blue", "1 3"),
        ("color__isnull=true", "2"),
        ("color__isnull=0", "1 3"),
        ("color__isnull=yes", "1 2 3"),
    ];
    check(&client, "lookups", &cases);
}

#[test]
fn numbers_have_every_lookup() {
    let (client, _database) = things();
    let cases = [
        ("number=10", "1"),
        ("number=10.5", "1"),
        ("number= 1e1 ", "1"),
        ("number=1_0", "1"),
        ("number=%D9%A1%D9%A0", "1"),
        ("number=99999999999", ""),
        ("number=1,0", r#"400 {"number":["invalid"]}"#),
        ("number=NaN", r#"400 {"number":["invalid"]}"#),
        ("number=1e50", ""),
        ("number=2e50", r#"400 {"number":["max_value"]}"#),
        ("number=1e51", r#"400 {"number":["max_value"]}"#),
        ("number=-1e51", ""),
        ("number__gt=10.5", "2 3"),
        ("number__gte=11", "2 3"),
        ("number__lt=11.5", "1"),
        ("number__gte=11.5", "2 3"),
        ("number__lte=11", "1 2"),
        ("number__lt=99999999999", "1 2 3"),
        ("number__in=10, 20,", "1 3"),
        ("number__in=,", ""),
        ("number__in=10,x", r#"400 {"number__in":["invalid"]}"#),
        ("number__range=10,11", "1 2"),
        ("number__range=,11", ""),
        (
            "number__range=1,2,3",
            r#"400 {"number__range":["invalid_values"]}"#,
        ),
        ("number__range=x,11", r#"400 {"number__range":["invalid"]}"#),
        ("number__icontains=1", "1 2"),
        ("big=9007199254740993", "2"),
        ("big__gt=5", "2"),
        ("big__in=5,6", "3"),
        ("big__isnull=1", "1"),
        ("price=9.500", "1"),
        ("price__lte=10", "1 2"),
        ("price__lte=-1e60", ""),
        ("price__in=10.0,100", "2 3"),
        ("price__range=9,50", "1 2"),
        ("ratio=0.5", "1"),
        ("ratio__gt=0.5", "3"),
        ("active=TRUE", "1 3"),
        ("active=0", "2"),
        ("active=maybe", "1 2 3"),
        ("active= true", "1 2 3"),
        ("level=2", "2"),
        ("level=9", r#"400 {"level":["invalid_choice"]}"#),
        ("level=2.0", r#"400 {"level":["invalid_choice"]}"#),
        ("level__gte=2", "2 3"),
        ("level__in=1,9", "1"),
        ("code=00000000000040008000000000000002", "2"),
        ("code=x", r#"400 {"code":["invalid"]}"#),
        (
            "code__in=00000000-0000-4000-8000-000000000001,00000000-0000-4000-8000-000000000003",
            "1 3",
        ),
    ];
    check(&client, "lookups", &cases);
}

/// Things with the least value of a column, the largest, and none.
fn extremes() -> (ApiClient, TestDatabase) {
    let (client, database) = things();
    let rows = "UPDATE thing SET
        stock = (ARRAY[-2147483648, 2147483647, NULL])[id],
        big = (ARRAY[-9223372036854775808, 9223372036854775807, NULL])[id]";
    database.connect().batch_execute(rows).unwrap();
    (client, database)
}

#[test]
fn a_bound_that_no_value_can_break_is_none() {
    let (client, _database) = extremes();
    let cases = [
        ("stock=2147483647", "2"),
        ("stock=2147483648", ""),
        ("stock=-2147483649", ""),
        ("stock__in=-2147483648,99999999999", "1"),
        ("stock__gt=2147483647", ""),
        ("stock__gt=2147483648", ""),
        ("stock__gte=2147483647", "2"),
        ("stock__gte=99999999999", ""),
        ("stock__gt=-2147483648", "2"),
        ("stock__gt=-2147483649", "1 2 3"),
        ("stock__gte=-2147483648", "1 2"),
        ("stock__gte=-2147483648.9", "1 2"),
        ("stock__gte=-2147483649", "1 2 3"),
        ("stock__gte=-1e50", "1 2 3"),
        ("stock__gte=-1e999999999", "1 2 3"),
        ("stock__gte=1e51", r#"400 {"stock__gte":["max_value"]}"#),
        ("stock__lt=2147483647", "1"),
        ("stock__lt=2147483648", "1 2 3"),
        ("stock__lt=-99999999999", ""),
        ("stock__lte=2147483647", "1 2"),
        ("stock__lte=2147483647.9", "1 2"),
        ("stock__lte=2147483648", "1 2 3"),
        ("stock__lte=-99999999999", ""),
        ("stock__gte=-99999999999&stock__lte=0", "1"),
        ("big__gt=9223372036854775807", ""),
        ("big__gte=9223372036854775808", ""),
        ("big__gte=-9223372036854775808", "1 2"),
        ("big__gte=-9223372036854775809", "1 2 3"),
        ("big__lt=9223372036854775807", "1"),
        ("big__lte=9223372036854775808", "1 2 3"),
        ("day__month=99999999999", ""),
        ("day__month__gt=-99999999999", "1 2 3"),
        ("day__month__lt=-99999999999", ""),
    ];
    check(&client, "bounds", &cases);
}

#[test]
fn ranges_and_exclusions_ask_for_a_value_whatever_their_bounds() {
    let (client, _database) = extremes();
    let cases = [
        ("stock__range=-99999999999,99999999999", "1 2"),
        ("stock__range=-99999999999,0", "1"),
        ("stock__range=0,99999999999", "2"),
        ("stock__range=99999999999,999999999999", ""),
        ("stock__range=-999999999999,-99999999999", ""),
        ("span_min=-99999999999", "1 2 3"),
        ("span_max=99999999999", "1 2 3"),
        ("span_min=99999999999", ""),
        ("span_max=-99999999999", ""),
        ("span_min=-99999999999&span_max=99999999999", "1 2"),
        ("span_min=-99999999999&span_max=0", "1"),
        ("span_min=0&span_max=-99999999999", ""),
        ("not_span_min=-99999999999", "3"),
        ("not_span_max=-99999999999", "1 2 3"),
        ("not_span_min=-99999999999&not_span_max=0", "2 3"),
        ("not=99999999999", "1 2 3"),
        ("not_gt=-99999999999", "3"),
        ("not_gt=99999999999", "1 2 3"),
        ("not_lte=99999999999", "3"),
        ("not_lte=-99999999999", "1 2 3"),
        ("number_not_gt=-99999999999", ""),
    ];
    check(&client, "bounds", &cases);
}

#[test]
fn dates_and_times_have_parts() {
    let (client, _database) = things();
    let cases = [
        ("day=2021-02-05", "2"),
        ("day=02/05/2021", "2"),
        ("day=2/5/21", "2"),
        ("day=Feb 5 2021", "2"),
        ("day=21-02-05", r#"400 {"day":["invalid"]}"#),
        ("day=2021-02-05T10:00", r#"400 {"day":["invalid"]}"#),
        ("day__gt=2021-02-05", "3"),
        ("day__lte=2021-02-05", "1 2"),
        ("day__in=2020-01-05,2021-12-31", "1 3"),
        ("day__range=2020-01-01,2021-02-28", "1 2"),
        ("day__year=2021", "2 3"),
        ("day__year=2021.5", "2 3"),
        ("day__year=99999999999", ""),
        ("day__year=x", r#"400 {"day__year":["invalid"]}"#),
        ("day__year__gt=2020", "2 3"),
        ("day__year__lte=2020", "1"),
        ("day__month=2", "2"),
        ("day__month__gt=1.5", "2 3"),
        ("day__day=5", "1 2"),
        ("day__week_day=1", "1"),
        ("day__quarter=4", "3"),
        ("at=2021-02-05T11:30:00Z", "2"),
        ("at=2021-02-05T11:30:00%2B00:00", "2"),
        ("at=2021-02-05T11:30:00+00:00", r#"400 {"at":["invalid"]}"#),
        ("at__gt=2021-02-05T11:30:00Z", "3"),
        ("at__date=2021-12-31", "3"),
        ("at__date__gt=2021-02-04", "2 3"),
        ("at__year=2021", "2 3"),
        ("at__hour=23", "3"),
        ("at__hour__gte=11", "2 3"),
        ("at__minute=30", "2"),
        ("hour=10:00", "1"),
        ("hour=23:59:59.5", "3"),
        ("hour=10", r#"400 {"hour":["invalid"]}"#),
        ("hour__gt=10:00:00", "2 3"),
        ("hour__hour=11", "2"),
        ("hour__minute__lt=59", "1 2"),
    ];
    check(&client, "lookups", &cases);
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
fn days_and_times_are_read_as_python_reads_them() {
    let cases = [
        ("2020-12-31", Some("2020-12-31")),
        ("12/31/2020", Some("2020-12-31")),
        ("Dec 31 2020", Some("2020-12-31")),
        ("dec  31, 2020", Some("2020-12-31")),
        ("31 December 2020", Some("2020-12-31")),
        ("12/31/68", Some("2068-12-31")),
        ("12/31/69", Some("1969-12-31")),
        ("0001-01-01", Some("0001-01-01")),
        ("0000-01-01", None),
        ("-2020-01-01", None),
        ("12/31/+2020", None),
        ("12/31/-2020", None),
        ("12/31/12020", None),
        ("12/31/00002020", None),
        ("12/ 31/2020", None),
        ("Dec 1100", None),
        ("Dec31 2020", None),
        ("Dec 31 020", None),
    ];
    for (text, expected) in cases {
        let date = NaiveDate::parse(text, Lookup::Exact).ok().flatten();
        let shown = date.map(|date| date.to_string());
        assert_eq!(shown.as_deref(), expected, "{text}");
    }
    assert!(NaiveTime::parse("23:59:59.999999", Lookup::Exact).is_ok());
    assert!(NaiveTime::parse("23:59:60", Lookup::Exact).is_err());
}

fn read<F: FilterField>(text: &str) {
    for lookup in [
        Lookup::Exact,
        Lookup::Gt,
        Lookup::Gte,
        Lookup::Lt,
        Lookup::Lte,
    ] {
        drop((F::parse(text, lookup), F::bound(text, lookup)));
    }
    drop((list::<F>(text), pair::<F>(text)));
}

proptest! {
    #[test]
    fn any_text_is_a_value_or_none(
        text in ".{0,30}",
        number in "[-+]?[0-9_.]{0,20}([eE][-+]?[0-9]{0,20})?(,[0-9]{0,9})?",
        moment in "[0-9]{0,6}[-/ ,]?[0-9a-zA-Z]{0,4}[-/ ,]?[0-9]{0,6}[T ]?[0-9:.+]{0,12}Z?",
    ) {
        for text in [text, number, moment] {
            read::<String>(&text);
            read::<bool>(&text);
            read::<i16>(&text);
            read::<i64>(&text);
            read::<f64>(&text);
            read::<bigdecimal::BigDecimal>(&text);
            read::<NaiveDate>(&text);
            read::<NaiveTime>(&text);
            read::<chrono::DateTime<chrono::Utc>>(&text);
            read::<uuid::Uuid>(&text);
            read::<Day>(&text);
        }
    }
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
