//! Any JSON (contract §5.19).

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::Value;

use super::{
    Field, FieldKind, FieldOptions, fail, null, numeric::number_text, string::unstorable_characters,
};
use crate::{exceptions::ErrorDetail, input::FormValue, renderers::JsonStyle};

/// What Python's `json.dumps` writes.
const TEXT: JsonStyle = JsonStyle {
    indent: None,
    ascii: true,
    spaced: true,
};

/// DRF's `JSONField`: any JSON that a JSON column can hold; with `#[field(binary)]` as a text that holds it.
impl Field for Value {
    type Value = Value;

    const KIND: FieldKind = FieldKind::new("field");

    const FORM: FormValue = FormValue::Json;

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<Value, ErrorDetail> {
        let value = match input {
            Value::Null => return null(),
            Value::String(text) if options.binary => serde_json::from_str(text).ok(),
            _ if options.binary => None,
            input => Some(input.clone()),
        };
        let Some(value) = value else {
            return fail("This is not a text that holds JSON.", "invalid");
        };
        match unstorable(&value) {
            Some(detail) => Err(detail.listed()),
            None => Ok(value),
        }
    }

    fn kept(value: &Value) -> Option<Value> {
        Some(value.clone())
    }

    fn to_representation<S: Serializer>(
        value: &Value,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if !options.binary || value.is_null() {
            return value.serialize(serializer);
        }
        let text = TEXT.render(value).map_err(S::Error::custom)?;
        serializer.serialize_str(&String::from_utf8_lossy(&text))
    }
}

/// The first part, at any depth, that Postgres would refuse, or that is no number to Python.
fn unstorable(value: &Value) -> Option<ErrorDetail> {
    match value {
        Value::Null | Value::Bool(_) => None,
        Value::Number(number) => {
            let is_infinite = number_text(number).ends_with("inf");
            is_infinite
                .then(|| ErrorDetail::new("This holds a number that is too large.", "invalid"))
        }
        Value::String(text) => unstorable_characters(text).next(),
        Value::Array(items) => items.iter().find_map(unstorable),
        Value::Object(entries) => entries.iter().find_map(|(key, value)| {
            unstorable_characters(key)
                .next()
                .or_else(|| unstorable(value))
        }),
    }
}
