//! Entry points for the code that the derives write. Not for use by hand.

pub use bigdecimal;
pub use diesel;
pub use regex;
pub use serde;
pub use serde_json;

use diesel::IntoSql;

use crate::models::{Attribute, Column, ManyToMany, Model, Relation, ToOne};

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

/// A relation that must lead from `M` to `T`.
pub fn to_one<M: Model, T: Model, R: ToOne<Source = M, Target = T>>(relation: R) -> R {
    relation
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

/// The name of the constraint that the other side of a pair exists.
pub fn through_constraint_of<R: ManyToMany>(_relation: R) -> &'static str {
    R::CONSTRAINT
}

/// `LIKE` pattern: the text, and nothing else special.
pub use crate::search::like_escape;

mod text_search {
    use diesel::{pg::Pg, sql_types::Text};

    #[derive(diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "tsvector"))]
    pub struct Tsvector;
    #[derive(diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "tsquery"))]
    pub struct Tsquery;

    diesel::infix_operator!(MatchesRegex, " ~* ", backend: Pg);
    diesel::infix_operator!(MatchesText, " @@ ", backend: Pg);

    diesel::define_sql_function! {
        fn to_tsvector(text: Text) -> Tsvector;
    }
    diesel::define_sql_function! {
        fn plainto_tsquery(text: Text) -> Tsquery;
    }
}

type Bound = diesel::dsl::AsExprOf<String, diesel::sql_types::Text>;

/// A case-insensitive regular expression: the search prefix `$`.
pub fn matches_regex<E: diesel::Expression>(
    value: E,
    pattern: String,
) -> text_search::MatchesRegex<E, Bound> {
    text_search::MatchesRegex::new(value, pattern.into_sql::<diesel::sql_types::Text>())
}

/// Full-text search: the search prefix `@`.
pub fn matches_text<E>(
    value: E,
    words: String,
) -> text_search::MatchesText<text_search::to_tsvector<E>, text_search::plainto_tsquery<Bound>>
where
    E: diesel::expression::AsExpression<diesel::sql_types::Text, Expression = E>
        + diesel::Expression,
{
    let words = text_search::plainto_tsquery(words.into_sql::<diesel::sql_types::Text>());
    text_search::MatchesText::new(text_search::to_tsvector(value), words)
}
