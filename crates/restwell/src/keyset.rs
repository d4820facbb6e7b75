//! Orders that a list can be continued in: behind a row, or before it, without counting the rows between.
//!
//! A cursor holds the values that a row is ordered by, as texts; [`Keyset::beyond`] makes of them the condition that
//! leaves the rows behind it. Nulls stand where Postgres has them: last, or first if the order is descending.

use std::any::TypeId;

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use diesel::{
    Expression, QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment},
};
use uuid::Uuid;

use crate::{
    fields::{Field, FieldOptions, parse_big_int},
    models::{
        Column, Model, Order, Predicate,
        lookups::{Compared, ComparedWith, Lookup},
    },
    renderers::python_float,
};

/// A value that rows are ordered by.
pub struct Term<M> {
    descending: bool,
    order: Box<dyn Fn(bool) -> Order<M>>,
    key: Option<Box<dyn Key<M>>>,
}

impl<M: Model> Term<M> {
    /// A column of the model.
    pub fn column<C>(column: C, descending: bool) -> Self
    where
        C: Column<M, Value: Position<Value: ComparedWith<C::SqlType>>> + KeyColumn,
    {
        Self {
            key: Some(Box::new(KeyOf(column))),
            ..Self::value(move || column, descending)
        }
    }

    /// Any other value: a list can be ordered by it, but a cursor cannot hold it.
    pub fn value<E: QueryFragment<Pg> + Send + 'static>(
        value: impl Fn() -> E + 'static,
        descending: bool,
    ) -> Self {
        Self {
            descending,
            order: Box::new(move |descending| Order::by(value(), descending)),
            key: None,
        }
    }

    /// The column of this name in SQL, if there is one.
    pub fn any_column(name: &str, descending: bool) -> Option<Self> {
        let name = M::COLUMNS.iter().find(|column| **column == name)?;
        Some(Self::value(|| Named(M::TABLE_NAME, name), descending))
    }

    /// `query`, ordered by this where its order leaves ties.
    pub fn order(&self, query: M::Query) -> M::Query {
        M::then_order(query, (self.order)(self.descending))
    }
}

/// A column by its table's name and its own.
struct Named(&'static str, &'static str);

impl QueryFragment<Pg> for Named {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_identifier(self.0)?;
        out.push_sql(".");
        out.push_identifier(self.1)
    }
}

/// What diesel knows of a column.
pub trait KeyColumn: Copy + Expression + QueryFragment<Pg> + Send + 'static {}

impl<C: Copy + Expression + QueryFragment<Pg> + Send + 'static> KeyColumn for C {}

/// A column as part of a position, its type erased.
trait Key<M> {
    fn is_primary(&self) -> bool;
    fn is_nullable(&self) -> bool;
    fn position(&self, row: &M) -> Option<String>;
    fn compare(&self, lookup: Lookup, text: &str) -> Option<Predicate<M>>;
    fn is_null(&self, null: bool) -> Predicate<M>;
}

struct KeyOf<C>(C);

impl<M: Model, C> Key<M> for KeyOf<C>
where
    C: Column<M, Value: Position<Value: ComparedWith<C::SqlType>>> + KeyColumn,
{
    fn is_primary(&self) -> bool {
        TypeId::of::<C>() == TypeId::of::<M::KeyColumn>()
    }

    fn is_nullable(&self) -> bool {
        C::Value::NULLABLE
    }

    fn position(&self, row: &M) -> Option<String> {
        C::get(row).to_text()
    }

    fn compare(&self, lookup: Lookup, text: &str) -> Option<Predicate<M>> {
        let value = C::Value::parse(text)?;
        Some(Compared::new(self.0).compare(lookup, value))
    }

    fn is_null(&self, null: bool) -> Predicate<M> {
        Compared::new(self.0).is_null(null)
    }
}

/// An order whose every value is a column, so that a position in it can be named.
pub struct Keyset<M>(Vec<Term<M>>);

impl<M: Model> Keyset<M> {
    /// The order by these values; the primary key follows if it is none of them. `None` if a value is no column.
    pub fn new(mut terms: Vec<Term<M>>) -> Option<Self> {
        let is_primary = |term: &Term<M>| term.key.as_ref().is_some_and(|key| key.is_primary());
        match terms.iter().position(is_primary) {
            // Nothing is left to be ordered by what stands behind it.
            Some(index) => terms.truncate(index + 1),
            None => terms.extend(M::keyset().pop()),
        }
        terms
            .iter()
            .all(|term| term.key.is_some())
            .then_some(Self(terms))
    }

    /// `query` in this order, or in the opposite one.
    pub fn order(&self, query: M::Query, reverse: bool) -> M::Query {
        self.0.iter().fold(query, |query, term| {
            M::then_order(query, (term.order)(term.descending != reverse))
        })
    }

    /// The values that `row` is ordered by.
    pub fn position(&self, row: &M) -> Vec<Option<String>> {
        self.keys().map(|(key, _)| key.position(row)).collect()
    }

