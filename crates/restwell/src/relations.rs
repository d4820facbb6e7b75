//! Fields that point to other rows: by key, by slug or by URL (contract §8).
//!
//! The types are names for `#[derive(Serializer)]`: `author: PrimaryKey<Author>`, `subjects: Vec<Slug<Subject>>`.
//! This module reads what a client sent for them; the derive writes the statements.

use std::marker::PhantomData;

use diesel::QueryResult;
use serde_json::Value;

use crate::{
    db::Conn,
    exceptions::{ErrorDetail, Result},
    fields::{Field, FieldOptions, fail, null, parse_big_int},
    models::{Key, Model, SlugModel},
    permissions::visible,
    request::Request,
    serializers::{Checks, Scope},
};

/// The primary key of a row of `M`: DRF's `PrimaryKeyRelatedField`.
pub struct PrimaryKey<M>(PhantomData<M>);
/// The slug of a row of `M`: DRF's `SlugRelatedField`.
pub struct Slug<M>(PhantomData<M>);
/// The URL of a row of `M`: DRF's `HyperlinkedRelatedField`, and with `#[field(identity)]` its `HyperlinkedIdentityField`.
pub struct Hyperlink<M>(PhantomData<M>);

/// What a row of `M` says of itself ([`std::fmt::Display`]), to read only: DRF's `StringRelatedField`.
pub struct StringRelated<M>(PhantomData<M>);

/// The rows that a field may name, if these are not all: `#[field(queryset = path)]`.
pub type Rows<M> = Option<fn(&Request) -> <M as Model>::Query>;

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
        rows: Rows<Self::Target>,
        scope: &Scope<'_>,
        conn: &mut Conn,
    ) -> Related<<Self::Target as Model>::Key>;

    /// Called for the items of a list, in the order in which they were sent; each may be named more than once.
    ///
    /// # Errors
    /// As [`RelatedField::to_key`]; the first bad item only (contract §8.2).
    fn to_keys(
        inputs: &[Value],
        rows: Rows<Self::Target>,
        scope: &Scope<'_>,
        conn: &mut Conn,
    ) -> Related<Vec<<Self::Target as Model>::Key>> {
        let mut keys = Vec::with_capacity(inputs.len());
        for input in inputs {
            match Self::to_key(input, rows, scope, conn)? {
                Ok(key) => keys.push(key),
                Err(detail) => return Ok(Err(detail)),
            }
        }
        Ok(Ok(keys))
    }
}

/// The rows that this request may name.
fn query<M: Model>(rows: Rows<M>, scope: &Scope<'_>, conn: &mut Conn) -> Result<M::Query> {
    let rows = rows.map_or_else(M::query, |rows| rows(scope.request));
    visible::<M>(scope.request, rows, conn)
}

impl<M: Model> RelatedField for PrimaryKey<M> {
    type Target = M;

    fn to_key(input: &Value, rows: Rows<M>, scope: &Scope<'_>, conn: &mut Conn) -> Related<M::Key> {
        let key = match parse_key::<M>(input) {
            Ok(key) => key,
            Err(detail) => return Ok(Err(detail)),
        };
        // No constraint says which rows this request may name.
        if scope.checks == Checks::Deferred && rows.is_none() {
            return Ok(Ok(key));
        }
        let rows = query::<M>(rows, scope, conn)?;
        let known = M::count(M::filter_key(rows, key.clone()), conn)?;
        Ok(if known == 0 {
            does_not_exist(&key.to_string())
        } else {
            Ok(key)
        })
    }

    fn to_keys(
        inputs: &[Value],
        rows: Rows<M>,
        scope: &Scope<'_>,
        conn: &mut Conn,
    ) -> Related<Vec<M::Key>> {
        let (keys, mistake) = until_mistake(inputs.iter().map(|input| match input {
            Value::Null => does_not_exist("null"),
            Value::String(text) if text.is_empty() => no_key::<M>(),
            input => parse_key::<M>(input),
        }));
        let rows = query::<M>(rows, scope, conn)?;
        let known = M::load_keys(M::filter_keys(rows, keys.clone()), conn)?;
        Ok(match keys.iter().find(|key| !known.contains(key)) {
            Some(unknown) => does_not_exist(&unknown.to_string()),
            None => mistake.map_or(Ok(keys), Err),
        })
    }
}

/// The values before the first mistake, and the mistake: one of those may be wrong too, and comes first.
fn until_mistake<T>(
    values: impl Iterator<Item = Result<T, ErrorDetail>>,
) -> (Vec<T>, Option<ErrorDetail>) {
    let mut good = Vec::new();
    for value in values {
        match value {
            Ok(value) => good.push(value),
            Err(detail) => return (good, Some(detail)),
        }
    }
    (good, None)
}

