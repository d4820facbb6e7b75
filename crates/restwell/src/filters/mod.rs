//! Which rows, and in which order: `?field__lookup=`, `?search=`, `?ordering=` (contract §10).
//!
//! `#[derive(FilterSet)]` writes a condition for each parameter that was sent. Conditions hold in lists and in
//! detail lookups alike; parameters that no filter declares are ignored.

use std::marker::PhantomData;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment},
};

use crate::{
    db::Conn,
    exceptions::{ApiException, ErrorDetail, Result},
    keyset::{Keyset, Term},
    models::{Model, Predicate},
    request::Request,
    search,
};

mod asked;
pub mod compared;
mod values;

pub use asked::{Asked, Parameter};
use compared::Infix;
pub use values::{
    Bound, FilterField, Lookup, ModelChoice, Pair, boolean, choice, list, number, pair,
};

/// One condition that a client asked for; it is applied to the rows and to their count.
pub type Condition<M> = Box<dyn Fn(<M as Model>::Query) -> <M as Model>::Query>;

/// What clients may filter, search and order a model's rows by. Derive it; see the guide `docs/filtering.md`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a filterset",
    label = "not a filterset",
    note = "derive it: `#[derive(FilterSet)]` with `#[filterset(model = …)]`, or write `NoFilter<…>`"
)]
pub trait FilterSet: 'static {
    /// The model whose rows are filtered.
    type Model: Model;

    /// The parameter that is searched for.
    const SEARCH_PARAM: &'static str = "search";
    /// The parameter that names an order.
    const ORDERING_PARAM: &'static str = "ordering";

    /// Called once a request: adds the conditions that the parameters ask for, and what is wrong with them.
    ///
    /// # Errors
    /// The database's, when a parameter names a row.
    fn conditions(asked: &mut Asked<'_, Self::Model>) -> Result<()>;

    /// Holds for the rows in which one of the search fields matches `term`; `None` if there are no such fields.
    fn search(term: &str) -> Option<Predicate<Self::Model>>;

    /// The value that clients may order by under this name, if it is one.
    fn order_by(name: &str, descending: bool) -> Option<Term<Self::Model>>;

    /// The order where a client asks for none; `None` for the model's.
    fn default_order() -> Option<Vec<Term<Self::Model>>> {
        None
    }
}

type QueryOf<F> = <<F as FilterSet>::Model as Model>::Query;

/// No filters at all: `type Filter = NoFilter<Book>`.
pub struct NoFilter<M>(PhantomData<M>);

impl<M: Model> FilterSet for NoFilter<M> {
    type Model = M;

    fn conditions(_: &mut Asked<'_, M>) -> Result<()> {
        Ok(())
    }

    fn search(_: &str) -> Option<Predicate<M>> {
        None
    }

    fn order_by(_: &str, _: bool) -> Option<Term<M>> {
        None
    }
}

/// Everything that one request asks of a model's rows, read once and applied as often as needed.
pub struct Filtering<F: FilterSet> {
    conditions: Vec<Condition<F::Model>>,
    terms: Vec<String>,
    ordering: Vec<(String, bool)>,
}

impl<F: FilterSet> Filtering<F> {
    /// Reads the parameters.
    ///
    /// # Errors
    /// 400 by parameter, all of them at once; a NUL in the search is a bare list (contract §10.8).
    pub fn new(request: &Request, conn: &mut Conn) -> Result<Self> {
        let params = &request.query;
        let mut asked = Asked::new(request, conn);
        F::conditions(&mut asked)?;
        let (conditions, declared) = asked.into_conditions()?;
        let terms = params
            .get(F::SEARCH_PARAM)
            .map_or_else(|| Ok(Vec::new()), search::search_terms);
        let terms = terms.map_err(ApiException::validation)?;
        let asked: Vec<(String, bool)> = params
            .get(F::ORDERING_PARAM)
            .map(search::ordering_terms)
            .unwrap_or_default()
            .into_iter()
            .map(|(name, descending)| (name.to_owned(), descending))
            .filter(|(name, descending)| F::order_by(name, *descending).is_some())
            .collect();
        let ordering = if asked.is_empty() { declared } else { asked };
        Ok(Self {
            conditions,
            terms,
            ordering,
        })
    }

