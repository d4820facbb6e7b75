//! From a client's JSON to a row and back: the traits that `#[derive(Serializer)]` fills, and what it calls.
//!
//! On the way in every field is read in declaration order and all errors are told at once. A write is tried with the
//! checks that need the database left to its constraints ([`Checks::Deferred`]); only if validation or the database
//! refuses it, it is judged again with every check asked for ([`Checks::Immediate`]), to name all fields at fault.
//!
//! On the way out rows go straight to JSON. What a page needs besides its rows (nested objects, related keys,
//! computed values) is fetched for all of them at once: see [`ModelSerializer::prefetch`].

use std::borrow::Cow;

use diesel::QueryResult;
use serde::ser::{Serialize, SerializeSeq, Serializer};
use serde_json::{Map, Value};

use crate::{
    db::Conn,
    exceptions::{ApiException, Constraint, ErrorDetail, Errors, NON_FIELD_ERRORS, Result},
    fields::{Field, FieldKind, FieldOptions, fail, null},
    models::{Model, SlugModel, ToOne},
    relations::{Related, RelatedField},
    request::Request,
};

/// How the checks that need the database are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checks {
    /// Keys and unique values are left to the constraints of the database.
    Deferred,
    /// Every check asks the database.
    Immediate,
}

/// What validation happens in.
pub struct Scope<'a> {
    /// The request that carries the input.
    pub request: &'a Request,
    /// How the checks that need the database are made.
    pub checks: Checks,
    /// Only what was sent is judged: a `PATCH`.
    pub partial: bool,
}

/// A field as the serializer declares it.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// Its key in JSON.
    pub name: &'static str,
    /// Its type.
    pub kind: FieldKind,
    /// A client must send it when creating.
    pub required: bool,
    /// What a client sends for it is ignored.
    pub read_only: bool,
    /// A client knows nothing of it: DRF's `HiddenField`.
    pub hidden: bool,
    /// What a person calls it, if it is not its key in words.
    pub label: Option<&'static str>,
    /// What a person should know of it.
    pub help_text: Option<&'static str>,
    /// Its limits.
    pub options: FieldOptions,
    /// The fields of a nested serializer.
    pub children: Option<&'static [FieldInfo]>,
}

/// One model's fields on the wire. Derive it; see the guide `docs/serializers.md`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a serializer",
    label = "not a serializer",
    note = "derive it: `#[derive(Serializer)]` with `#[serializer(model = …)]`"
)]
pub trait ModelSerializer: Sized + 'static {
    /// The model whose rows are shown and written.
    type Model: Model;
    /// The validated input: `None` for what was not sent.
    type Data: Send;
    /// What rows need besides themselves to be shown.
    type Related;

    /// The fields, in the order in which they are shown.
    const FIELDS: &'static [FieldInfo];
    /// The columns that an insert may set.
    const COLUMNS: &'static [&'static str];
    /// Writes may be tried with [`Checks::Deferred`].
    const DEFERS: bool;
    /// Rows need more than themselves to be shown.
    const RELATED: bool;

    /// What these rows need besides themselves: one statement a relation, whatever the number of rows.
    fn prefetch(rows: &[Self::Model], conn: &mut Conn) -> QueryResult<Self::Related>;

    /// The first row of `query` with all it needs, in as few statements as can be.
    fn retrieve(
        query: <Self::Model as Model>::Query,
        conn: &mut Conn,
    ) -> QueryResult<Option<(Self::Model, Self::Related)>>;

    /// Shows one row.
    fn to_representation<S: Serializer>(
        row: &Self::Model,
        related: &Self::Related,
        request: &Request,
        serializer: S,
    ) -> Result<S::Ok, S::Error>;

    /// Reads and judges what a client sent; `instance` is the row to be changed.
    ///
    /// # Errors
    /// 400 with every error.
    fn run_validation(
        input: &Map<String, Value>,
        instance: Option<&Self::Model>,
        scope: &Scope<'_>,
        conn: &mut Conn,
    ) -> Result<Self::Data>;

    /// Inserts a row, and its relations.
    fn insert(data: Self::Data, conn: &mut Conn) -> QueryResult<Self::Model>;

    /// Changes a row, and its relations.
    fn update(instance: Self::Model, data: Self::Data, conn: &mut Conn)
    -> QueryResult<Self::Model>;

    /// The field and code that the violation of a constraint stands for.
    fn constraint(name: &str) -> Option<Constraint>;
}