    /// Holds for the rows behind a position, or before it; the position may name the first values only. `None` for a
    /// text that its column cannot hold.
    pub fn beyond(&self, position: &[Option<String>], reverse: bool) -> Option<Predicate<M>> {
        let mut alternatives = Vec::new();
        let values = || self.keys().zip(position);
        for (length, ((key, descending), value)) in values().enumerate() {
            let Some(last) = beyond(key, descending != reverse, value.as_deref())? else {
                continue;
            };
            let mut all = Vec::with_capacity(length + 1);
            for ((key, _), value) in values().take(length) {
                all.push(at(key, Lookup::Exact, value.as_deref())?);
            }
            all.push(last);
            alternatives.push(Predicate::all_of(all));
        }
        let any = Predicate::any_of(alternatives);
        // Says once more where the first column starts, so that an index finds the place.
        let ((key, descending), value) = values().next()?;
        match value
            .as_deref()
            .filter(|_| !key.is_nullable() && position.len() > 1)
        {
            Some(text) => {
                let lookup = if descending != reverse {
                    Lookup::Lte
                } else {
                    Lookup::Gte
                };
                Some(Predicate::all_of(vec![key.compare(lookup, text)?, any]))
            }
            None => Some(any),
        }
    }

    fn keys(&self) -> impl Iterator<Item = (&dyn Key<M>, bool)> {
        self.0
            .iter()
            .filter_map(|term| Some((term.key.as_deref()?, term.descending)))
    }
}

/// Holds behind a value of one column; the inner `None` if nothing stands there.
fn beyond<M: 'static>(
    key: &dyn Key<M>,
    descending: bool,
    value: Option<&str>,
) -> Option<Option<Predicate<M>>> {
    Some(match (value, descending) {
        (Some(text), true) => Some(key.compare(Lookup::Lt, text)?),
        (Some(text), false) if key.is_nullable() => Some(Predicate::any_of(vec![
            key.compare(Lookup::Gt, text)?,
            key.is_null(true),
        ])),
        (Some(text), false) => Some(key.compare(Lookup::Gt, text)?),
        (None, true) => Some(key.is_null(false)),
        (None, false) => None,
    })
}

fn at<M>(key: &dyn Key<M>, lookup: Lookup, value: Option<&str>) -> Option<Predicate<M>> {
    match value {
        Some(text) => key.compare(lookup, text),
        None => Some(key.is_null(true)),
    }
}

/// A type that a cursor can hold as text: as Python's `str()` writes it, so that DRF's clients see what they know.
pub trait Position {
    /// The type without null.
    type Value;

    /// Null is a value.
    const NULLABLE: bool = false;

    /// The text; `None` for null.
    fn to_text(&self) -> Option<String>;
    /// The value of a text; `None` for one that stands for none.
    fn parse(text: &str) -> Option<Self::Value>;
}

impl<T: Position> Position for Option<T> {
    type Value = T::Value;

    const NULLABLE: bool = true;

    fn to_text(&self) -> Option<String> {
        self.as_ref().and_then(T::to_text)
    }

    fn parse(text: &str) -> Option<T::Value> {
        T::parse(text)
    }
}

macro_rules! positions {
    ($($ty:ty: $to_text:expr, $parse:expr;)*) => {$(
        impl Position for $ty {
            type Value = $ty;

            fn to_text(&self) -> Option<String> {
                let to_text: fn(&$ty) -> String = $to_text;
                Some(to_text(self))
            }

            fn parse(text: &str) -> Option<$ty> {
                let parse: fn(&str) -> Option<$ty> = $parse;
                parse(text)
            }
        }
    )*};
}

/// A number that the column cannot hold lies beyond all that it does.
fn clamped<N: TryFrom<i128>>(text: &str, smallest: N, largest: N) -> Option<N> {
    let number = parse_big_int(text)?;
    let limit = if number < 0 { smallest } else { largest };
    Some(number.try_into().unwrap_or(limit))
}

positions! {
    i16: i16::to_string, |text| clamped(text, i16::MIN, i16::MAX);
    i32: i32::to_string, |text| clamped(text, i32::MIN, i32::MAX);
    i64: i64::to_string, |text| clamped(text, i64::MIN, i64::MAX);
    f64: |number| python_float(*number).to_string(), |text| text.parse().ok().filter(|number: &f64| number.is_finite());
    BigDecimal: BigDecimal::to_plain_string, read_by_field;
    bool: |value| if *value { "True".to_owned() } else { "False".to_owned() }, |text| match text {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    };
    String: Self::clone, |text| (!text.contains('\0')).then(|| text.to_owned());
    Uuid: Uuid::to_string, |text| text.parse().ok();
    NaiveDate: |date| date.format("%Y-%m-%d").to_string(), read_by_field;
    NaiveTime: |time| clock(*time), read_by_field;
    DateTime<Utc>: |moment| format!("{} {}+00:00", moment.format("%Y-%m-%d"), clock(moment.time())), read_by_field;
}

/// The value that a serializer's field makes of the text, so that it is one that a column can hold.
fn read_by_field<F: Field<Value = F>>(text: &str) -> Option<F> {
    F::to_internal_value(&text.into(), &FieldOptions::NONE).ok()
}

/// The time of a day, with microseconds if there are any.
fn clock(time: NaiveTime) -> String {
    match time.nanosecond() / 1000 {
        0 => time.format("%H:%M:%S").to_string(),
        _ => time.format("%H:%M:%S%.6f").to_string(),
    }
}
