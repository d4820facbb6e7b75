//! Which rows, and in which order: `?field__lookup=`, `?search=`, `?ordering=` (contract §10).
//!
//! `#[derive(FilterSet)]` writes a condition for each parameter that was sent. Conditions hold in lists and in
//! detail lookups alike; parameters that no filter declares are ignored.

use std::marker::PhantomData;

use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::{
    db::Conn,
    exceptions::{ApiException, ErrorDetail, Errors, Result},
    fields::{Choices, fail},
    models::{Key, Model, SlugModel},
    query_params::QueryParams,
    relations::{PrimaryKey, Slug},
    search,
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

    /// The conditions that the parameters ask for; what is wrong with them goes to `errors`.
    ///
    /// # Errors
    /// The database's, when a parameter names a row.
    fn conditions(
        params: &QueryParams,
        errors: &mut Errors,
        conn: &mut Conn,
    ) -> Result<Vec<Condition<Self::Model>>>;

    /// The rows in which one of the search fields matches `term`.
    fn search(term: &str, query: QueryOf<Self>) -> QueryOf<Self>;

    /// Orders by one name that clients may use; `Err` gives the query back if there is no such name.
    fn order_by(
        name: &str,
        descending: bool,
        query: QueryOf<Self>,
    ) -> Result<QueryOf<Self>, QueryOf<Self>>;

    /// The order where a client asks for none.
    fn default_order(query: QueryOf<Self>) -> QueryOf<Self> {
        Self::Model::order(query)
    }
}

type QueryOf<F> = <<F as FilterSet>::Model as Model>::Query;

/// No filters at all: `type Filter = NoFilter<Book>`.
pub struct NoFilter<M>(PhantomData<M>);

impl<M: Model> FilterSet for NoFilter<M> {
    type Model = M;

    fn conditions(_: &QueryParams, _: &mut Errors, _: &mut Conn) -> Result<Vec<Condition<M>>> {
        Ok(Vec::new())
    }

    fn search(_: &str, query: M::Query) -> M::Query {
        query
    }

    fn order_by(_: &str, _: bool, query: M::Query) -> Result<M::Query, M::Query> {
        Err(query)
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
    pub fn new(params: &QueryParams, conn: &mut Conn) -> Result<Self> {
        let mut errors = Errors::default();
        let conditions = F::conditions(params, &mut errors, conn)?;
        errors.into_result()?;
        let terms = params
            .get("search")
            .map_or_else(|| Ok(Vec::new()), search::search_terms);
        let terms = terms.map_err(ApiException::validation)?;
        let ordering = params
            .get("ordering")
            .map(search::ordering_terms)
            .unwrap_or_default();
        let ordering = ordering
            .into_iter()
            .map(|(name, descending)| (name.to_owned(), descending))
            .collect();
        Ok(Self {
            conditions,
            terms,
            ordering,
        })
    }

    /// The rows that were asked for.
    pub fn filter(&self, query: QueryOf<F>) -> QueryOf<F> {
        let query = self
            .conditions
            .iter()
            .fold(query, |query, condition| condition(query));
        self.terms
            .iter()
            .fold(query, |query, term| F::search(term, query))
    }

    /// The rows in the order that was asked for: names that do not exist are dropped, and if none is left, the
    /// default holds. The primary key breaks ties.
    pub fn order(&self, query: QueryOf<F>) -> QueryOf<F> {
        let mut ordered = false;
        let query = self
            .ordering
            .iter()
            .fold(query, |query, (name, descending)| {
                let result = F::order_by(name, *descending, query);
                ordered |= result.is_ok();
                result.unwrap_or_else(|query| query)
            });
        if ordered {
            F::Model::order_by_key(query)
        } else {
            F::default_order(query)
        }
    }
}

/// How a parameter is compared with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Equal.
    Exact,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
}