/// The model of a serializer.
pub type ModelOf<S> = <S as ModelSerializer>::Model;

/// The validated body of a request; `defers` if what follows only stores it.
///
/// # Errors
/// 400 with every error, also for a body that is no object (contract §3.7).
pub fn validated<S: ModelSerializer>(
    request: &Request,
    instance: Option<&S::Model>,
    partial: bool,
    defers: bool,
    conn: &mut Conn,
) -> Result<S::Data> {
    let input = match request.data()? {
        Value::Object(input) => input,
        Value::Null => return Err(non_field("Null is not an object.", "null")),
        _ => return Err(non_field("The body must be an object.", "invalid")),
    };
    if defers && S::DEFERS && request.checks == Checks::Deferred {
        let scope = Scope {
            request,
            checks: Checks::Deferred,
            partial,
        };
        if let Ok(data) = S::run_validation(input, instance, &scope, conn) {
            return Ok(data);
        }
    }
    let scope = Scope {
        request,
        checks: Checks::Immediate,
        partial,
    };
    S::run_validation(input, instance, &scope, conn)
}

fn non_field(message: &'static str, code: &'static str) -> ApiException {
    ApiException::field(NON_FIELD_ERRORS, ErrorDetail::new(message, code))
}

/// One row with what it needs, ready to be rendered.
pub struct Representation<'a, S: ModelSerializer> {
    /// The row.
    pub row: &'a S::Model,
    /// What it needs.
    pub related: &'a S::Related,
    /// The request that asks.
    pub request: &'a Request,
}

impl<S: ModelSerializer> Serialize for Representation<'_, S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        S::to_representation(self.row, self.related, self.request, serializer)
    }
}

/// A page of rows with what they need, ready to be rendered.
pub struct ListRepresentation<'a, S: ModelSerializer> {
    /// The rows.
    pub rows: &'a [S::Model],
    /// What they need.
    pub related: &'a S::Related,
    /// The request that asks.
    pub request: &'a Request,
}

impl<S: ModelSerializer> Serialize for ListRepresentation<'_, S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let mut seq = serializer.serialize_seq(Some(self.rows.len()))?;
        for row in self.rows {
            seq.serialize_element(&Representation::<S> {
                row,
                related: self.related,
                request: self.request,
            })?;
        }
        seq.end()
    }
}

/// One value of a field, ready to be rendered.
pub struct FieldRepresentation<'a, F: Field> {
    /// The value.
    pub value: &'a F::Value,
    /// The field's limits.
    pub options: &'a FieldOptions,
}

impl<F: Field> Serialize for FieldRepresentation<'_, F> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        F::to_representation(self.value, self.options, serializer)
    }
}

/// The nested objects of a to-one relation, for all rows of a page.
pub struct Nested<S: ModelSerializer> {
    rows: Vec<S::Model>,
    related: S::Related,
}

impl<S: ModelSerializer> Nested<S> {
    /// Fetches them, each once.
    ///
    /// # Errors
    /// The database's.
    pub fn prefetch<R>(relation: R, rows: &[R::Source], conn: &mut Conn) -> QueryResult<Self>
    where
        R: ToOne<Target = S::Model>,
    {
        let keys = keys_of(relation, rows);
        let rows = match keys.is_empty() {
            true => Vec::new(),
            false => S::Model::load(S::Model::filter_keys(S::Model::query(), keys), conn)?,
        };
        Self::new(rows, conn)
    }

    /// Takes rows that came with a join.
    ///
    /// # Errors
    /// The database's, when the rows have relations of their own.
    pub fn new(mut rows: Vec<S::Model>, conn: &mut Conn) -> QueryResult<Self> {
        rows.sort_unstable_by_key(Model::key);
        let related = S::prefetch(&rows, conn)?;
        Ok(Self { rows, related })
    }

    /// The nested object of one row; `None` shows as null.
    pub fn get<'a, R>(
        &'a self,
        relation: R,
        row: &R::Source,
        request: &'a Request,
    ) -> Option<Representation<'a, S>>
    where
        R: ToOne<Target = S::Model>,
    {
        let key = relation.key(row)?;
        let index = self.rows.binary_search_by(|row| row.key().cmp(&key)).ok()?;
        Some(Representation {
            row: &self.rows[index],
            related: &self.related,
            request,
        })
    }
}

