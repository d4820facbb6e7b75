//! Values that hold values: lists and JSON (contract §5.18, §5.19).

use serde::{Serialize, Serializer, ser::SerializeSeq};
use serde_json::Value;

use super::{
    Field, FieldKind, FieldOptions, accept, fail, null, numeric::number_text,
    string::unstorable_characters,
};
use crate::{exceptions::ErrorDetail, input::FormValue};

/// DRF's `ListField`: array columns. The items keep to [`FieldOptions::child`].
impl<F: Field> Field for Vec<F> {
    type Value = Vec<F::Value>;

    const KIND: FieldKind = FieldKind {
        name: "list",
        nullable: false,
    };

    const FORM: FormValue = FormValue::List;

    fn to_internal_value(
        input: &Value,
        options: &FieldOptions,
    ) -> Result<Self::Value, ErrorDetail> {
        let items = match input {
            Value::Null => return null(),
            Value::Array(items) => items,
            _ => return fail("This is not a list.", "not_a_list"),
        };
        let child = options.child.unwrap_or(&FieldOptions::NONE);
        let mut values = Vec::with_capacity(items.len());
        let mut errors = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match F::to_internal_value(item, child) {
                Ok(value) => values.push(value),
                Err(detail) => errors.push((index.to_string().into(), detail)),
            }
        }
        if !errors.is_empty() {
            return Err(ErrorDetail::Map(errors));
        }
        let mut broken = Vec::new();
        if let Some(limit) = options.max_length.filter(|limit| values.len() > *limit) {
            broken.push(ErrorDetail::new(
                format!("This may have at most {limit} items."),
                "max_length",
            ));
        }
        if let Some(limit) = options.min_length.filter(|limit| values.len() < *limit) {
            broken.push(ErrorDetail::new(
                format!("This must have at least {limit} items."),
                "min_length",
            ));
        }
        accept(values, broken)
    }

    fn to_representation<S: Serializer>(
        value: &Self::Value,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let child = options.child.unwrap_or(&FieldOptions::NONE);
        let mut seq = serializer.serialize_seq(Some(value.len()))?;
        for value in value {
            seq.serialize_element(&Item::<F> {
                value,
                options: child,
            })?;
        }
        seq.end()
    }
}

struct Item<'a, F: Field> {
    value: &'a F::Value,
    options: &'a FieldOptions,
}

impl<F: Field> Serialize for Item<'_, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        F::to_representation(self.value, self.options, serializer)
    }
}

/// DRF's `JSONField`: any JSON that a JSON column can hold.
impl Field for Value {
    type Value = Value;

    const KIND: FieldKind = FieldKind {
        name: "field",
        nullable: false,
    };

    const FORM: FormValue = FormValue::Json;

    fn to_internal_value(input: &Value, _options: &FieldOptions) -> Result<Value, ErrorDetail> {
        match input {
            Value::Null => null(),
            input => match unstorable(input) {
                Some(detail) => Err(detail.listed()),
                None => Ok(input.clone()),
            },
        }
    }

    fn kept(value: &Value) -> Option<Value> {
        Some(value.clone())
    }

    fn to_representation<S: Serializer>(
        value: &Value,
        _options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
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