/// A type that query parameters can be compared with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a filter",
    label = "no filter covers `{Self}`",
    note = "implement `restwell::filters::FilterField` for `{Self}`, or use one of the types it is implemented for"
)]
pub trait FilterField: Sized + Clone + 'static {
    /// What the column is compared with.
    type Value: Clone + 'static;

    /// Called for each parameter that is not empty, with its text trimmed; `None` matches no row.
    ///
    /// # Errors
    /// Why the text is none of these values.
    fn parse(text: &str, lookup: Lookup) -> Result<Option<Self::Value>, ErrorDetail>;

    /// The first and the last value of a year, for dates.
    fn year(_year: i32) -> Option<(Self::Value, Self::Value)> {
        None
    }
}

impl FilterField for String {
    type Value = Self;

    fn parse(text: &str, _lookup: Lookup) -> Result<Option<Self>, ErrorDetail> {
        if text.contains('\0') {
            return fail(
                "Null characters are not allowed.",
                "null_characters_not_allowed",
            );
        }
        Ok(Some(text.to_owned()))
    }
}

macro_rules! integers {
    ($($integer:ty: $convert:ident),*) => {$(
        impl FilterField for $integer {
            type Value = Self;

            fn parse(text: &str, lookup: Lookup) -> Result<Option<Self>, ErrorDetail> {
                let number = number(text)?;
                // Django hands fractions to the database: 10.5 equals 10, and lies between 10 and 11.
                let rounding = match lookup {
                    Lookup::Exact => RoundingMode::Down,
                    Lookup::Gt | Lookup::Lte => RoundingMode::Floor,
                    Lookup::Gte | Lookup::Lt => RoundingMode::Ceiling,
                };
                let whole = number.with_scale_round(0, rounding);
                Ok(match (whole.$convert(), lookup) {
                    (Some(value), _) => Some(value),
                    (None, Lookup::Exact) => None,
                    (None, _) if whole.sign() == bigdecimal::num_bigint::Sign::Minus => Some(Self::MIN),
                    (None, _) => Some(Self::MAX),
                })
            }
        }
    )*};
}

integers!(i16: to_i16, i32: to_i32, i64: to_i64);

impl FilterField for BigDecimal {
    type Value = Self;

    fn parse(text: &str, _lookup: Lookup) -> Result<Option<Self>, ErrorDetail> {
        number(text).map(Some)
    }
}

impl FilterField for f64 {
    type Value = Self;

    fn parse(text: &str, _lookup: Lookup) -> Result<Option<Self>, ErrorDetail> {
        Ok(number(text)?.to_f64())
    }
}

impl FilterField for NaiveDate {
    type Value = Self;

    fn parse(text: &str, _lookup: Lookup) -> Result<Option<Self>, ErrorDetail> {
        // Django's form formats, in its order.
        const FORMATS: [&str; 10] = [
            "%Y-%m-%d",
            "%m/%d/%Y",
            "%m/%d/%y",
            "%b %d %Y",
            "%b %d, %Y",
            "%d %b %Y",
            "%d %b, %Y",
            "%B %d %Y",
            "%B %d, %Y",
            "%d %B %Y",
        ];
        match FORMATS
            .iter()
            .find_map(|format| Self::parse_from_str(text, format).ok())
        {
            Some(date) => Ok(Some(date)),
            None => fail("This is not a date.", "invalid"),
        }
    }

    fn year(year: i32) -> Option<(Self, Self)> {
        Some((
            Self::from_ymd_opt(year, 1, 1)?,
            Self::from_ymd_opt(year, 12, 31)?,
        ))
    }
}

impl FilterField for DateTime<Utc> {
    type Value = Self;

    fn parse(text: &str, _lookup: Lookup) -> Result<Option<Self>, ErrorDetail> {
        let input = serde_json::Value::String(text.to_owned());
        <Self as crate::fields::Field>::to_internal_value(
            &input,
            &crate::fields::FieldOptions::NONE,
        )
        .map(Some)
    }

    fn year(year: i32) -> Option<(Self, Self)> {
        let (first, last) = NaiveDate::year(year)?;
        let end = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999)?;
        Some((
            first.and_time(NaiveTime::MIN).and_utc(),
            last.and_time(end).and_utc(),
        ))
    }
}

