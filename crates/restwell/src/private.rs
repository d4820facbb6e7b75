//! Entry points for the code that the derives write. Not for use by hand.

use std::marker::PhantomData;

pub use bigdecimal;
pub use chrono;
pub use diesel;
pub use regex;
pub use serde;
pub use serde_json;

use diesel::{
    AppearsOnTable, Expression, QueryResult, RunQueryDsl,
    deserialize::FromSqlRow,
    expression::AsExpression,
    pg::{Pg, PgQueryBuilder},
    query_builder::{AstPass, Query, QueryBuilder, QueryFragment, QueryId},
    sql_types::SqlType,
};

use crate::{
    db::Conn,
    keyset::{KeyColumn, Position, Term},
    models::{
        Attribute, Column, Expr, ForeignKey, Model, Pairs, Relation, ToMany, ToOne,
        lookups::{Compared, ComparedWith},
    },
    serializers::ModelSerializer,
};

/// A column's value in a row.
pub fn get<M: Model, C: Column<M>>(row: &M, _column: C) -> &C::Value {
    C::get(row)
}

/// Replaces a column's value in a row.
pub fn set<M: Model, C: Column<M>>(row: &mut M, _column: C, value: C::Value) {
    C::set(row, value);
}

/// The value of a serializer's field as the model's struct holds it: the one place where their types meet.
pub fn store<M: Model, C: Column<M, Value = V>, V>(
    _column: C,
    value: Option<V>,
) -> Option<C::Value> {
    value
}

/// `column = value` for an insert; the column's own default for what was not sent.
pub fn assigned<C, V>(column: C, value: Option<V>) -> diesel::dsl::Eq<C, Assigned<V::Expression>>
where
    C: diesel::Column + diesel::ExpressionMethods,
    C::SqlType: SqlType,
    V: AsExpression<C::SqlType>,
{
    column.eq(Assigned(value.map(AsExpression::as_expression)))
}

/// A value, or `DEFAULT`. diesel's own `Option` of an assignment would never have its statement cached.
pub struct Assigned<E>(Option<E>);

impl<E: Expression> Expression for Assigned<E> {
    type SqlType = E::SqlType;
}
impl<E: AppearsOnTable<T>, T> AppearsOnTable<T> for Assigned<E> {}
impl<E> QueryId for Assigned<E> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<E: QueryFragment<Pg>> QueryFragment<Pg> for Assigned<E> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match &self.0 {
            Some(value) => value.walk_ast(pass),
            None => {
                pass.push_sql("DEFAULT");
                Ok(())
            }
        }
    }
}

/// A statement whose text depends on nothing but `S` and its own type: it is found by these where it was prepared before,
/// though it holds expressions without a type of their own, and its text is written once a connection.
pub struct Fixed<S, Q> {
    statement: Q,
    marker: PhantomData<fn() -> S>,
}

/// A statement whose text depends on nothing but `S` and its own type.
pub fn fixed<S: 'static, Q: Query>(statement: Q) -> Fixed<S, Q> {
    Fixed {
        statement,
        marker: PhantomData,
    }
}

impl<S, Q: Query> Query for Fixed<S, Q> {
    type SqlType = Q::SqlType;
}
impl<S: 'static, Q: 'static> QueryId for Fixed<S, Q> {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}
impl<S, Q: QueryFragment<Pg>> QueryFragment<Pg> for Fixed<S, Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.statement.walk_ast(pass)
    }
}
impl<S, Q> RunQueryDsl<Conn> for Fixed<S, Q> {}

/// `WITH "table" AS (INSERT …), "pairs_0" AS (INSERT …) SELECT …`: stores a row with its pairs, and selects of it what
/// `query` does. To all that follows it, the table is the new row.
pub struct Created<T, I, Q> {
    /// The table of the row.
    pub table: T,
    /// Inserts it.
    pub row: I,
    /// Relate it.
    pub pairs: Vec<Pairs>,
    /// Selects from the table.
    pub query: Q,
}

impl<T, I, Q: Query> Query for Created<T, I, Q> {
    type SqlType = Q::SqlType;
}
impl<T, I, Q> QueryId for Created<T, I, Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<T, I, Q> QueryFragment<Pg> for Created<T, I, Q>
where
    T: QueryFragment<Pg>,
    I: QueryFragment<Pg>,
    Q: QueryFragment<Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" AS (");
        self.row.walk_ast(out.reborrow())?;
        out.push_sql(" RETURNING *)");
        for (index, pairs) in self.pairs.iter().enumerate() {
            out.push_sql(", ");
            out.push_identifier(&format!("pairs_{index}"))?;
            out.push_sql(" AS (");
            pairs.walk_ast(out.reborrow())?;
            out.push_sql(")");
        }
        out.push_sql(" ");
        self.query.walk_ast(out)
    }
}
impl<T, I, Q> RunQueryDsl<Conn> for Created<T, I, Q> {}

/// The key that the only row of a table has, as [`Created`] makes of it, beside a row of any `M`.
pub fn key_of_new_row<M, E>(key: E) -> Expr<M, E::SqlType>
where
    E: Expression + QueryFragment<Pg> + Send + 'static,
{
    Expr::of(key)
}