    /// Whether all rows were asked for.
    pub(crate) fn is_empty(&self) -> bool {
        self.conditions.is_empty() && self.terms.is_empty()
    }

    /// The rows that were asked for.
    pub fn filter(&self, query: QueryOf<F>) -> QueryOf<F> {
        let query = self
            .conditions
            .iter()
            .fold(query, |query, condition| condition(query));
        self.terms
            .iter()
            .filter_map(|term| F::search(term))
            .fold(query, F::Model::filter)
    }

    /// The rows in the order that was asked for: names that do not exist are dropped, and if none is left, the
    /// default holds. The primary key breaks ties.
    pub fn order(&self, query: QueryOf<F>) -> QueryOf<F> {
        match self.terms_of_order() {
            Some(terms) => {
                let query = terms.iter().fold(query, |query, term| term.order(query));
                F::Model::order_by_key(query)
            }
            None => F::Model::order(query),
        }
    }

    /// The same order, for a cursor.
    ///
    /// # Errors
    /// 500 if the default order has a value that is no column: a cursor cannot hold it. Such names are dropped from
    /// what a client asks for.
    pub fn keyset(&self) -> Result<Keyset<F::Model>> {
        let default = || F::default_order().unwrap_or_else(F::Model::keyset);
        let asked = self.terms_of_order().and_then(Keyset::new);
        asked.or_else(|| Keyset::new(default())).ok_or_else(|| {
            ApiException::internal(
                "a list with cursors is ordered by columns of its own model only",
            )
        })
    }

    /// `None` for the model's own order.
    fn terms_of_order(&self) -> Option<Vec<Term<F::Model>>> {
        if self.ordering.is_empty() {
            return F::default_order();
        }
        let terms = self.ordering.iter();
        Some(
            terms
                .filter_map(|(name, descending)| F::order_by(name, *descending))
                .collect(),
        )
    }
}

/// `?price_min=1&price_max=5`: django-filter's `RangeFilter`.
pub struct RangeFilter<T>(PhantomData<T>);
/// `?day_after=2020-01-01&day_before=2020-12-31`: django-filter's `DateFromToRangeFilter`, `TimeRangeFilter` and
/// `IsoDateTimeFromToRangeFilter`; both ends belong to the range.
pub struct FromToRangeFilter<T>(PhantomData<T>);
/// `?day=today`, `yesterday`, `week`, `month` or `year`: django-filter's `DateRangeFilter`.
pub struct DateRangeFilter<T>(PhantomData<T>);
/// `?o=-cost,name`: django-filter's `OrderingFilter`.
pub struct OrderingFilter;

/// A day that moments are compared with, in UTC: from its first moment, or to its last.
#[derive(Clone, Copy, Debug)]
pub struct Day;

impl FilterField for Day {
    type Value = DateTime<Utc>;

    fn parse(text: &str, lookup: Lookup) -> Result<Option<DateTime<Utc>>, ErrorDetail> {
        let day = <NaiveDate as FilterField>::parse(text, lookup)?;
        let moments = day.and_then(|day| DateTime::<Utc>::days(day, day));
        Ok(moments.map(|(first, last)| match lookup {
            Lookup::Gt | Lookup::Lte => last,
            _ => first,
        }))
    }
}

/// The first and the last day of a period that is named from today.
pub(super) fn period(name: &str, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    match name {
        "today" => Some((today, today)),
        "yesterday" => today.pred_opt().map(|day| (day, day)),
        "week" => Some((today.checked_sub_days(Days::new(7))?, today)),
        "month" => {
            let first = today.with_day(1)?;
            Some((first, first.checked_add_months(Months::new(1))?.pred_opt()?))
        }
        "year" => Some((
            NaiveDate::from_ymd_opt(today.year(), 1, 1)?,
            NaiveDate::from_ymd_opt(today.year(), 12, 31)?,
        )),
        _ => None,
    }
}

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
