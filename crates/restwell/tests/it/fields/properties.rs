//! No JSON makes a field panic, and what it accepts it shows in a form that it accepts again.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use proptest::prelude::*;
use restwell::{
    fields::{
        Bound, ChoiceField, Choices, DictField, EmailField, Field, FieldOptions, HStoreField,
        IpAddress, Ipv4Field, Ipv6Field, ListField, MultipleChoiceField, RegexField, SlugField,
        UrlField,
    },
    renderers::render_json,
};
use serde::{Serialize, Serializer};
use serde_json::{Number, Value};
use uuid::Uuid;

use super::NONE;

/// Texts of all kinds, many of which nearly are what some field reads.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -]?[0-9]{1,4}([-:. TWPDHMS,+Ze][0-9]{0,3}){0,7}",
        "[+-]?[0-9_٣]{0,40}([.][0-9]{0,40})?([eE][+-]?[0-9]{1,4})?",
        "-?P([0-9.,]{1,5}D)?T?([0-9.,]{1,25}[HMS]){0,3}",
        "(-?[0-9]{1,12} (days, )?)?-?([0-9]{1,9}:){0,2}[0-9]{1,30}",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9])?(Z|[+-][0-9]{2}:?[0-9]{2})?",
        "[a-f0-9:.%]{0,30}",
        "(urn:uuid:|[{])?[a-f0-9-]{30,38}",
        "[a-z\".]{1,5}@[a-zé.-]{1,9}",
        "(https?|ftp)://[a-z.:@0-9/\\[\\]]{0,20}",
        "(true|null|nan|inf|True|on|no|ab)",
    ]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        (-9..99).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        // Not so small that a float would be a negative zero, which a decimal has not.
        "-?(0|[1-9][0-9]{0,40})([.][0-9]{1,30})?(e[+-]?[0-9]{1,2})?".prop_map(|text| {
            let number: Number = serde_json::from_str(&text).expect("the pattern is JSON's");
            number.into()
        }),
    ]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        4 => number(),
        8 => text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |item| {
        prop_oneof![
            prop::collection::vec(item.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text(), item), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

struct Shown<'a, F: Field>(&'a F::Value, &'a FieldOptions);

impl<F: Field> Serialize for Shown<'_, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        F::to_representation(self.0, self.1, serializer)
    }
}

/// Shows what the field makes of `input`, `None` if it refuses.
fn shown<F: Field>(input: &Value, options: &FieldOptions) -> Option<String> {
    let value = F::to_internal_value(input, options).ok()?;
    let shown = Shown::<F>(&value, options);
    let body = render_json(&shown, None).expect("what was accepted can be shown");
    Some(String::from_utf8(body).expect("JSON is UTF-8"))
}

fn holds<F: Field>(input: &Value, options: &FieldOptions) {
    let Some(first) = shown::<F>(input, options) else {
        return;
    };
    // A text can hold JSON's null, which stands for no value when it is sent as such.
    if first == "null" {
        return;
    }
    let again = serde_json::from_str(&first).expect("what is shown is JSON");
    assert_eq!(
        shown::<F>(&again, options).as_ref(),
        Some(&first),
        "input {input}"
    );
}

const LIMITED: FieldOptions = FieldOptions {
    max_length: Some(8),
    min_length: Some(1),
    max_value: Some(Bound::Int(1_000_000)),
    min_value: Some(Bound::Float(-0.5)),
    max_digits: Some(9),
    decimal_places: Some(3),
    allow_unicode: true,
    trim_whitespace: false,
    regex: Some(|text| text.contains('a')),
    ..NONE
};

macro_rules! fields {
    ($($name:ident: $field:ty;)*) => {
        proptest! {$(
            #[test]
            fn $name(input in json()) {
                holds::<$field>(&input, &NONE);
                holds::<$field>(&input, &LIMITED);
                holds::<Option<$field>>(&input, &NONE);
            }
        )*}
    };
}

fields! {
    texts: String;
    slugs: SlugField;
    expressions: RegexField;
    addresses_of_pages: UrlField;
    addresses_of_mailboxes: EmailField;
    addresses: IpAddress;
    addresses_of_version_4: Ipv4Field;
    addresses_of_version_6: Ipv6Field;
    uuids: Uuid;
    bits: bool;
    small_numbers: i16;
    numbers: i32;
    big_numbers: i64;
    floats: f64;
    decimals: BigDecimal;
    dates: NaiveDate;
    times: NaiveTime;
    moments: DateTime<Utc>;
    naive_moments: NaiveDateTime;
    durations: TimeDelta;
    anything: Value;
    lists: Vec<i32>;
    lists_of_lists: ListField<Vec<Option<String>>>;
    dictionaries: DictField<DictField<BigDecimal>>;
    dictionaries_of_texts: HStoreField;
}

/// Notations that are shown and read in one way.
fn notations(format: &'static str, formats: &'static [&'static str]) -> FieldOptions {
    FieldOptions {
        format: Some(format),
        input_formats: formats,
        coerce_to_string: Some(false),
        normalize_output: true,
        binary: true,
        ..NONE
    }
}

const CHOICES: Choices = Choices::Groups(&[
    Choices::Text(&[("ab", "A"), ("True", "B"), ("1", "C")]),
    Choices::Integer(&[(1, "A"), (99_999, "B")]),
]);

proptest! {
    #[test]
    fn other_notations(input in json()) {
        holds::<Uuid>(&input, &notations("urn", &[]));
        holds::<Uuid>(&input, &notations("int", &[]));
        holds::<BigDecimal>(&input, &notations("", &[]));
        holds::<Value>(&input, &notations("", &[]));
        holds::<NaiveDate>(&input, &notations("%d/%m/%Y", &["iso-8601", "%d/%m/%Y"]));
        holds::<NaiveTime>(&input, &notations("%H.%M.%S%.6f", &["iso-8601", "%H.%M.%S%.f"]));
        holds::<DateTime<Utc>>(&input, &notations("%F %T%.6f %z", &["iso-8601", "%F %T%.f %z"]));
        shown::<TimeDelta>(&input, &notations("iso-8601", &[]));
    }

    #[test]
    fn choices(input in json()) {
        let options = FieldOptions { choices: CHOICES, allow_blank: true, ..NONE };
        holds::<ChoiceField<String>>(&input, &options);
        holds::<ChoiceField<i16>>(&input, &options);
        holds::<MultipleChoiceField<i32>>(&input, &options);
        holds::<MultipleChoiceField<String>>(&input, &options);
    }
}
