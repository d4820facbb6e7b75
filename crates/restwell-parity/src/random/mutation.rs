//! What clients get wrong: values of another type, too long, out of range, unknown, or no JSON at all.

use serde_json::{Value, json};

use super::{
    api::Field,
    body::{Body, Item},
    kind::{Kind, Place},
    value::Source,
};

/// Texts that parsers treat in their own ways.
const ODD_TEXTS: [&str; 24] = [
    "",
    "   ",
    " 5 ",
    "5",
    "05",
    "+5",
    "1_000",
    "1,5",
    "1e2",
    "0x10",
    "NaN",
    "-Infinity",
    "true",
    "null",
    "on",
    "é\u{301}",
    "日本語",
    "\u{661}\u{662}",
    "🦀",
    "\u{202e}abc",
    "a\u{0}b",
    "line\nbreak",
    "<b>&amp;</b>",
    "'; --",
];

const ODD_TIMES: [&str; 12] = [
    "2024-02-30",
    "2023-02-29",
    "2024-13-01",
    "2024-1-1",
    "20240101",
    "0000-00-00",
    "10000-01-01",
    "01/02/2024",
    "2024-01-01T24:00:00Z",
    "2024-01-01T10:00:00+25:00",
    "2024-01-01 10:00",
    "25:00",
];

const ODD_NUMBERS: [&str; 14] = [
    "0",
    "-0",
    "-1",
    "1.5",
    "1.0",
    "1e2",
    "32768",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "1000000000000000000000000000000",
    "0.1234567890123456789",
    "1e308",
    "1e999",
];

const ODD_BODIES: [(&str, &[u8]); 18] = [
    ("application/json", b"{"),
    ("application/json", b"{\"a\":1,}"),
    ("application/json", b"{'a':1}"),
    ("application/json", b"{\"a\":NaN}"),
    ("application/json", b"{\"a\":1} x"),
    ("application/json", b" "),
    ("application/json", b""),
    ("application/json", b"[]"),
    ("application/json", b"null"),
    ("application/json", b"\"text\""),
    ("application/json", b"5"),
    ("application/json", b"{\"a\":\"\xff\"}"),
    ("application/json", b"{\"a\":\"\\ud800\"}"),
    ("text/plain", b"{}"),
    ("application/vnd.api+json", b"{}"),
    ("", b"{}"),
    ("multipart/form-data", b"{}"),
    ("multipart/form-data; boundary=x", b"--x\r\n"),
];

/// A body that is wrong as a whole.
pub(super) fn odd_body(source: &mut Source) -> Body {
    let (content_type, bytes) = ODD_BODIES[source.rng.usize(..ODD_BODIES.len())];
    Body::Raw {
        content_type,
        bytes: bytes.to_vec(),
    }
}

/// Text that no parameter expects.
pub(super) fn odd_text(source: &mut Source) -> String {
    let all = [ODD_TEXTS.as_slice(), &ODD_TIMES, &ODD_NUMBERS].concat();
    source.pick(&all).copied().unwrap_or_default().to_owned()
}

/// Spoils one field of a body that was valid.
pub(super) fn mutate(
    source: &mut Source,
    resource: &str,
    described: &[Field],
    fields: &mut Vec<(String, Item)>,
) {
    let Some(field) = source.pick(described).cloned() else {
        return;
    };
    let position = fields.iter().position(|(name, _)| *name == field.name);
    let kind_of_mutation = source.rng.u8(..20);
    if kind_of_mutation == 0 {
        fields.push(("no_such_field".to_owned(), Item::Value(json!(1))));
        return;
    }
    if kind_of_mutation <= 3 {
        if let Some(position) = position {
            fields.remove(position);
        }
        return;
    }
    let value = match kind_of_mutation {
        4 | 5 => Value::Null,
        6 | 7 => duplicate(source, resource, &field),
        8 | 9 => wrong_type(source),
        10 | 11 => ODD_TEXTS[source.rng.usize(..ODD_TEXTS.len())].into(),
        _ => at_the_limits(source, &field),
    };
    match position {
        Some(position) => fields[position].1 = Item::Value(value),
        None => fields.push((field.name, Item::Value(value))),
    }
}

/// A value that another row has already, which a unique field refuses.
fn duplicate(source: &mut Source, resource: &str, field: &Field) -> Value {
    let place = Place {
        resource: resource.to_owned(),
        field: field.name.clone(),
    };
    source.existing(&place)
}

fn wrong_type(source: &mut Source) -> Value {
    let values = [
        json!(true),
        json!(5),
        json!(1.5),
        json!("text"),
        json!([]),
        json!({}),
        json!([null]),
        json!([1, [2, {"a": [3]}]]),
        json!({"id": 1}),
        json!({"a": {"b": {"c": [1]}}}),
    ];
    source.pick(&values).cloned().unwrap_or_default()
}

/// A value just inside or outside of what the field takes.
fn at_the_limits(source: &mut Source, field: &Field) -> Value {
    match &field.kind {
        Kind::Int { .. } | Kind::Float { .. } | Kind::Decimal { .. } => odd_number(source, field),
        Kind::Date { .. } | Kind::DateTime | Kind::Time | Kind::Duration => {
            ODD_TIMES[source.rng.usize(..ODD_TIMES.len())].into()
        }
        Kind::Choice(choices) => {
            let choice = source.pick(choices).cloned().unwrap_or_default();
            match source.rng.u8(..3) {
                0 => "no_such_choice".into(),
                1 => choice.to_string().to_uppercase().into(),
                _ => json!([choice]),
            }
        }
        Kind::List { item, .. } => {
            let length = field.max_length.unwrap_or(3).min(1000);
            let length = length + source.rng.usize(..=1);
            let mut items: Vec<_> = (0..length).map(|_| source.value(item)).collect();
            if source.rng.bool() {
                items.push(wrong_type(source));
            }
            items.into()
        }
        Kind::Key(_) => {
            let keys = [
                json!(0),
                json!(-1),
                json!(999_999_999),
                json!("1"),
                json!("x"),
                json!(1.5),
            ];
            source.pick(&keys).cloned().unwrap_or_default()
        }
        _ => long_text(source, field),
    }
}

fn odd_number(source: &mut Source, field: &Field) -> Value {
    let limits = [field.min_value, field.max_value].into_iter().flatten();
    let near = limits.flat_map(|limit| [limit.saturating_sub(1), limit, limit.saturating_add(1)]);
    let near: Vec<_> = near.map(|number| number.to_string()).collect();
    let odd = ODD_NUMBERS.iter().map(|number| (*number).to_owned());
    let all: Vec<_> = near.into_iter().cycle().take(7).chain(odd).collect();
    let text = source.pick(&all).cloned().unwrap_or_default();
    match serde_json::from_str(&text) {
        Ok(number) if source.happens(70) => number,
        _ => text.into(),
    }
}

fn long_text(source: &mut Source, field: &Field) -> Value {
    let max = field.max_length.unwrap_or(300).min(100_000);
    let min = field.min_length.unwrap_or(1);
    let lengths = [max, max + 1, min, min.saturating_sub(1), max * 2];
    let length = source.pick(&lengths).copied().unwrap_or_default();
    let letter = source.pick(&["x", "é", "🦀"]).copied().unwrap_or_default();
    letter.repeat(length).into()
}
