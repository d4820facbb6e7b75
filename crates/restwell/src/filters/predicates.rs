//! Conditions out of conditions.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment},
};

use super::compared::Infix;
use crate::models::Predicate;

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