/// A number as django-filter reads it: decimal text, at most 1e50.
fn number(text: &str) -> Result<BigDecimal, ErrorDetail> {
    let digits = text.trim().replace('_', "");
    let plain = digits.len() <= 1000
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number = match digits.parse::<BigDecimal>() {
        Ok(number) if plain => number,
        _ => return fail("This is not a number.", "invalid"),
    };
    let (_, scale) = number.as_bigint_and_exponent();
    if number.digits().cast_signed().saturating_sub(scale) > 51 {
        return fail("This number is too large.", "max_value");
    }
    // A fraction of more places than that is beyond every column.
    Ok(if scale > 1000 {
        BigDecimal::from(0)
    } else {
        number
    })
}

/// A boolean; what is none is ignored (contract §10.3).
pub fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// The value of a parameter, if it was sent and is not empty.
pub fn parameter<'a>(params: &'a QueryParams, name: &str) -> Option<&'a str> {
    params
        .get(name)
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// A year; `None` matches no row.
///
/// # Errors
/// `invalid` for what is no number.
pub fn year(text: &str) -> Result<Option<i32>, ErrorDetail> {
    let number = number(text)?;
    Ok(number.is_integer().then(|| number.to_i32()).flatten())
}

/// The values of a comma list; empty items are dropped, values that match no row as well.
///
/// # Errors
/// The first bad item's.
pub fn list<F: FilterField>(text: &str) -> Result<Vec<F::Value>, ErrorDetail> {
    let items = text.split(',').filter(|item| !item.is_empty());
    let values: Result<Vec<_>, _> = items.map(|item| F::parse(item, Lookup::Exact)).collect();
    Ok(values?.into_iter().flatten().collect())
}

/// A text that must be one of the choices.
///
/// # Errors
/// `invalid_choice` for any other.
pub fn choice<F: FilterField>(
    text: &str,
    choices: &Choices,
) -> Result<Option<F::Value>, ErrorDetail> {
    if matches!(choices, Choices::None) || choices.contains(text) {
        F::parse(text, Lookup::Exact)
    } else {
        invalid_choice(text)
    }
}

/// A way of naming the rows of another model in a parameter.
pub trait ModelChoice {
    /// The model of the named rows.
    type Target: Model;

    /// The keys of the rows that these texts name.
    ///
    /// # Errors
    /// The outer one when the database fails; the inner one is `invalid_choice` if any text names no row.
    fn keys(
        texts: &[&str],
        conn: &mut Conn,
    ) -> Result<std::result::Result<Vec<<Self::Target as Model>::Key>, ErrorDetail>>;
}

impl<M: Model> ModelChoice for PrimaryKey<M> {
    type Target = M;

    fn keys(
        texts: &[&str],
        conn: &mut Conn,
    ) -> Result<std::result::Result<Vec<M::Key>, ErrorDetail>> {
        let mut keys = Vec::with_capacity(texts.len());
        for text in texts {
            match M::Key::parse(text) {
                Some(key) => keys.push(key),
                None => return Ok(invalid_choice(text)),
            }
        }
        let known = M::load_keys(M::filter_keys(M::query(), keys.clone()), conn)?;
        Ok(match keys.iter().find(|key| !known.contains(key)) {
            Some(unknown) => invalid_choice(&unknown.to_string()),
            None => Ok(keys),
        })
    }
}

impl<M: SlugModel> ModelChoice for Slug<M> {
    type Target = M;

    fn keys(
        texts: &[&str],
        conn: &mut Conn,
    ) -> Result<std::result::Result<Vec<M::Key>, ErrorDetail>> {
        let asked = texts
            .iter()
            .filter(|text| !text.contains('\0'))
            .map(|text| (*text).to_owned())
            .collect();
        let known = M::load_slugs(M::filter_slugs(M::query(), asked), conn)?;
        Ok(
            match texts
                .iter()
                .find(|text| !known.iter().any(|(slug, _)| slug == *text))
            {
                Some(unknown) => invalid_choice(unknown),
                None => Ok(known.into_iter().map(|(_, key)| key).collect()),
            },
        )
    }
}

fn invalid_choice<T>(text: &str) -> Result<T, ErrorDetail> {
    fail(
        format!("“{text}” is not one of the choices."),
        "invalid_choice",
    )
}