/// A fragment's SQL, if it can be written.
pub fn sql_of(fragment: impl QueryFragment<Pg>) -> Option<String> {
    let mut builder = PgQueryBuilder::new();
    fragment.to_sql(&mut builder, &Pg).ok()?;
    Some(builder.finish())
}

/// The new row of a table can be named as [`Created`] does: its name has no schema before it, and none of the other
/// tables is the same.
pub fn is_distinct(table: impl QueryFragment<Pg>, others: &[Option<String>]) -> bool {
    let table = sql_of(table);
    let is_name = table.as_ref().is_some_and(|table| !table.contains("\".\""));
    is_name && !others.contains(&table)
}

diesel::define_sql_function! {
    /// The items of an array, a row each.
    fn unnest<T: diesel::sql_types::SingleValue>(items: diesel::sql_types::Array<T>) -> T;
}

/// What a foreign key's column is set to where it shall point nowhere, if it can.
pub fn nowhere<M: Model, C: Column<M, Value: ForeignKey>>(_column: C) -> Option<C::Value> {
    C::Value::NOWHERE
}

/// A related row that was named does not exist: as a foreign key says it, so that all input is judged again.
pub fn missing() -> diesel::result::Error {
    let kind = diesel::result::DatabaseErrorKind::ForeignKeyViolation;
    diesel::result::Error::DatabaseError(kind, Box::new("a related row does not exist".to_owned()))
}

/// The key that a foreign key holds, if it points anywhere.
pub fn key_in<M: Model, C: Column<M, Value: ForeignKey>>(
    row: &M,
    _column: C,
) -> Option<<C::Value as ForeignKey>::Key> {
    C::get(row).key()
}

/// The typed SQL of an attribute of `M`.
pub fn expression<M: Model, A: Attribute<M>>(attribute: A) -> A::Expression {
    attribute.expression()
}

/// The typed SQL of an attribute on the other side of a relation.
pub fn expression_of<R: Relation, A: Attribute<R::Target>>(
    _relation: R,
    attribute: A,
) -> A::Expression {
    attribute.expression()
}

/// The table on the other side of a relation.
pub fn table_of<R: Relation>(_relation: R) -> <R::Target as Model>::Table {
    R::Target::TABLE
}

/// The default order of the rows on the other side of a relation.
pub fn ordering_of<R: Relation>(_relation: R) -> <R::Target as Model>::Ordering {
    R::Target::ordering()
}

/// The name of a column.
pub const fn name_of<C: diesel::Column + Copy>(_column: C) -> &'static str {
    C::NAME
}

/// The expression of `#[field(regex = "…")]`.
///
/// # Panics
/// If it is none.
pub fn pattern(text: &str) -> regex::Regex {
    regex::Regex::new(text)
        .unwrap_or_else(|error| panic!("`#[field(regex = {text:?})]` is no expression: {error}"))
}

/// The name of a foreign key's column.
pub const fn column_of<R: ToOne>(_relation: R) -> &'static str {
    R::COLUMN
}

/// The name of the constraint that the other side of a pair exists; empty where no pairs relate.
pub fn through_constraint_of<R: ToMany>(_relation: R) -> &'static str {
    R::CONSTRAINT
}

/// An attribute of `M`, to be compared with a parameter.
pub fn compared<M: Model, A: Attribute<M, Expression: ValidExpression>>(
    attribute: A,
) -> Compared<M, A::Expression> {
    Compared::new(attribute.expression())
}

/// An attribute on the other side of a relation, to be compared with a parameter.
pub fn compared_of<R: Relation, A: Attribute<R::Target, Expression: ValidExpression>>(
    _relation: R,
    attribute: A,
) -> Compared<R::Target, A::Expression> {
    Compared::new(attribute.expression())
}

/// The key of a relation, to be compared with a parameter.
pub fn compared_key<R: ToOne<Column: ValidExpression>>(
    relation: R,
) -> Compared<R::Source, R::Column> {
    Compared::new(relation.column())
}

/// What any expression of a derived model is.
pub trait ValidExpression: Expression + QueryFragment<Pg> + Send + 'static {}

impl<E: Expression + QueryFragment<Pg> + Send + 'static> ValidExpression for E {}

/// An attribute of `M`, to be ordered by: `.term(descending)` finds the method of [`SortedColumn`] first, which needs
/// no reference, and for what is no such column that of [`SortedValue`].
pub struct Sorted<M, A>(A, PhantomData<fn() -> M>);

/// An attribute of `M`, to be ordered by.
pub fn sorted<M: Model, A: Attribute<M>>(attribute: A) -> Sorted<M, A> {
    Sorted(attribute, PhantomData)
}

/// A column that a cursor can hold.
pub trait SortedColumn<M> {
    /// Orders by it.
    fn term(self, descending: bool) -> Term<M>;
}

impl<M: Model, C> SortedColumn<M> for Sorted<M, C>
where
    C: Column<M, Value: Position<Value: ComparedWith<C::SqlType>>> + KeyColumn,
{
    fn term(self, descending: bool) -> Term<M> {
        Term::column(self.0, descending)
    }
}

