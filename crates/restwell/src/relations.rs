//! Fields that point to other rows: by key, by slug or by URL (contract §8).
//!
//! The types are names for `#[derive(Serializer)]`: `author: PrimaryKey<Author>`, `subjects: Vec<Slug<Subject>>`.
//! This module reads what a client sent for them; the derive writes the statements.

use std::marker::PhantomData;

use serde_json::Value;

use crate::{
    db::Conn,
    exceptions::{ErrorDetail, Result},
    fields::{fail, null},
    models::{Key, Model, SlugModel},
    serializers::{Checks, Scope},
};

/// The primary key of a row of `M`: DRF's `PrimaryKeyRelatedField`.
pub struct PrimaryKey<M>(PhantomData<M>);
/// The slug of a row of `M`: DRF's `SlugRelatedField`.
pub struct Slug<M>(PhantomData<M>);
/// The URL of a row of `M`: DRF's `HyperlinkedRelatedField`, and with `#[field(identity)]` its `HyperlinkedIdentityField`.
pub struct Hyperlink<M>(PhantomData<M>);

/// What a client's value for a related row came to: its key, or the field's errors.
pub type Related<K> = Result<std::result::Result<K, ErrorDetail>>;

/// A way of naming related rows.
pub trait RelatedField {
    /// The model of the related rows.
    type Target: Model;

    /// Called for one related row.
    ///
    /// # Errors
    /// The outer one when the database fails; the inner one holds the field's errors.
    fn to_key(
        input: &Value,
        scope: &Scope<'_>,
        conn: &mut Conn,
    ) -> Related<<Self::Target as Model>::Key>;

    /// Called for the items of a list, in the order in which they were sent; each may be named more than once.
    ///
    /// # Errors
    /// As [`RelatedField::to_key`]; the first bad item only (contract §8.2).
    fn to_keys(
        inputs: &[Value],
        scope: &Scope<'_>,
        conn: &mut Conn,
    ) -> Related<Vec<<Self::Target as Model>::Key>> {
        let mut keys = Vec::with_capacity(inputs.len());
        for input in inputs {
            match Self::to_key(input, scope, conn)? {
                Ok(key) => keys.push(key),
                Err(detail) => return Ok(Err(detail)),
            }
        }
        Ok(Ok(keys))
    }
}

impl<M: Model> RelatedField for PrimaryKey<M> {
    type Target = M;

    fn to_key(input: &Value, scope: &Scope<'_>, conn: &mut Conn) -> Related<M::Key> {
        let key = match parse_key::<M>(input) {
            Ok(key) => key,
            Err(detail) => return Ok(Err(detail)),
        };
        if scope.checks == Checks::Deferred {
            return Ok(Ok(key));
        }
        let known = M::count(M::filter_key(M::query(), key.clone()), conn)?;
        Ok(if known == 0 {
            does_not_exist(&key.to_string())
        } else {
            Ok(key)
        })
    }

    fn to_keys(inputs: &[Value], _scope: &Scope<'_>, conn: &mut Conn) -> Related<Vec<M::Key>> {
        let mut keys = Vec::with_capacity(inputs.len());
        for input in inputs {
            let parsed = match input {
                Value::Null => does_not_exist("null"),
                Value::String(text) if text.is_empty() => {
                    fail("This cannot be a primary key.", "incorrect_type")
                }
                input => parse_key::<M>(input),
            };
            match parsed {
                Ok(key) => keys.push(key),
                Err(detail) => return Ok(Err(detail)),
            }
        }
        let known = M::load_keys(M::filter_keys(M::query(), keys.clone()), conn)?;
        Ok(match keys.iter().find(|key| !known.contains(key)) {
            Some(unknown) => does_not_exist(&unknown.to_string()),
            None => Ok(keys),
        })
    }
}

impl<M: SlugModel> RelatedField for Slug<M> {
    type Target = M;

