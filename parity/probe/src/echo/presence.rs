//! What must be sent, what may be, and what is shown for it.

use restwell::{
    fields::{Field, FieldKind, FieldOptions},
    prelude::*,
};
use serde::Serializer as Writer;
use serde_json::{Value, json};

#[derive(Serializer)]
#[serializer(plain, partial)]
pub(super) struct Presence {
    required: String,
    #[field(required)]
    required_null: Option<i64>,
    #[field(optional)]
    optional: i64,
    optional_null: Option<i64>,
    #[field(default = 7, min_value = 10)]
    defaulted: i64,
    #[field(default = None)]
    defaulted_null: Option<i64>,
    #[field(default = json!([]))]
    called: ListField<Option<Value>>,
    #[field(read_only)]
    read_only: i64,
    #[field(read_only, default = 3)]
    read_only_default: i64,
    #[field(write_only, optional)]
    write_only: String,
    #[field(hidden = always)]
    hidden: String,
    #[field(method = keys)]
    keys: Vec<&'static str>,
}

fn always(_: &Request) -> String {
    "always".to_owned()
}

/// The names of all that is valid, in alphabetical order.
fn keys(valid: &PresenceData, _: &Request) -> Vec<&'static str> {
    let known = [
        ("called", valid.called.is_some()),
        ("defaulted", valid.defaulted.is_some()),
        ("defaulted_null", valid.defaulted_null.is_some()),
        ("hidden", valid.hidden.is_some()),
        ("optional", valid.optional.is_some()),
        ("optional_null", valid.optional_null.is_some()),
        ("required", valid.required.is_some()),
        ("required_null", valid.required_null.is_some()),
        ("write_only", valid.write_only.is_some()),
    ];
    let there = known.into_iter().filter(|(_, is_there)| *is_there);
    there.map(|(name, _)| name).collect()
}

#[derive(Serializer)]
#[serializer(plain, partial)]
pub(super) struct Hooks {
    #[field(max_value = 100, validate = lucky_or_more)]
    given: Option<i64>,
    #[field(default = 13, validate = lucky)]
    defaulted: i64,
}

pub(super) fn unlucky() -> ErrorDetail {
    ErrorDetail::new("Not this one.", "unlucky")
}

fn lucky_or_more(given: &mut Option<i64>) -> Result<(), ErrorDetail> {
    let number = given.filter(|number| *number != 13).ok_or_else(unlucky)?;
    *given = Some(number + 1);
    Ok(())
}

pub(super) fn lucky(number: &i64) -> Result<(), ErrorDetail> {
    match number {
        13 => Err(unlucky()),
        _ => Ok(()),
    }
}

#[derive(Serializer)]
#[serializer(plain, partial)]
pub(super) struct Summary {
    #[field(read_only)]
    number: i64,
}

#[derive(Serializer)]
#[serializer(plain, partial, validate = look_inside)]
pub(super) struct Sources {
    #[field(optional, min_value = 0)]
    renamed: i64,
    #[field(optional, min_value = 0)]
    x: i64,
    #[field(optional, min_value = 0)]
    y: i64,
    sub: Option<Value>,
    #[field(read_only)]
    name: NameField,
    #[field(read_only)]
    name_or_null: Option<NameField>,
    #[field(read_only, default = Some("none".to_owned()))]
    name_or_default: NameField,
    #[field(nested, read_only)]
    whole: Summary,
}

/// The values that come out of others.
fn look_inside(data: &mut SourcesData, _: &Scope<'_>, _: &mut Conn) -> Result<()> {
    let sub = data.sub.as_ref().and_then(Option::as_ref);
    let name = sub.and_then(|sub| sub.get("name")).map(|name| match name {
        Value::Null => None,
        Value::String(name) => Some(name.clone()),
        name => Some(name.to_string()),
    });
    data.name = name.clone();
    data.name_or_null = name.clone();
    data.name_or_default = name;
    data.whole = Some(SummaryData {
        number: data.renamed,
    });
    Ok(())
}

/// A name as it was found, which may be null.
pub(super) struct NameField;

impl Field for NameField {
    type Value = Option<String>;

    const KIND: FieldKind = String::KIND;

    fn to_internal_value(
        input: &Value,
        options: &FieldOptions,
    ) -> Result<Option<String>, ErrorDetail> {
        Option::<String>::to_internal_value(input, options)
    }

    fn to_representation<S: Writer>(
        value: &Option<String>,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Option::<String>::to_representation(value, options, serializer)
    }
}