/// Any other value.
pub trait SortedValue<M> {
    /// Orders by it.
    fn term(&self, descending: bool) -> Term<M>;
}

impl<M: Model, A: Attribute<M, Expression: ValidExpression> + 'static> SortedValue<M>
    for Sorted<M, A>
{
    fn term(&self, descending: bool) -> Term<M> {
        let attribute = self.0;
        Term::value(move || attribute.expression(), descending)
    }
}

// Rules of the derives that other code goes on from. rustc looks at the bounds of impls only where it can choose between
// two, and where none holds there is no associated type: so a mistake is told once, and not again by each statement.

/// Has no [`Never`].
pub struct Nothing<T>(PhantomData<T>);

/// Holds for nothing.
pub trait Never {}

/// A model, as [`IsModel::Model`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "`PrimaryKey`, `Slug`, `Hyperlink` and `StringRelated` take the model of the related rows: `PrimaryKey<Author>`"
)]
pub trait IsModel {
    /// The model.
    type Model;
}

#[diagnostic::do_not_recommend]
impl<M: Model> IsModel for M {
    type Model = M;
}
#[diagnostic::do_not_recommend]
impl<M> IsModel for M
where
    Nothing<M>: Never,
{
    type Model = M;
}

/// A relation to many rows, as [`IsToMany::Relation`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not lead to many rows",
    label = "leads to one row",
    note = "a list stands for a `many_to_many` or a `has_many`"
)]
pub trait IsToMany: Sized {
    /// The relation.
    type Relation;
    /// The relation itself.
    fn relation(self) -> Self::Relation;
}

#[diagnostic::do_not_recommend]
impl<R: ToMany> IsToMany for R {
    type Relation = R;
    fn relation(self) -> R {
        self
    }
}
#[diagnostic::do_not_recommend]
impl<R> IsToMany for R
where
    Nothing<R>: Never,
{
    type Relation = R;
    fn relation(self) -> R {
        self
    }
}

/// A relation to many rows.
pub fn to_many<R: IsToMany>(relation: R) -> R::Relation {
    relation.relation()
}

/// A serializer of a model, as [`IsNested::Serializer`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a serializer of a model",
    label = "not a serializer of a model",
    note = "derive it: `#[derive(Serializer)]` with `#[serializer(model = …)]`"
)]
pub trait IsNested {
    /// The serializer.
    type Serializer;
}

#[diagnostic::do_not_recommend]
impl<S: ModelSerializer> IsNested for S {
    type Serializer = S;
}
#[diagnostic::do_not_recommend]
impl<S> IsNested for S
where
    Nothing<S>: Never,
{
    type Serializer = S;
}

/// A relation whose rows are shown by a serializer.
pub struct Nesting<R>(pub R);

impl<R: Relation> Nesting<R> {
    /// The relation, if the serializer is one of its other side.
    pub fn of<S: Shows<R::Target>>(self) -> S::Relation<R> {
        S::relation(self.0)
    }
}

/// A serializer of `M`.
#[diagnostic::on_unimplemented(
    message = "this relation leads to `{M}`, and `{Self}` is a serializer of another model",
    label = "not a serializer of `{M}`"
)]
pub trait Shows<M> {
    /// `R` itself.
    type Relation<R>;
    /// `relation` itself.
    fn relation<R>(relation: R) -> Self::Relation<R>;
}

#[diagnostic::do_not_recommend]
impl<S: ModelSerializer<Model = M>, M> Shows<M> for S {
    type Relation<R> = R;
    fn relation<R>(relation: R) -> R {
        relation
    }
}
#[diagnostic::do_not_recommend]
impl<S, M> Shows<M> for S
where
    Nothing<S>: Never,
{
    type Relation<R> = R;
    fn relation<R>(relation: R) -> R {
        relation
    }
}

/// What SQL computes for each row.
pub struct Computed<M, ST>(pub Expr<M, ST>);

impl<M, ST> Computed<M, ST> {
    /// The SQL, if a field's type can hold what it computes.
    pub fn held_as<V: Holds<ST>>(self) -> Expr<M, V::Sql> {
        V::sql(self.0)
    }
}

/// A type of Rust for a type of SQL.
#[diagnostic::on_unimplemented(
    message = "this field is of type `{Self}`, but SQL computes a `{ST}`",
    label = "holds no `{ST}`"
)]
pub trait Holds<ST> {
    /// `ST` itself.
    type Sql;
    /// `value` itself.
    fn sql<M>(value: Expr<M, ST>) -> Expr<M, Self::Sql>;
}

#[diagnostic::do_not_recommend]
impl<V: FromSqlRow<ST, Pg>, ST> Holds<ST> for V {
    type Sql = ST;
    fn sql<M>(value: Expr<M, ST>) -> Expr<M, ST> {
        value
    }
}
#[diagnostic::do_not_recommend]
impl<V, ST> Holds<ST> for V
where
    Nothing<V>: Never,
{
    type Sql = ST;
    fn sql<M>(value: Expr<M, ST>) -> Expr<M, ST> {
        value
    }
}