/// What names the rows of a query, with their keys.
pub type Slugs<S> = Vec<(<S as SlugBy>::Value, <<S as SlugBy>::Target as Model>::Key)>;

/// A column that names rows of a model: `#[field(slug = column)]`.
pub trait SlugBy: Sized + 'static {
    /// The model whose rows are named.
    type Target: Model;
    /// What the column holds.
    type Value: SlugValue;

    /// The rows of `query` with these values.
    fn filter(
        query: <Self::Target as Model>::Query,
        values: Vec<Self::Value>,
    ) -> <Self::Target as Model>::Query;
    /// The values and keys of the rows of `query`.
    fn load(query: <Self::Target as Model>::Query, conn: &mut Conn) -> QueryResult<Slugs<Self>>;
}

impl<M: SlugModel> SlugBy for Slug<M> {
    type Target = M;
    type Value = String;

    fn filter(query: M::Query, slugs: Vec<String>) -> M::Query {
        M::filter_slugs(query, slugs)
    }

    fn load(query: M::Query, conn: &mut Conn) -> QueryResult<Slugs<Self>> {
        M::load_slugs(query, conn)
    }
}

impl<S: SlugBy> RelatedField for S {
    type Target = S::Target;

    fn to_key(
        input: &Value,
        rows: Rows<S::Target>,
        scope: &Scope<'_>,
        conn: &mut Conn,
    ) -> Related<<S::Target as Model>::Key> {
        if input.is_null() || input.as_str() == Some("") {
            return Ok(null());
        }
        let keys = Self::to_keys(std::slice::from_ref(input), rows, scope, conn)?;
        Ok(keys.and_then(|mut keys| keys.pop().map_or_else(|| does_not_exist(""), Ok)))
    }

    fn to_keys(
        inputs: &[Value],
        rows: Rows<S::Target>,
        scope: &Scope<'_>,
        conn: &mut Conn,
    ) -> Related<Vec<<S::Target as Model>::Key>> {
        if inputs.is_empty() {
            return Ok(Ok(Vec::new()));
        }
        let (asked, mistake) = until_mistake(inputs.iter().map(S::Value::of));
        let values = asked.iter().flatten().cloned().collect();
        let rows = query::<S::Target>(rows, scope, conn)?;
        let known = S::load(S::filter(rows, values), conn)?;
        let mut keys = Vec::with_capacity(inputs.len());
        for (value, input) in asked.iter().zip(inputs) {
            match known
                .iter()
                .find(|(known, _)| Some(known) == value.as_ref())
            {
                Some((_, key)) => keys.push(key.clone()),
                None => {
                    return Ok(does_not_exist(input.as_str().unwrap_or(&input.to_string())));
                }
            }
        }
        Ok(mistake.map_or(Ok(keys), Err))
    }
}

/// What a column that names rows may hold.
#[diagnostic::on_unimplemented(
    message = "rows are not named by a `{Self}`",
    label = "names no rows",
    note = "`#[field(slug = …)]` takes a column of texts, whole numbers or UUIDs that cannot be null"
)]
pub trait SlugValue: Clone + PartialEq {
    /// The value that a client sent; `None` if no row can have it (contract §8.3).
    ///
    /// # Errors
    /// `invalid` for what cannot become one.
    fn of(input: &Value) -> Result<Option<Self>, ErrorDetail>;
}

impl SlugValue for String {
    fn of(input: &Value) -> Result<Option<Self>, ErrorDetail> {
        Ok(match input {
            Value::String(text) if !text.contains('\0') => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }
}

impl SlugValue for uuid::Uuid {
    fn of(input: &Value) -> Result<Option<Self>, ErrorDetail> {
        if input.is_null() {
            return Ok(None);
        }
        match Self::to_internal_value(input, &FieldOptions::NONE) {
            Ok(value) => Ok(Some(value)),
            Err(_) => names_no_row(),
        }
    }
}

macro_rules! slug_numbers {
    ($($number:ty),*) => {$(
        impl SlugValue for $number {
            fn of(input: &Value) -> Result<Option<Self>, ErrorDetail> {
                Ok(match whole_number(input)? {
                    Some(number) => number.try_into().ok(),
                    None => None,
                })
            }
        }
    )*};
}

slug_numbers!(i16, i32, i64);

/// What Python's `int()` makes of a value, clamped to 128 bits; null is no number.
fn whole_number(input: &Value) -> Result<Option<i128>, ErrorDetail> {
    let number = match input {
        Value::Null => return Ok(None),
        Value::Bool(value) => Some(i128::from(*value)),
        Value::Number(number) => number
            .as_i128()
            .or_else(|| number.as_f64().map(|float| float as i128)),
        Value::String(text) => parse_big_int(text),
        _ => None,
    };
    number.map_or_else(names_no_row, |number| Ok(Some(number)))
}

fn names_no_row<T>() -> Result<T, ErrorDetail> {
    fail("This names no row.", "invalid")
}

impl<M: Model> RelatedField for Hyperlink<M> {
    type Target = M;

    fn to_key(input: &Value, rows: Rows<M>, scope: &Scope<'_>, conn: &mut Conn) -> Related<M::Key> {
        key_of_link::<M>(input, &view_name::<M>(), rows, scope, conn)
    }

    fn to_keys(
        inputs: &[Value],
        rows: Rows<M>,
        scope: &Scope<'_>,
        conn: &mut Conn,
    ) -> Related<Vec<M::Key>> {
        keys_of_links::<M>(inputs, &view_name::<M>(), rows, scope, conn)
    }
}

/// A route that URLs of rows of a model must have: `#[field(view_name = "…")]`.
pub trait ViewName: 'static {
    /// The model of the rows.
    type Target: Model;
    /// The name of the route.
    const VIEW_NAME: &'static str;
}

/// The URL of a row by a route of another name: a [`Hyperlink`] with `#[field(view_name = "…")]`.
pub struct HyperlinkBy<V>(PhantomData<V>);

impl<V: ViewName> RelatedField for HyperlinkBy<V> {
    type Target = V::Target;

