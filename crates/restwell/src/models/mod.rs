//! What the framework asks of a model, and what `#[derive(Model)]` writes.
//!
//! The traits hold no diesel generics: the derive fills them with concrete diesel code for one table, so that
//! everything above (serializers, filters, viewsets) is ordinary generic Rust. A column, a computed value and a
//! relation each have one name, the one in [`Model::FIELDS`], and are referred to by it everywhere.

mod expr;
pub mod lookups;

use std::{fmt::Display, hash::Hash};

use diesel::QueryResult;
use serde::Serialize;

pub use self::expr::{Expr, Order, Pairs, Predicate};
use crate::{
    db::Conn,
    fields::{parse_big_int, parse_uuid},
    keyset::Term,
};

/// A type of primary key.
pub trait Key: Clone + Ord + Hash + Display + Serialize + Send + Sync + 'static {
    /// The code of what can be no key of this type (contract §8.1).
    const UNPARSABLE: &'static str = "incorrect_type";

    /// The key that a client wrote in a URL or a body, if it can be one at all.
    fn parse(text: &str) -> Option<Self>;
}

macro_rules! keys {
    ($($key:ty),*) => {$(
        impl Key for $key {
            fn parse(text: &str) -> Option<Self> {
                parse_big_int(text)?.try_into().ok()
            }
        }
    )*};
}

keys!(i16, i32, i64);

impl Key for uuid::Uuid {
    const UNPARSABLE: &'static str = "invalid";

    fn parse(text: &str) -> Option<Self> {
        parse_uuid(text)
    }
}

impl Key for String {
    fn parse(text: &str) -> Option<Self> {
        (!text.contains('\0')).then(|| text.to_owned())
    }
}

/// How Django calls a model, in its tables of content types and permissions: a table `catalog_book` belongs to the model
/// `Book` of the app `catalog`, unless `#[model(app_label = "…")]` says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    /// The app, e.g. `catalog`; empty if the table's name tells of none.
    pub app_label: &'static str,
    /// The struct's name in lower case, e.g. `book`.
    pub model_name: &'static str,
    /// The struct's name in words, e.g. `book`.
    pub verbose_name: &'static str,
}

/// A row of one table, with its relations. Derive it; see the guide `docs/models.md`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "derive it: `#[derive(Queryable, Selectable, Identifiable, Model)]` with `#[diesel(table_name = …)]`"
)]
pub trait Model: Sized + Send + Sync + 'static {
    /// The table's boxed query, e.g. `books::BoxedQuery<'static, Pg>`: DRF's queryset.
    type Query: Send + 'static;
    /// The table itself, e.g. `books::table`.
    type Table: Copy;
    /// The primary key's type.
    type Key: Key;
    /// The primary key's column.
    type KeyColumn: Copy + 'static;
    /// Every column, computed value and relation of the model, by name.
    type Fields: Copy;
    /// The default order, the primary key last.
    type Ordering;
    /// What every update sets to the present time.
    type AutoNow;

    /// Every column, computed value and relation of the model, by name.
    const FIELDS: Self::Fields;
    /// The model's name, e.g. `Book`.
    const NAME: &'static str;
    /// The table.
    const TABLE: Self::Table;
    /// The name of the table in SQL.
    const TABLE_NAME: &'static str;
    /// How Django's tables of permissions call it.
    const META: Meta;
    /// The names of the columns in SQL.
    const COLUMNS: &'static [&'static str];
    /// The primary key's column.
    const KEY: Self::KeyColumn;
    /// The field by which URLs name a row: DRF's `lookup_field`.
    const LOOKUP_FIELD: &'static str;
    /// An update changes the row even if nothing was sent.
    const TOUCHES: bool;

    /// All rows.
    fn query() -> Self::Query;
    /// The row's primary key.
    fn key(&self) -> Self::Key;
    /// The value by which URLs name this row.
    fn lookup(&self) -> String;
    /// The one row of `query` that a URL names; `None` if no row can have such a name.
    fn filter_lookup(query: Self::Query, value: &str) -> Option<Self::Query>;
    /// The row of `query` with this key.
    fn filter_key(query: Self::Query, key: Self::Key) -> Self::Query;
    /// The rows of `query` with these keys.
    fn filter_keys(query: Self::Query, keys: Vec<Self::Key>) -> Self::Query;
    /// The default order, the primary key last.
    fn ordering() -> Self::Ordering;
    /// What every update sets to the present time.
    fn auto_now() -> Self::AutoNow;
    /// `query` in the default order.
    fn order(query: Self::Query) -> Self::Query;
    /// `query`, ordered by the primary key where its order leaves ties.
    fn order_by_key(query: Self::Query) -> Self::Query;
    /// The rows of `query` for which the condition holds.
    fn filter(query: Self::Query, condition: Predicate<Self>) -> Self::Query;
    /// `query`, ordered by one more value where its order leaves ties.
    fn then_order(query: Self::Query, order: Order<Self>) -> Self::Query;
    /// The columns of the default order, the primary key last.
    fn keyset() -> Vec<Term<Self>>;
    /// Every row of `query`.
    fn load(query: Self::Query, conn: &mut Conn) -> QueryResult<Vec<Self>>;
    /// The keys of the rows of `query`.
    fn load_keys(query: Self::Query, conn: &mut Conn) -> QueryResult<Vec<Self::Key>>;
    /// At most `limit` rows of `query`, after `offset` others.
    fn window(
        query: Self::Query,
        limit: i64,
        offset: i64,
        conn: &mut Conn,
    ) -> QueryResult<Vec<Self>>;
    /// The number of rows of `query`.
    fn count(query: Self::Query, conn: &mut Conn) -> QueryResult<i64>;
    /// The only row of `query`, locked until the transaction ends.
    fn lock(query: Self::Query, conn: &mut Conn) -> QueryResult<Option<Self>>;
    /// Deletes the rows of `query`; the number of them.
    fn delete(query: Self::Query, conn: &mut Conn) -> QueryResult<usize>;
}