    fn to_key(input: &Value, scope: &Scope<'_>, conn: &mut Conn) -> Related<M::Key> {
        if input.is_null() {
            return Ok(null());
        }
        let keys = Self::to_keys(std::slice::from_ref(input), scope, conn)?;
        Ok(keys.and_then(|mut keys| keys.pop().map_or_else(|| does_not_exist(""), Ok)))
    }

    fn to_keys(inputs: &[Value], _scope: &Scope<'_>, conn: &mut Conn) -> Related<Vec<M::Key>> {
        if inputs.is_empty() {
            return Ok(Ok(Vec::new()));
        }
        let slugs: Vec<Option<String>> = inputs.iter().map(slug_text).collect();
        let asked = slugs
            .iter()
            .flatten()
            .filter(|slug| !slug.contains('\0'))
            .cloned()
            .collect();
        let known = M::load_slugs(M::filter_slugs(M::query(), asked), conn)?;
        let mut keys = Vec::with_capacity(inputs.len());
        for (slug, input) in slugs.iter().zip(inputs) {
            match known.iter().find(|(known, _)| Some(known) == slug.as_ref()) {
                Some((_, key)) => keys.push(key.clone()),
                None => {
                    return Ok(does_not_exist(
                        slug.as_deref().unwrap_or(&input.to_string()),
                    ));
                }
            }
        }
        Ok(Ok(keys))
    }
}

impl<M: Model> RelatedField for Hyperlink<M> {
    type Target = M;

    fn to_key(input: &Value, scope: &Scope<'_>, conn: &mut Conn) -> Related<M::Key> {
        let url = match input {
            Value::Null => return Ok(null()),
            Value::String(text) if text.is_empty() => return Ok(null()),
            Value::String(text) => text,
            _ => return Ok(fail("A URL must be a string.", "incorrect_type")),
        };
        let Some(path) = path_of(url) else {
            return Ok(fail("This is not a URL of this service.", "no_match"));
        };
        let Some(found) = scope.request.urls.resolve(path) else {
            return Ok(fail("This URL leads nowhere.", "no_match"));
        };
        if scope.request.urls.name_of(&found) != format!("{}-detail", M::NAME.to_lowercase()) {
            return Ok(fail("This URL leads to something else.", "incorrect_match"));
        }
        let lookup = found.lookup.unwrap_or_default();
        let keys = match M::filter_lookup(M::query(), &lookup) {
            Some(query) => M::load_keys(query, conn)?,
            None => Vec::new(),
        };
        Ok(keys
            .into_iter()
            .next()
            .map_or_else(|| does_not_exist(url), Ok))
    }
}

/// Contract §8.1: numbers lose their fraction, texts are trimmed; nothing else can be a key.
fn parse_key<M: Model>(input: &Value) -> Result<M::Key, ErrorDetail> {
    let text = match input {
        Value::Null => return null(),
        Value::String(text) if text.is_empty() => return null(),
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.as_i64().is_none() => format!("{:.0}", float.trunc()),
            _ => number.to_string(),
        },
        _ => return fail("A primary key is a number or a string.", "incorrect_type"),
    };
    match M::Key::parse(&text) {
        Some(key) => Ok(key),
        // Out of the column's range, but a number: no row has it.
        None if text
            .trim_start_matches(['-', '+'])
            .bytes()
            .all(|byte| byte.is_ascii_digit()) =>
        {
            does_not_exist(&text)
        }
        None => fail("This cannot be a primary key.", "incorrect_type"),
    }
}

fn slug_text(input: &Value) -> Option<String> {
    match input {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn does_not_exist<T>(name: &str) -> Result<T, ErrorDetail> {
    fail(format!("“{name}” does not exist."), "does_not_exist")
}

/// The path of an absolute URL of any host, or of an absolute path.
fn path_of(url: &str) -> Option<&str> {
    let path = match url.split_once("://") {
        Some(("http" | "https", rest)) => &rest[rest.find('/')?..],
        Some(_) => return None,
        None => url,
    };
    let path = path.split(['?', '#']).next()?;
    path.starts_with('/').then_some(path)
}