    fn to_key(
        input: &Value,
        rows: Rows<V::Target>,
        scope: &Scope<'_>,
        conn: &mut Conn,
    ) -> Related<<V::Target as Model>::Key> {
        key_of_link::<V::Target>(input, V::VIEW_NAME, rows, scope, conn)
    }

    fn to_keys(
        inputs: &[Value],
        rows: Rows<V::Target>,
        scope: &Scope<'_>,
        conn: &mut Conn,
    ) -> Related<Vec<<V::Target as Model>::Key>> {
        keys_of_links::<V::Target>(inputs, V::VIEW_NAME, rows, scope, conn)
    }
}

/// The route by which links name rows of `M`, if a field names no other.
pub(crate) fn view_name<M: Model>() -> String {
    format!("{}-detail", M::NAME.to_lowercase())
}

fn key_of_link<M: Model>(
    input: &Value,
    view_name: &str,
    rows: Rows<M>,
    scope: &Scope<'_>,
    conn: &mut Conn,
) -> Related<M::Key> {
    if input.is_null() || input.as_str() == Some("") {
        return Ok(null());
    }
    key_of_url::<M>(input, view_name, rows, scope, conn)
}

/// An item of a list is a URL, or wrong: it stands for no null.
fn keys_of_links<M: Model>(
    inputs: &[Value],
    view_name: &str,
    rows: Rows<M>,
    scope: &Scope<'_>,
    conn: &mut Conn,
) -> Related<Vec<M::Key>> {
    let mut keys = Vec::with_capacity(inputs.len());
    for input in inputs {
        match key_of_url::<M>(input, view_name, rows, scope, conn)? {
            Ok(key) => keys.push(key),
            Err(detail) => return Ok(Err(detail)),
        }
    }
    Ok(Ok(keys))
}

fn key_of_url<M: Model>(
    input: &Value,
    view_name: &str,
    rows: Rows<M>,
    scope: &Scope<'_>,
    conn: &mut Conn,
) -> Related<M::Key> {
    let Value::String(url) = input else {
        return Ok(fail("A URL must be a string.", "incorrect_type"));
    };
    let Some(path) = path_of(url) else {
        return Ok(fail("This is not a URL of this service.", "no_match"));
    };
    let Some(found) = scope.request.urls.resolve(path) else {
        return Ok(fail("This URL leads nowhere.", "no_match"));
    };
    if scope.request.urls.name_of(&found) != view_name {
        return Ok(fail("This URL leads to something else.", "incorrect_match"));
    }
    let lookup = found.lookup.unwrap_or_default();
    let keys = match M::filter_lookup(query::<M>(rows, scope, conn)?, &lookup) {
        Some(query) => M::load_keys(query, conn)?,
        None => Vec::new(),
    };
    Ok(keys
        .into_iter()
        .next()
        .map_or_else(|| does_not_exist(url), Ok))
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
        Value::Bool(_) => return fail("This cannot be a primary key.", "incorrect_type"),
        _ => return no_key::<M>(),
    };
    match M::Key::parse(&text) {
        Some(key) => Ok(key),
        // Out of the column's range, but a number: no row has it.
        None if parse_big_int(&text).is_some()
            && (input.is_number() || M::Key::UNPARSABLE != "invalid") =>
        {
            does_not_exist(&text)
        }
        None => no_key::<M>(),
    }
}

fn no_key<M: Model>() -> Result<M::Key, ErrorDetail> {
    fail("This cannot be a primary key.", M::Key::UNPARSABLE)
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
