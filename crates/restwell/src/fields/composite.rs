//! Values that hold values: lists, dictionaries, any JSON (contract §5.18, §5.19).

use std::marker::PhantomData;

use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeSeq},
};
use serde_json::{Map, Value, value};

use super::{
    Field, FieldKind, FieldOptions, accept, fail, null, numeric::number_text,
    string::unstorable_characters,
};
use crate::{exceptions::ErrorDetail, input::FormValue, renderers::JsonStyle};

/// DRF's `ListField`: array columns. The items keep to [`FieldOptions::child`].
impl<F: Field> Field for Vec<F> {
    type Value = Vec<F::Value>;

    const KIND: FieldKind = FieldKind {
        child: Some(&F::KIND),
        ..FieldKind::new("list")
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
        if items.is_empty() && !options.allow_empty {
            return fail("This may not be empty.", "empty");
        }
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
        serialize_items::<F, S>(value, child, serializer)
    }
}

/// A list of values that are all shown in one way.
pub(super) fn serialize_items<F: Field, S: Serializer>(
    values: &[F::Value],
    options: &FieldOptions,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut seq = serializer.serialize_seq(Some(values.len()))?;
    for value in values {
        seq.serialize_element(&Item::<F> { value, options })?;
    }
    seq.end()
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

/// DRF's `ListField` in a JSON column, for items that no array column holds: lists, dictionaries, anything.
/// Items are stored as `F` shows them.
#[derive(Debug)]
pub struct ListField<F>(PhantomData<F>);

/// DRF's `DictField`: an object whose values are each an `F`; the column is JSON, and holds them as `F` shows them.
#[derive(Debug)]
pub struct DictField<F>(PhantomData<F>);

/// DRF's `HStoreField`: a [`DictField`] of texts, each of which may be blank or null; the column is JSON.
#[derive(Debug)]
pub struct HStoreField;

/// The part of a field that is the same for all that a JSON column holds.
macro_rules! kept_as_json {
    () => {
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
    };
}

impl<F: Field> Field for ListField<F> {
    type Value = Value;

    const KIND: FieldKind = <Vec<F>>::KIND;

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<Value, ErrorDetail> {
        let values = <Vec<F>>::to_internal_value(input, options)?;
        <Vec<F>>::to_representation(&values, options, value::Serializer)
            .map_or_else(|_| not_json(), Ok)
    }

    kept_as_json!();
}

impl<F: Field> Field for DictField<F> {
    type Value = Value;

    const KIND: FieldKind = FieldKind {
        child: Some(&F::KIND),
        ..FieldKind::new("nested object")
    };

    const FORM: FormValue = FormValue::Dict;

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<Value, ErrorDetail> {
        let child = options.child.unwrap_or(&FieldOptions::NONE);
        read_entries::<F>(input, options, child)
    }

    kept_as_json!();
}

impl Field for HStoreField {
    type Value = Value;

    const KIND: FieldKind = <DictField<Option<String>>>::KIND;

    const FORM: FormValue = FormValue::Dict;

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<Value, ErrorDetail> {
        let child = FieldOptions {
            allow_blank: true,
            ..FieldOptions::NONE
        };
        read_entries::<Option<String>>(input, options, &child)
    }

    kept_as_json!();
}

fn read_entries<F: Field>(
    input: &Value,
    options: &FieldOptions,
    child: &FieldOptions,
) -> Result<Value, ErrorDetail> {
    let entries = match input {
        Value::Null => return null(),
        Value::Object(entries) => entries,
        _ => return fail("This is not an object.", "not_a_dict"),
    };
    if entries.is_empty() && !options.allow_empty {
        return fail("This may not be empty.", "empty");
    }
    let mut values = Map::new();
    let mut errors = Vec::new();
    for (key, item) in entries {
        match read_entry::<F>(key, item, child) {
            Ok(value) => drop(values.insert(key.clone(), value)),
            Err(detail) => errors.push((key.clone().into(), detail)),
        }
    }
    if errors.is_empty() {
        Ok(Value::Object(values))
    } else {
        Err(ErrorDetail::Map(errors))
    }
}

fn read_entry<F: Field>(
    key: &str,
    item: &Value,
    child: &FieldOptions,
) -> Result<Value, ErrorDetail> {
    accept((), unstorable_characters(key).collect())?;
    let value = F::to_internal_value(item, child)?;
    F::to_representation(&value, child, value::Serializer).map_or_else(|_| not_json(), Ok)
}

/// A value that is accepted and has no form in JSON; no field of this crate has such.
fn not_json<T>() -> Result<T, ErrorDetail> {
    fail("This has no form in JSON.", "invalid")
}

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
