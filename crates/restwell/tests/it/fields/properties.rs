//! No JSON makes a field panic, and what it accepts it shows in a form that it accepts again.

use proptest::prelude::*;
use serde_json::{Number, Value};

use super::round_trip::{FIELDS, in_other_notations, with_choices};

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

proptest! {
    #[test]
    fn what_a_field_shows_it_accepts_again(input in json()) {
        FIELDS.iter().for_each(|holds| holds(&input));
    }

    #[test]
    fn so_it_is_in_other_notations(input in json()) {
        in_other_notations(&input);
    }

    #[test]
    fn so_it_is_for_choices(input in json()) {
        with_choices(&input);
    }
}