/// A model whose rows have a second, readable name: `#[model(slug = …)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no slug",
    note = "name the column that identifies a `{Self}` to people: `#[model(slug = …)]`"
)]
pub trait SlugModel: Model {
    /// The slug's column.
    type SlugColumn: Copy;
    /// The slug's column.
    const SLUG: Self::SlugColumn;

    /// The row's slug.
    fn slug(&self) -> &str;
    /// The rows of `query` with these slugs.
    fn filter_slugs(query: Self::Query, slugs: Vec<String>) -> Self::Query;
    /// The slugs and keys of the rows of `query`.
    fn load_slugs(query: Self::Query, conn: &mut Conn) -> QueryResult<Vec<(String, Self::Key)>>;
}

/// A name in [`Model::FIELDS`] that stands for a value: a column or a computed one.
#[diagnostic::on_unimplemented(
    message = "this is not a value of `{M}`",
    label = "not a column or computed value of `{M}`",
    note = "a relation is used with `PrimaryKey`, `Slug`, `Hyperlink` or `#[field(nested)]`"
)]
pub trait Attribute<M: Model>: Copy {
    /// The typed SQL of the value.
    type Expression;

    /// The typed SQL of the value, to filter, order and select by.
    fn expression(self) -> Self::Expression;
}

/// An attribute that is held by the model's struct.
#[diagnostic::on_unimplemented(
    message = "this is not a column of `{M}`",
    label = "not a column of `{M}`",
    note = "a computed value is declared with `#[field(computed)]`, a relation with `PrimaryKey`, `Slug`, `Hyperlink` or `#[field(nested)]`"
)]
pub trait Column<M: Model>: Attribute<M> {
    /// What the model's struct holds.
    type Value;

    /// The column's value in this row.
    fn get(row: &M) -> &Self::Value;
    /// Replaces the column's value in this row.
    fn set(row: &mut M, value: Self::Value);
}

/// A relation to at most one row of another model: `belongs_to(author: Author, by = author_id)`.
pub trait ToOne: Copy {
    /// The model that holds the key.
    type Source: Model;
    /// The model that the key points to.
    type Target: Model;

    /// The key's column.
    type Column;
    /// The condition that joins the two tables.
    type On;

    /// The name of the key's column.
    const COLUMN: &'static str;

    /// The key's column.
    fn column(self) -> Self::Column;
    /// The condition that joins the two tables.
    fn on(self) -> Self::On;
    /// The key of the row that `row` points to.
    fn key(self, row: &Self::Source) -> Option<<Self::Target as Model>::Key>;
}

/// A relation to at most one row, whichever side holds the key: what a nested object is taken from. Every [`ToOne`] is
/// one; of `has_one(address: Address, by = order_id)` the other side holds the key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not lead to one row",
    label = "does not lead to one row",
    note = "an object stands for a `belongs_to` or a `has_one`"
)]
pub trait Single: Copy {
    /// The model that declares the relation.
    type Source: Model;
    /// The model on the other side.
    type Target: Model;
    /// What both rows have in common: the key of one of them.
    type Link: Key;
    /// The condition that joins the two tables.
    type On;

    /// The condition that joins the two tables.
    fn on(self) -> Self::On;
    /// What a row has in common with the one on the other side, if there may be one.
    fn link(self, row: &Self::Source) -> Option<Self::Link>;
    /// What a row on the other side has in common with the one that it belongs to.
    fn linked(self, row: &Self::Target) -> Option<Self::Link>;
    /// The rows on the other side.
    fn load(self, links: Vec<Self::Link>, conn: &mut Conn) -> QueryResult<Vec<Self::Target>>;
}

impl<R: ToOne> Single for R {
    type Source = R::Source;
    type Target = R::Target;
    type Link = <R::Target as Model>::Key;
    type On = R::On;

