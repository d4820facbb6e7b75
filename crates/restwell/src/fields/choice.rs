//! One of a fixed set of values (contract §5.17).

use std::marker::PhantomData;

use serde::Serializer;
use serde_json::Value;

use super::{Choices, Field, FieldKind, FieldOptions, fail, null, numeric::number_text};
use crate::exceptions::ErrorDetail;

/// A value that is one of `#[field(choices = …)]`; the column is a `T`: `String`, `i16` or `i32`.
#[derive(Debug)]
pub struct ChoiceField<T>(PhantomData<T>);

const KIND: FieldKind = FieldKind {
    name: "choice",
    nullable: false,
};

impl Field for ChoiceField<String> {
    type Value = String;

    const KIND: FieldKind = KIND;

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<String, ErrorDetail> {
        match (choice_text(input)?, options.choices) {
            ("", _) if options.allow_blank => Ok(String::new()),
            (text, Choices::Text(choices)) if choices.iter().any(|(key, _)| *key == text) => {
                Ok(text.to_owned())
            }
            (text, _) => invalid_choice(text),
        }
    }

    fn to_representation<S: Serializer>(
        value: &String,
        _options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(value)
    }
}

macro_rules! integer_choices {
    ($($integer:ty)*) => {$(
        impl Field for ChoiceField<$integer> {
            type Value = $integer;

            const KIND: FieldKind = KIND;

            fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<$integer, ErrorDetail> {
                let text = choice_text(input)?;
                integer_choice(text, options)
                    .and_then(|key| <$integer>::try_from(key).ok())
                    .map_or_else(|| invalid_choice(text), Ok)
            }

            fn to_representation<S: Serializer>(
                value: &$integer,
                options: &FieldOptions,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                <$integer>::to_representation(value, options, serializer)
            }
        }
    )*};
}

integer_choices! { i16 i32 }

fn integer_choice(text: &str, options: &FieldOptions) -> Option<i64> {
    let Choices::Integer(choices) = options.choices else {
        return None;
    };
    choices
        .iter()
        .map(|(key, _)| *key)
        .find(|key| key.to_string() == text)
}

/// What is compared with the keys: `1` and `"1"` are the same, `1.0` and `" 1"` are not.
fn choice_text(input: &Value) -> Result<&str, ErrorDetail> {
    match input {
        Value::Null => null(),
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number_text(number)),
        // As Python writes them, and so as keys of text choices are written.
        Value::Bool(true) => Ok("True"),
        Value::Bool(false) => Ok("False"),
        Value::Array(_) | Value::Object(_) => fail(
            "A list or an object is not a valid choice.",
            "invalid_choice",
        ),
    }
}

fn invalid_choice<T>(text: &str) -> Result<T, ErrorDetail> {
    fail(format!("“{text}” is not a valid choice."), "invalid_choice")
}
