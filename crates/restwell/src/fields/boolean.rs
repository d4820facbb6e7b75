//! True and false (contract §5.3).

use serde::Serializer;
use serde_json::Value;

use super::{Field, FieldKind, FieldOptions, fail, null};
use crate::{exceptions::ErrorDetail, input::FormValue};

const TRUE_TEXTS: [&str; 6] = ["t", "y", "yes", "true", "on", "1"];
const FALSE_TEXTS: [&str; 6] = ["f", "n", "no", "false", "off", "0"];

/// DRF's `BooleanField`.
impl Field for bool {
    type Value = bool;

    const KIND: FieldKind = FieldKind::new("boolean");

    const FORM: FormValue = FormValue::Boolean;

    fn to_internal_value(input: &Value, _options: &FieldOptions) -> Result<bool, ErrorDetail> {
        let is_one_of = |texts: [&str; 6], text: &str| {
            texts.iter().any(|known| known.eq_ignore_ascii_case(text))
        };
        match input {
            Value::Null => null(),
            Value::Bool(value) => Ok(*value),
            Value::Number(number) if number.as_f64() == Some(1.0) => Ok(true),
            Value::Number(number) if number.as_f64() == Some(0.0) => Ok(false),
            Value::String(text) if is_one_of(TRUE_TEXTS, text) => Ok(true),
            Value::String(text) if is_one_of(FALSE_TEXTS, text) => Ok(false),
            _ => fail("This must be true or false.", "invalid"),
        }
    }

    fn is_null_text(input: &Value) -> bool {
        input
            .as_str()
            .is_some_and(|text| text.is_empty() || text.eq_ignore_ascii_case("null"))
    }

    fn to_representation<S: Serializer>(
        value: &bool,
        _options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*value)
    }
}
