//! Times of day (contract §5.15).

use std::sync::LazyLock;

use chrono::NaiveTime;
use regex::Regex;
use serde::Serializer;
use serde_json::Value;

use super::{
    Field, FieldKind, FieldOptions,
    datetime::{Cursor, ascii, int, parse_with, write_time},
    fail, null,
};
use crate::exceptions::ErrorDetail;

/// DRF's `TimeField`: `time` columns. A time zone that comes with it is dropped.
impl Field for NaiveTime {
    type Value = NaiveTime;

    const KIND: FieldKind = FieldKind::new("time");

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<NaiveTime, ErrorDetail> {
        let time = match input {
            Value::Null => return null(),
            Value::String(text) => parse_with(text, options, parse, NaiveTime::parse_from_str),
            _ => None,
        };
        time.map_or_else(|| fail("This is not a time such as 12:30.", "invalid"), Ok)
    }

    fn to_representation<S: Serializer>(
        value: &NaiveTime,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if let Some(format) = options.format {
            return serializer.collect_str(&value.format(format));
        }
        let mut text = *b"00:00:00.000000";
        let length = write_time(&mut text, *value);
        serializer.serialize_str(ascii(&text[..length]))
    }
}

fn parse(text: &str) -> Option<NaiveTime> {
    parse_iso(text).or_else(|| parse_loose(text))
}

/// What Python's `time.fromisoformat` reads: every part has all its digits.
fn parse_iso(text: &str) -> Option<NaiveTime> {
    let mut cursor = Cursor(text);
    cursor.eat(&['T']);
    let [hour, minute, second, micro] = cursor.clock()?;
    if !cursor.0.is_empty() {
        // A space may stand before the offset.
        cursor.eat(&[' ']);
        cursor.offset().filter(|_| !text.ends_with(' '))?;
    }
    NaiveTime::from_hms_micro_opt(hour, minute, second, micro)
}

/// What Django's `parse_time` reads besides: parts of one digit.
static LOOSE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?$";
    Regex::new(pattern).expect("the pattern is a constant")
});

fn parse_loose(text: &str) -> Option<NaiveTime> {
    let parts = LOOSE.captures(text)?;
    let second = parts.get(3).map_or(Some(0), |part| int(part.as_str()))?;
    let micro = parts
        .get(4)
        .map_or(Some(0), |part| int(&format!("{:0<6}", part.as_str())))?;
    NaiveTime::from_hms_micro_opt(int(&parts[1])?, int(&parts[2])?, second, micro)
}
