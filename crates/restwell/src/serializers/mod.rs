//! From a client's JSON to a row and back: the traits that `#[derive(Serializer)]` fills, and what it calls.
//!
//! On the way in every field is read in declaration order and all errors are told at once. A write is tried with the
//! checks that need the database left to its constraints ([`Checks::Deferred`]); only if validation or the database
//! refuses it, it is judged again with every check asked for ([`Checks::Immediate`]), to name all fields at fault.
//!
//! On the way out rows go straight to JSON. What a page needs besides its rows (nested objects, related keys,
//! computed values) is fetched for all of them at once: see [`ModelSerializer::prefetch`].

use std::borrow::Cow;

use actix_web::http::Method;
use diesel::QueryResult;
use serde::ser::{Serialize, SerializeSeq, Serializer};

use crate::{
    db::Conn,
    exceptions::{ApiException, Constraint, ErrorDetail, NON_FIELD_ERRORS, Result},
    fields::{Field, FieldKind, FieldOptions},
    input::{Input, Sent},
    models::Model,
    permissions::hides_rows,
    relations,
    request::Request,
};

mod list;
mod read;
mod related;

pub(crate) use list::by_index;
pub use list::{Many, run_list_validation, validated_list};
pub use read::{
    certain, deferred_slugs, nested_list, nested_object, read, read_many_related, read_nested,
    read_nullable_nested, read_nullable_related, read_related, takes_default,
};
pub use related::{
    ByKey, Nested, NestedLists, Sequence, as_texts, prefetch_lookups, prefetch_slugs,
    prefetch_texts, related_to, with_lookups,
};

/// How often another request may be faster to take the name of a file.
const STORE_ATTEMPTS: u32 = 10;

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

/// What a client may send, read and judged: the part that serializers with and without a model share.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a serializer",
    label = "not a serializer",
    note = "derive it: `#[derive(Serializer)]` with `#[serializer(model = …)]` or `#[serializer(plain)]`"
)]
pub trait BaseSerializer: Sized + 'static {
    /// What the input may change: a row of the model; nothing, `()`, if there is none.
    type Instance;
    /// The validated input.
    type Data;

    /// The fields, in the order in which they are shown.
    const FIELDS: &'static [FieldInfo];
    /// Writes may be tried with [`Checks::Deferred`].
    const DEFERS: bool;

    /// Reads and judges what a client sent; `instance` is what it is to change.
    ///
    /// # Errors
    /// 400 with every error.
    fn run_validation(
        input: &Input<'_>,
        instance: Option<&Self::Instance>,
        scope: &Scope<'_>,
        conn: &mut Conn,
    ) -> Result<Self::Data>;
}

/// One model's fields on the wire. Derive it; see the guide `docs/serializers.md`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a serializer of a model",
    label = "not a serializer of a model",
    note = "derive it: `#[derive(Serializer)]` with `#[serializer(model = …)]`"
)]
pub trait ModelSerializer: BaseSerializer<Instance = <Self as ModelSerializer>::Model> {
    /// The model whose rows are shown and written.
    type Model: Model;
    /// What rows need besides themselves to be shown.
    type Related;