/// Values that belong to rows of a page, by the row's key: related keys, slugs, computed values.
pub struct ByKey<K, V>(Vec<(K, V)>);

impl<K: Ord, V> ByKey<K, V> {
    /// Values in any order of keys; several values of one key keep their order.
    pub fn new(mut pairs: Vec<(K, V)>) -> Self {
        pairs.sort_by(|left, right| left.0.cmp(&right.0));
        Self(pairs)
    }

    /// Values of one key alone.
    pub fn of(key: &K, values: impl IntoIterator<Item = V>) -> Self
    where
        K: Clone,
    {
        Self(
            values
                .into_iter()
                .map(|value| (key.clone(), value))
                .collect(),
        )
    }

    /// All values of one key.
    pub fn all<'a>(&'a self, key: &K) -> impl Iterator<Item = &'a V> + Clone + use<'a, K, V> {
        let start = self.0.partition_point(|pair| pair.0 < *key);
        let end = start + self.0[start..].partition_point(|pair| pair.0 == *key);
        self.0[start..end].iter().map(|pair| &pair.1)
    }

    /// The only value of one key.
    pub fn one(&self, key: &K) -> Option<&V> {
        self.0
            .binary_search_by(|pair| pair.0.cmp(key))
            .ok()
            .map(|index| &self.0[index].1)
    }
}

/// The slugs of the rows that a to-one relation leads to, by their keys.
///
/// # Errors
/// The database's.
pub fn prefetch_slugs<R>(
    relation: R,
    rows: &[R::Source],
    conn: &mut Conn,
) -> QueryResult<ByKey<<R::Target as Model>::Key, String>>
where
    R: ToOne<Target: SlugModel>,
{
    let keys = keys_of(relation, rows);
    if keys.is_empty() {
        return Ok(ByKey(Vec::new()));
    }
    let slugs = R::Target::load_slugs(R::Target::filter_keys(R::Target::query(), keys), conn)?;
    Ok(ByKey::new(
        slugs.into_iter().map(|(slug, key)| (key, slug)).collect(),
    ))
}

/// The lookup values of the rows that a to-one relation leads to, by their keys.
///
/// # Errors
/// The database's.
pub fn prefetch_lookups<R: ToOne>(
    relation: R,
    rows: &[R::Source],
    conn: &mut Conn,
) -> QueryResult<ByKey<<R::Target as Model>::Key, String>> {
    lookups::<R::Target>(keys_of(relation, rows), conn).map(ByKey::new)
}

/// The lookup values of related rows, by the keys of the rows that they are related to.
///
/// # Errors
/// The database's.
pub fn with_lookups<M: Model, K: Ord>(
    pairs: Vec<(K, M::Key)>,
    conn: &mut Conn,
) -> QueryResult<ByKey<K, String>> {
    let known = ByKey::new(lookups::<M>(
        pairs.iter().map(|(_, key)| key.clone()).collect(),
        conn,
    )?);
    let named = pairs
        .into_iter()
        .filter_map(|(owner, key)| Some((owner, known.one(&key)?.clone())));
    Ok(ByKey::new(named.collect()))
}

/// A row that URLs name by its key needs no statement.
fn lookups<M: Model>(keys: Vec<M::Key>, conn: &mut Conn) -> QueryResult<Vec<(M::Key, String)>> {
    if M::LOOKUP_FIELD == "pk" || keys.is_empty() {
        return Ok(keys
            .into_iter()
            .map(|key| (key.clone(), key.to_string()))
            .collect());
    }
    let rows = M::load(M::filter_keys(M::query(), keys), conn)?;
    Ok(rows.iter().map(|row| (row.key(), row.lookup())).collect())
}

