//! Typed SQL whose type is erased: expressions over a model's rows, and statements that store pairs.

use std::marker::PhantomData;

use diesel::{
    AppearsOnTable, Expression, QueryResult, RunQueryDsl, SelectableExpression,
    expression::{TypedExpressionType, ValidGrouping, is_aggregate},
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::SingleValue,
};

use super::Model;
use crate::db::Conn;

/// Typed SQL over one row of `M`, its type erased: a condition, or a value that is computed in the database.
pub struct Expr<M, ST> {
    fragment: Box<dyn QueryFragment<Pg> + Send>,
    marker: PhantomData<fn() -> (M, ST)>,
}

/// A condition on rows of `M`.
pub type Predicate<M> = Expr<M, diesel::sql_types::Nullable<diesel::sql_types::Bool>>;

impl<M: 'static> Predicate<M> {
    /// Holds where all of these hold; without any, everywhere.
    pub fn all_of(conditions: Vec<Self>) -> Self {
        Self::of(Joined(conditions, " AND ", "TRUE"))
    }

    /// Holds where any of these holds; without any, nowhere.
    pub fn any_of(conditions: Vec<Self>) -> Self {
        Self::of(Joined(conditions, " OR ", "FALSE"))
    }

    /// Holds where this does not; also where it is null, as in Django's `exclude`.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::of(Infix("", self, " IS NOT TRUE", (), ""))
    }
}

/// Conditions in parentheses with a word between them, or one word if there are none.
struct Joined<M>(Vec<Predicate<M>>, &'static str, &'static str);

impl<M> QueryFragment<Pg> for Joined<M> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Self(conditions, word, none) = self;
        out.push_sql("(");
        for (index, condition) in conditions.iter().enumerate() {
            if index > 0 {
                out.push_sql(word);
            }
            condition.walk_ast(out.reborrow())?;
        }
        if conditions.is_empty() {
            out.push_sql(none);
        }
        out.push_sql(")");
        Ok(())
    }
}

/// `start left operator right end`, in parentheses.
pub(crate) struct Infix<L, R>(
    pub(crate) &'static str,
    pub(crate) L,
    pub(crate) &'static str,
    pub(crate) R,
    pub(crate) &'static str,
);

impl<L: QueryFragment<Pg>, R: QueryFragment<Pg>> QueryFragment<Pg> for Infix<L, R> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Self(start, left, operator, right, end) = self;
        out.push_sql("(");
        out.push_sql(start);
        left.walk_ast(out.reborrow())?;
        out.push_sql(operator);
        right.walk_ast(out.reborrow())?;
        out.push_sql(end);
        out.push_sql(")");
        Ok(())
    }
}

/// A value to order rows of `M` by, with its direction.
pub type Order<M> = Expr<M, diesel::sql_types::Untyped>;

impl<M> Order<M> {
    /// Orders by this value.
    pub fn by<E: QueryFragment<Pg> + Send + 'static>(value: E, descending: bool) -> Self {
        Self::of(Directed(value, if descending { " DESC" } else { " ASC" }))
    }
}

struct Directed<E>(E, &'static str);

impl<E: QueryFragment<Pg>> QueryFragment<Pg> for Directed<E> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(self.1);
        Ok(())
    }
}

impl<M: Model, ST> Expr<M, ST> {
    /// Erases the type of an expression over the model's table.
    pub fn new<E>(expression: E) -> Self
    where
        ST: SingleValue,
        E: Expression<SqlType = ST>
            + SelectableExpression<M::Table>
            + QueryFragment<Pg>
            + Send
            + 'static,
    {
        Self::of(expression)
    }
}

impl<M, ST> Expr<M, ST> {
    /// SQL that is known to be of this type, over rows of this model.
    pub(crate) fn of(fragment: impl QueryFragment<Pg> + Send + 'static) -> Self {
        Self {
            fragment: Box::new(fragment),
            marker: PhantomData,
        }
    }
}

impl<M, ST: TypedExpressionType> Expression for Expr<M, ST> {
    type SqlType = ST;
}
impl<M, ST, QS> AppearsOnTable<QS> for Expr<M, ST> where Self: Expression {}
impl<M, ST, QS> SelectableExpression<QS> for Expr<M, ST> where Self: Expression {}
impl<M, ST> ValidGrouping<()> for Expr<M, ST> {
    type IsAggregate = is_aggregate::No;
}
impl<M, ST> QueryId for Expr<M, ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<M, ST> QueryFragment<Pg> for Expr<M, ST> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.fragment.walk_ast(pass)
    }
}

/// A statement that stores pairs.
pub struct Pairs(Box<dyn QueryFragment<Pg> + Send>);

impl Pairs {
    /// Erases the type of a statement.
    pub fn new(statement: impl QueryFragment<Pg> + Send + 'static) -> Self {
        Self(Box::new(statement))
    }
}

impl QueryId for Pairs {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl QueryFragment<Pg> for Pairs {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}
impl RunQueryDsl<Conn> for Pairs {}