    /// The columns that an insert may set.
    const COLUMNS: &'static [&'static str];
    /// Rows need more than themselves to be shown.
    const RELATED: bool;

    /// What these rows need besides themselves: one statement a relation, whatever the number of rows.
    fn prefetch(rows: &[Self::Model], conn: &mut Conn) -> QueryResult<Self::Related>;

    /// What rows that were just inserted need besides themselves. A `default` stands for a computed value: nothing
    /// refers to a new row yet.
    fn created(rows: &[Self::Model], conn: &mut Conn) -> QueryResult<Self::Related> {
        match rows {
            [row] => related_to::<Self>(row, conn),
            rows => Self::prefetch(rows, conn),
        }
    }

    /// The first row of `query` with all it needs, in as few statements as can be.
    fn retrieve(
        query: <Self::Model as Model>::Query,
        conn: &mut Conn,
    ) -> QueryResult<Option<(Self::Model, Self::Related)>> {
        let is_bare = false;
        Self::retrieve_object(ObjectQuery { query, is_bare }, conn)
    }

    /// As [`ModelSerializer::retrieve`], of the row that a URL names.
    fn retrieve_object(
        object: ObjectQuery<Self::Model>,
        conn: &mut Conn,
    ) -> QueryResult<Option<(Self::Model, Self::Related)>>;

    /// Shows one row.
    fn to_representation<S: Serializer>(
        row: &Self::Model,
        related: &Self::Related,
        request: &Request,
        serializer: S,
    ) -> Result<S::Ok, S::Error>;

    /// Inserts a row, and its relations.
    fn insert(data: Self::Data, conn: &mut Conn) -> QueryResult<Self::Model>;

    /// Changes a row, and its relations.
    fn update(instance: Self::Model, data: Self::Data, conn: &mut Conn)
    -> QueryResult<Self::Model>;

    /// Called with validated input: changes `instance`, or makes a new row if there is none. What
    /// `#[serializer(save = …)]` names takes its place.
    ///
    /// # Errors
    /// The database's; violated constraints become field errors.
    fn save(
        instance: Option<Self::Model>,
        data: Self::Data,
        conn: &mut Conn,
    ) -> Result<Self::Model> {
        Ok(match instance {
            Some(instance) => Self::update(instance, data, conn)?,
            None => Self::insert(data, conn)?,
        })
    }

    /// Called with validated input: makes a new row, with what it needs to be shown, in as few statements as can be.
    ///
    /// # Errors
    /// The database's; violated constraints become field errors.
    fn create(data: Self::Data, conn: &mut Conn) -> Result<(Self::Model, Self::Related)> {
        insert_and_find::<Self>(data, conn)
    }

    /// The field and code that the violation of a constraint stands for.
    fn constraint(name: &str) -> Option<Constraint>;

    /// The names of the files that a row holds.
    fn files(_row: &Self::Model) -> Vec<String> {
        Vec::new()
    }
}

/// Makes a new row, then finds what it needs to be shown.
pub fn insert_and_find<S: ModelSerializer>(
    data: S::Data,
    conn: &mut Conn,
) -> Result<(S::Model, S::Related)> {
    let row = S::save(None, data, conn)?;
    let related = S::created(std::slice::from_ref(&row), conn)?;
    Ok((row, related))
}

/// The model of a serializer.
pub type ModelOf<S> = <S as ModelSerializer>::Model;

/// The row that a URL names, as a query.
pub struct ObjectQuery<M: Model> {
    /// The query.
    pub query: M::Query,
    /// It is [`Model::filter_lookup`] of [`Model::query`] and no more, so that its text is known.
    pub is_bare: bool,
}

/// The validated body of a request, its files stored; `defers` if what follows only stores it.
///
/// # Errors
/// 400 with every error, also for a body that is no object (contract §3.7).
pub fn validated<S: BaseSerializer>(
    request: &Request,
    instance: Option<&S::Instance>,
    partial: bool,
    defers: bool,
    conn: &mut Conn,
) -> Result<S::Data> {
    // No constraint says which rows this request may name.
    let defers = defers && S::DEFERS && !hides_rows(request, conn)?;
    attempt(request, partial, defers, |scope| {
        run_object_validation::<S>(&Sent::of(request)?, instance, scope, conn)
    })
}

