//! What the text of a parameter stands for.

use chrono::{NaiveDate, NaiveTime};
use proptest::prelude::*;
use restwell::models::lookups::Lookup;
use restwell_filters::{Day, FilterField, list, pair};

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
