//! UUIDs (contract §5.8).

use serde::Serializer;
use serde_json::Value;
use uuid::{Uuid, fmt::Hyphenated};

use super::{Field, FieldKind, FieldOptions, fail, null, numeric::number_text};
use crate::exceptions::ErrorDetail;

/// DRF's `UUIDField`, shown with dashes or, by `#[field(format = "…")]`, as `hex`, `int` or `urn`.
impl Field for Uuid {
    type Value = Uuid;

    const KIND: FieldKind = FieldKind::new("string");

    fn to_internal_value(input: &Value, _options: &FieldOptions) -> Result<Uuid, ErrorDetail> {
        let uuid = match input {
            Value::Null => return null(),
            Value::String(text) => parse_uuid(text),
            Value::Number(number) => number_text(number).parse().ok().map(Uuid::from_u128),
            // In Python true is 1.
            Value::Bool(bit) => Some(Uuid::from_u128(u128::from(*bit))),
            _ => None,
        };
        uuid.map_or_else(|| fail("This is not a UUID.", "invalid"), Ok)
    }

    fn to_representation<S: Serializer>(
        value: &Uuid,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match options.format {
            Some("hex") => serializer.collect_str(&value.as_simple()),
            Some("int") => serializer.serialize_u128(value.as_u128()),
            Some("urn") => serializer.collect_str(&value.urn()),
            _ => serializer.serialize_str(
                value
                    .hyphenated()
                    .encode_lower(&mut [0; Hyphenated::LENGTH]),
            ),
        }
    }
}

/// What Python's `UUID(text)` reads: 32 hexadecimal digits, with dashes wherever they stand.
pub(crate) fn parse_uuid(text: &str) -> Option<Uuid> {
    let hex = text.replace("urn:", "").replace("uuid:", "");
    let hex = hex.trim_matches(['{', '}']).replace('-', "");
    let is_hex = hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex
        .then(|| u128::from_str_radix(&hex, 16).ok())
        .flatten()
        .map(Uuid::from_u128)
}