fn keys_of<R: ToOne>(relation: R, rows: &[R::Source]) -> Vec<<R::Target as Model>::Key> {
    let mut keys: Vec<_> = rows.iter().filter_map(|row| relation.key(row)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// A list of links or texts, ready to be rendered.
pub struct Sequence<I>(pub I);

impl<I: Iterator<Item = T> + Clone, T: Serialize> Serialize for Sequence<I> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

/// The absolute URL of the row of `M` that has this lookup value.
pub fn hyperlink<M: Model>(lookup: &str, request: &Request) -> Option<String> {
    request.reverse(&format!("{}-detail", M::NAME.to_lowercase()), Some(lookup))
}

/// The value of one field, if it was sent and holds; its errors otherwise.
pub fn read<F: Field>(
    input: &Map<String, Value>,
    field: &FieldInfo,
    scope: &Scope<'_>,
    errors: &mut Errors,
) -> Option<F::Value> {
    let value = present(input, field, scope, errors)?;
    let value = if value.is_null() && !F::KIND.nullable {
        null()
    } else {
        F::to_internal_value(value, &field.options)
    };
    kept(value, field.name, errors)
}

/// The key of one related row, if it was sent and exists; the field's errors otherwise.
///
/// # Errors
/// The database's.
pub fn read_related<R: RelatedField>(
    input: &Map<String, Value>,
    field: &FieldInfo,
    scope: &Scope<'_>,
    errors: &mut Errors,
    conn: &mut Conn,
) -> Result<Option<<R::Target as Model>::Key>> {
    let Some(value) = present(input, field, scope, errors) else {
        return Ok(None);
    };
    Ok(kept(R::to_key(value, scope, conn)?, field.name, errors))
}

/// As [`read_related`], for a relation that may be null: `Some(None)` clears it.
///
/// # Errors
/// The database's.
pub fn read_nullable_related<R: RelatedField>(
    input: &Map<String, Value>,
    field: &FieldInfo,
    scope: &Scope<'_>,
    errors: &mut Errors,
    conn: &mut Conn,
) -> Result<Option<Option<<R::Target as Model>::Key>>> {
    let Some(value) = present(input, field, scope, errors) else {
        return Ok(None);
    };
    if value.is_null() || value.as_str() == Some("") {
        return Ok(Some(None));
    }
    Ok(kept(R::to_key(value, scope, conn)?, field.name, errors).map(Some))
}

/// The keys of all related rows, each once, if they were sent and exist; the field's errors otherwise.
///
/// # Errors
/// The database's.
pub fn read_many_related<R: RelatedField>(
    input: &Map<String, Value>,
    field: &FieldInfo,
    scope: &Scope<'_>,
    errors: &mut Errors,
    conn: &mut Conn,
) -> Result<Option<Vec<<R::Target as Model>::Key>>> {
    let Some(value) = present(input, field, scope, errors) else {
        return Ok(None);
    };
    let is_empty = match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(items) => items.is_empty(),
        _ => false,
    };
    let keys: Related<Vec<_>> = match value {
        _ if is_empty && !field.options.allow_empty => Ok(fail("This may not be empty.", "empty")),
        Value::Null => Ok(null()),
        Value::Array(items) => R::to_keys(items, scope, conn),
        // DRF iterates what it is given: the keys of an object (contract §8.2).
        Value::Object(items) => {
            let items: Vec<_> = items.keys().cloned().map(Value::String).collect();
            R::to_keys(&items, scope, conn)
        }
        _ => Ok(fail("This must be a list.", "not_a_list")),
    };
    Ok(kept(keys?, field.name, errors).map(|mut keys| {
        keys.sort_unstable();
        keys.dedup();
        keys
    }))
}

/// Whether a field takes its default: only what is left out does, and not on `PATCH` (contract §5.1.2, §5.1.3).
pub fn takes_default(input: &Map<String, Value>, field: &FieldInfo, scope: &Scope<'_>) -> bool {
    !scope.partial && !input.contains_key(field.name)
}

fn present<'a>(
    input: &'a Map<String, Value>,
    field: &FieldInfo,
    scope: &Scope<'_>,
    errors: &mut Errors,
) -> Option<&'a Value> {
    let value = input.get(field.name);
    if value.is_none() && field.required && !scope.partial {
        errors.add(
            field.name,
            ErrorDetail::new("This is required.", "required"),
        );
    }
    value
}

fn kept<T>(value: Result<T, ErrorDetail>, name: &'static str, errors: &mut Errors) -> Option<T> {
    value.map_err(|detail| errors.add(name, detail)).ok()
}

/// The error of a value that another row has already.
pub fn taken() -> ErrorDetail {
    ErrorDetail::new("This value is already taken.", "unique")
}

/// The error of several values that another row has together.
pub fn taken_together(fields: &'static [&'static str]) -> ErrorDetail {
    let message: Cow<'static, str> =
        format!("{} must be unique together.", fields.join(", ")).into();
    ErrorDetail::new(message, "unique")
}