/// Validates with the checks of the database left to its constraints if it may, and with all of them if that fails.
/// Then the files of what was valid are stored, which may send it back.
fn attempt<T>(
    request: &Request,
    partial: bool,
    defers: bool,
    mut validation: impl FnMut(&Scope<'_>) -> Result<T>,
) -> Result<T> {
    let mut judge = |checks| {
        request.forget_claims();
        validation(&Scope {
            request,
            checks,
            partial,
        })
    };
    for _ in 0..STORE_ATTEMPTS {
        let deferred = match defers && request.checks == Checks::Deferred {
            true => judge(Checks::Deferred).ok(),
            false => None,
        };
        let data = match deferred {
            Some(data) => data,
            None => judge(Checks::Immediate)?,
        };
        if request.store_claims()? {
            return Ok(data);
        }
    }
    Err(ApiException::internal("every name of a file was taken"))
}

/// What a client sent for a whole object, which must be one.
fn run_object_validation<S: BaseSerializer>(
    sent: &Sent<'_>,
    instance: Option<&S::Instance>,
    scope: &Scope<'_>,
    conn: &mut Conn,
) -> Result<S::Data> {
    match sent.object() {
        Some(input) => S::run_validation(&input, instance, scope, conn),
        None if sent.is_null() => Err(non_field("Null is not an object.", "null")),
        None => Err(non_field("This must be an object.", "invalid")),
    }
}

fn non_field(message: impl Into<Cow<'static, str>>, code: &'static str) -> ApiException {
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
    /// The request that asks.
    pub request: &'a Request,
}

impl<F: Field> Serialize for FieldRepresentation<'_, F> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        F::represent(self.value, self.options, self.request, serializer)
    }
}

/// The absolute URL of the row of `M` that has this lookup value, by the model's own route or the one that is named.
pub fn hyperlink<M: Model>(
    lookup: &str,
    view_name: Option<&str>,
    request: &Request,
) -> Option<String> {
    match view_name {
        Some(view_name) => request.hyperlink(view_name, lookup),
        None => request.hyperlink(&relations::view_name::<M>(), lookup),
    }
}

/// The error of a value that another row has already.
pub fn taken() -> ErrorDetail {
    ErrorDetail::new("This value is already taken.", "unique")
}

/// The error of several values that another row has together.
pub fn taken_together(fields: &[&str], code: &'static str) -> ErrorDetail {
    let message: Cow<'static, str> =
        format!("{} must be unique together.", fields.join(", ")).into();
    ErrorDetail::new(message, code)
}

/// Fields without a model: `#[derive(Serializer)] #[serializer(plain)]`, DRF's `serializers.Serializer`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a plain serializer",
    label = "not a plain serializer",
    note = "derive it: `#[derive(Serializer)]` with `#[serializer(plain)]`"
)]
pub trait PlainSerializer: BaseSerializer<Instance = ()> {
    /// Shows values: every field but those that name rows by anything else than their key.
    ///
    /// # Errors
    /// The renderer's.
    fn to_representation<S: Serializer>(
        data: &Self::Data,
        request: &Request,
        serializer: S,
    ) -> Result<S::Ok, S::Error>;

    /// The validated body of a request, every key in it looked up. A serializer that says `partial` takes a part of it
    /// from a `PATCH`.
    ///
    /// # Errors
    /// 400 with every error.
    fn validated(request: &Request, conn: &mut Conn) -> Result<Self::Data> {
        validated::<Self>(request, None, request.method == Method::PATCH, false, conn)
    }

    /// The validated body of a request that holds a list of objects.
    ///
    /// # Errors
    /// 400 with every error of every item.
    fn validated_list(request: &Request, limits: Many, conn: &mut Conn) -> Result<Vec<Self::Data>> {
        validated_list::<Self>(request, limits, false, conn)
    }

    /// These values, ready to be rendered.
    fn representation<'a>(
        data: &'a Self::Data,
        request: &'a Request,
    ) -> PlainRepresentation<'a, Self> {
        PlainRepresentation { data, request }
    }
}

/// Values of a plain serializer, ready to be rendered.
pub struct PlainRepresentation<'a, S: PlainSerializer> {
    data: &'a S::Data,
    request: &'a Request,
}

impl<S: PlainSerializer> Serialize for PlainRepresentation<'_, S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        S::to_representation(self.data, self.request, serializer)
    }
}

/// Whether a default is shown for what there is not: not by what a `PATCH` may send a part of (contract §5.1.3).
pub fn shows_defaults(request: &Request) -> bool {
    request.method != Method::PATCH
}