    fn on(self) -> R::On {
        ToOne::on(self)
    }

    fn link(self, row: &R::Source) -> Option<Self::Link> {
        self.key(row)
    }

    fn linked(self, row: &R::Target) -> Option<Self::Link> {
        Some(row.key())
    }

    fn load(self, links: Vec<Self::Link>, conn: &mut Conn) -> QueryResult<Vec<R::Target>> {
        R::Target::load(R::Target::filter_keys(R::Target::query(), links), conn)
    }
}

/// How the one statement of a retrieve takes in the other side of a relation to one row.
pub trait Join: Copy {
    /// The table on the other side; the model's own under another name.
    type Table;
    /// Its columns, null where the key is.
    type Selection;

    /// The table on the other side.
    fn table(self) -> Self::Table;
    /// Its columns.
    fn selection(self) -> Self::Selection;
}

/// A relation to any number of rows: through a table of pairs,
/// `many_to_many(subjects: Subject, through = book_subjects(book_id, subject_id))`, or by their own keys ([`HasMany`]).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not lead to many rows",
    label = "leads to one row",
    note = "a list stands for a `many_to_many` or a `has_many`"
)]
pub trait ToMany: Copy {
    /// The model that declares the relation.
    type Source: Model;
    /// The model on the other side.
    type Target: Model;

    /// The rows on the other side, with the pairs if there are any.
    type Joined;
    /// The column that points to this side.
    type Owner;

    /// The name of the constraint that the other side of a pair exists; empty without pairs.
    const CONSTRAINT: &'static str;

    /// The rows on the other side, with the pairs if there are any.
    fn joined(self) -> Self::Joined;
    /// The column that points to this side.
    fn owner(self) -> Self::Owner;
    /// Makes `keys` the related rows of the row with the key `owner`; `new` rows have none yet. Rows that point here by
    /// a column that cannot be null stay.
    fn set(
        self,
        owner: <Self::Source as Model>::Key,
        keys: Vec<<Self::Target as Model>::Key>,
        new: bool,
        conn: &mut Conn,
    ) -> QueryResult<()>;

    /// The statement that relates `members` to the only row of the source's table that it sees, for it stands in the
    /// one that inserts that row; `None` if no pairs relate.
    fn pairs(self, _members: Members<Self::Target>) -> Option<Pairs> {
        None
    }

    /// Makes the rows of a query the related rows of a new row; the number of them.
    fn set_rows(
        self,
        owner: <Self::Source as Model>::Key,
        rows: <Self::Target as Model>::Query,
        conn: &mut Conn,
    ) -> QueryResult<usize> {
        let keys = Self::Target::load_keys(rows, conn)?;
        let count = keys.len();
        self.set(owner, keys, true, conn)?;
        Ok(count)
    }
}

/// The rows on the other side of pairs.
pub enum Members<M: Model> {
    /// Those with these keys, each of which must exist.
    Keys(Vec<M::Key>),
    /// Those of a query.
    Rows(M::Query),
}

/// A column by its name, for relations that another model names it in.
#[diagnostic::on_unimplemented(message = "`{Self}` has no such column", label = "no such column")]
pub trait ColumnNamed<const HASH: u64> {
    /// The column.
    type Column;
}

/// What a foreign key holds: a key, or perhaps none.
pub trait ForeignKey: Sized {
    /// The type of the key.
    type Key: Key;

    /// The value that points nowhere, if there is one.
    const NOWHERE: Option<Self>;

    /// The key.
    fn key(&self) -> Option<Self::Key>;
}

impl<K: Key> ForeignKey for K {
    type Key = K;

    const NOWHERE: Option<Self> = None;

    fn key(&self) -> Option<K> {
        Some(self.clone())
    }
}

impl<K: Key> ForeignKey for Option<K> {
    type Key = K;

    const NOWHERE: Option<Self> = Some(None);

    fn key(&self) -> Option<K> {
        self.clone()
    }
}

/// A relation to the rows of another model that point here: `has_many(copies: Copy, by = book_id)`.
pub trait HasMany: Relation {
    /// The related rows of the row with this key.
    fn of(self, key: <Self::Source as Model>::Key) -> <Self::Target as Model>::Query;
}

/// Any relation, for conditions on the other side.
pub trait Relation: Copy {
    /// The model that declares the relation.
    type Source: Model;
    /// The model on the other side.
    type Target: Model;

    /// Holds for the rows that are related to any row of `query`.
    fn any(self, query: <Self::Target as Model>::Query) -> Predicate<Self::Source>;

    /// Holds for the rows that are related to any row with one of these keys.
    fn among(self, keys: Vec<<Self::Target as Model>::Key>) -> Predicate<Self::Source>;

    /// All rows of the other side.
    fn query(self) -> <Self::Target as Model>::Query {
        Self::Target::query()
    }

    /// The names of the other side.
    fn fields(self) -> <Self::Target as Model>::Fields {
        Self::Target::FIELDS
    }
}
