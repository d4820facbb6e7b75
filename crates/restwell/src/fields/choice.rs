//! One or several of a fixed set of values (contract §5.17).

use std::marker::PhantomData;

use serde::Serializer;
use serde_json::Value;

use super::{
    Choices, Field, FieldKind, FieldOptions, composite::serialize_items, fail, null,
    numeric::number_text,
};
use crate::{exceptions::ErrorDetail, input::FormValue};

/// A value that is one of `#[field(choices = …)]`; the column is a `T`: `String`, `i16` or `i32`.
#[derive(Debug)]
pub struct ChoiceField<T>(PhantomData<T>);

/// Values that are each one of `#[field(choices = …)]`, and each there once; the column is an array of `T`.
#[derive(Debug)]
pub struct MultipleChoiceField<T>(PhantomData<T>);

impl Choices {
    /// Whether a choice is written like this.
    pub fn contains(&self, text: &str) -> bool {
        self.text(text).is_some() || self.integer(text).is_some()
    }

    /// The key of a text choice.
    fn text(&self, text: &str) -> Option<&'static str> {
        match self {
            Self::Text(choices) => choices.iter().map(|(key, _)| *key).find(|key| *key == text),
            Self::Groups(groups) => groups.iter().find_map(|group| group.text(text)),
            Self::None | Self::Integer(_) => None,
        }
    }

    /// The key of a number choice that is written like this.
    fn integer(&self, text: &str) -> Option<i64> {
        match self {
            Self::Integer(choices) => choices
                .iter()
                .map(|(key, _)| *key)
                .find(|key| key.to_string() == text),
            Self::Groups(groups) => groups.iter().find_map(|group| group.integer(text)),
            Self::None | Self::Text(_) => None,
        }
    }
}

impl Field for ChoiceField<String> {
    type Value = String;

    const KIND: FieldKind = FieldKind::new("choice");

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<String, ErrorDetail> {
        match choice_text(input)? {
            "" if options.allow_blank => Ok(String::new()),
            text => options
                .choices
                .text(text)
                .map_or_else(|| invalid_choice(text), |key| Ok(key.to_owned())),
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

            const KIND: FieldKind = FieldKind::new("choice");

            fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<$integer, ErrorDetail> {
                let text = choice_text(input)?;
                options
                    .choices
                    .integer(text)
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

/// Only the first bad choice is told, and not where it stands.
impl<T: 'static> Field for MultipleChoiceField<T>
where
    ChoiceField<T>: Field<Value = T>,
    T: PartialEq,
{
    type Value = Vec<T>;

    const KIND: FieldKind = FieldKind::new("multiple choice");

    const FORM: FormValue = FormValue::Selection;

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<Vec<T>, ErrorDetail> {
        let keys: Vec<Value>;
        let items = match input {
            Value::Null => return null(),
            Value::Array(items) => items,
            // DRF iterates what it is given.
            Value::Object(entries) => {
                keys = entries.keys().cloned().map(Value::String).collect();
                &keys
            }
            _ => return fail("This is not a list.", "not_a_list"),
        };
        if items.is_empty() && !options.allow_empty {
            return fail("This may not be empty.", "empty");
        }
        let mut chosen = Vec::with_capacity(items.len());
        for item in items {
            if item.is_null() {
                return invalid_choice("null");
            }
            let choice = ChoiceField::<T>::to_internal_value(item, options)?;
            if !chosen.contains(&choice) {
                chosen.push(choice);
            }
        }
        Ok(chosen)
    }

    fn to_representation<S: Serializer>(
        value: &Vec<T>,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serialize_items::<ChoiceField<T>, S>(value, options, serializer)
    }
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
