//! What a lookup says of a column, a computed value, or a part of one, as a condition on rows.
//!
//! The SQL is written here, once for all models; types meet in [`ComparedWith`], [`Searched`] and [`Temporal`], so
//! that a filter of the wrong type is one error in our words.

use std::marker::PhantomData;

use diesel::{
    Expression, QueryResult,
    expression::{AsExpression, TypedExpressionType},
    pg::Pg,
    query_builder::{AstPass, QueryFragment},
    sql_types::{
        Array, BigInt, Bool, Date, Double, Float, Inet, Integer, Interval, Nullable, Numeric,
        SmallInt, SqlType, Text, Time, Timestamp, Timestamptz, Uuid,
    },
};

use super::{
    Model,
    expr::{Expr, Infix, Predicate},
};

/// A value of each row of `M` that parameters are compared with.
pub struct Compared<M, E> {
    expression: E,
    model: PhantomData<fn() -> M>,
}

/// A type of values that a column of the SQL type `ST` can be compared with.
#[diagnostic::on_unimplemented(
    message = "this filter compares `{Self}` with a column of type `{ST}`",
    label = "the column's type is `{ST}`",
    note = "a filter has the type of its column, without `Option`"
)]
pub trait ComparedWith<ST>: Clone + 'static {
    /// The value as it is sent to the database.
    type One: QueryFragment<Pg> + Send + 'static;
    /// Several values, sent as one array.
    type Many: QueryFragment<Pg> + Send + 'static;

    /// The value as it is sent to the database.
    fn one(self) -> Self::One;
    /// Several values, sent as one array.
    fn many(values: Vec<Self>) -> Self::Many;
}

#[diagnostic::do_not_recommend]
impl<V, ST> ComparedWith<ST> for V
where
    ST: SqlType + TypedExpressionType,
    V: AsExpression<ST, Expression: QueryFragment<Pg> + Send + 'static> + Clone + 'static,
    Vec<V>: AsExpression<Array<ST>, Expression: QueryFragment<Pg> + Send + 'static>,
{
    type One = V::Expression;
    type Many = <Vec<V> as AsExpression<Array<ST>>>::Expression;

    fn one(self) -> Self::One {
        self.as_expression()
    }

    fn many(values: Vec<Self>) -> Self::Many {
        values.as_expression()
    }
}

/// An SQL type whose values can be searched for a part of their text.
#[diagnostic::on_unimplemented(
    message = "a column of type `{Self}` has no text to search",
    label = "the column's type is `{Self}`"
)]
pub trait Searched {
    /// The values are no texts yet.
    const CAST: bool;
}

/// An SQL type of dates or times, whose parts can be compared.
#[diagnostic::on_unimplemented(
    message = "a column of type `{Self}` has no year, month, day or hour",
    label = "the column's type is `{Self}`"
)]
pub trait Temporal {
    /// What brings the values into UTC, whose days and hours are meant.
    const ZONE: &'static str;
}

macro_rules! sql_types {
    ($($trait:ident::$constant:ident: $type:ty { $($sql_type:ty => $value:expr),* })*) => {$($(
        impl $trait for $sql_type {
            const $constant: $type = $value;
        }
        impl $trait for Nullable<$sql_type> {
            const $constant: $type = $value;
        }
    )*)*};
}

sql_types! {
    Searched::CAST: bool {
        Text => false, SmallInt => true, Integer => true, BigInt => true, Numeric => true, Float => true,
        Double => true, Uuid => true, Date => true, Time => true, Timestamp => true, Timestamptz => true, Interval => true,
        Inet => true, Bool => true
    }
    Temporal::ZONE: &'static str {
        Date => "", Time => "", Timestamp => "", Timestamptz => " AT TIME ZONE 'UTC'"
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

/// What a column is compared with by `gt`, `gte`, `lt` or `lte`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound<V> {
    /// The value, or the nearest one that the column can hold.
    pub value: V,
    /// No value of the column can break it, so every row is within it, also one without a value, as in Django.
    pub is_open: bool,
}

/// How a text is searched for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextLookup {
    /// Equal, whatever the case.
    Iexact,
    /// Anywhere.
    Contains,
    /// Anywhere, whatever the case.
    Icontains,
    /// At the start.
    Startswith,
    /// At the start, whatever the case.
    Istartswith,
    /// At the end.
    Endswith,
    /// At the end, whatever the case.
    Iendswith,
    /// A regular expression of Postgres.
    Regex,
    /// A regular expression of Postgres, whatever the case.
    Iregex,
    /// Full text: every word, in any form.
    Search,
}

impl TextLookup {
    /// What stands between the column and the text, and behind it.
    fn operator(self) -> (&'static str, &'static str) {
        match self {
            Self::Contains | Self::Startswith | Self::Endswith => (" LIKE ", ""),
            Self::Iexact | Self::Icontains | Self::Istartswith | Self::Iendswith => (" ILIKE ", ""),
            Self::Regex => (" ~ ", ""),
            Self::Iregex => (" ~* ", ""),
            Self::Search => (") @@ plainto_tsquery(", ")"),
        }
    }

    /// The text, escaped where it is none of Postgres's own languages.
    fn pattern(self, text: &str) -> String {
        match self {
            Self::Regex | Self::Iregex | Self::Search => text.to_owned(),
            Self::Iexact => like_escape(text),
            Self::Contains | Self::Icontains => format!("%{}%", like_escape(text)),
            Self::Startswith | Self::Istartswith => format!("{}%", like_escape(text)),
            Self::Endswith | Self::Iendswith => format!("%{}", like_escape(text)),
        }
    }
}

/// A part of a date or a time, as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// 1 to 12.
    Month,
    /// The day of the month.
    Day,
    /// 1 is Sunday, 7 is Saturday.
    WeekDay,
    /// 1 is Monday, 7 is Sunday.
    IsoWeekDay,
    /// The week of ISO 8601.
    Week,
    /// The year of that week.
    IsoYear,
    /// 1 to 4.
    Quarter,
    /// 0 to 23.
    Hour,
    /// 0 to 59.
    Minute,
    /// 0 to 59.
    Second,
}

impl Part {
    /// What stands around the column.
    fn sql(self) -> (&'static str, &'static str) {
        match self {
            Self::Month => ("EXTRACT(month FROM ", ")"),
            Self::Day => ("EXTRACT(day FROM ", ")"),
            Self::WeekDay => ("EXTRACT(dow FROM ", ") + 1"),
            Self::IsoWeekDay => ("EXTRACT(isodow FROM ", ")"),
            Self::Week => ("EXTRACT(week FROM ", ")"),
            Self::IsoYear => ("EXTRACT(isoyear FROM ", ")"),
            Self::Quarter => ("EXTRACT(quarter FROM ", ")"),
            Self::Hour => ("EXTRACT(hour FROM ", ")"),
            Self::Minute => ("EXTRACT(minute FROM ", ")"),
            Self::Second => ("TRUNC(EXTRACT(second FROM ", "))"),
        }
    }
}

impl Lookup {
    fn operator(self) -> &'static str {
        match self {
            Self::Exact => " = ",
            Self::Gt => " > ",
            Self::Gte => " >= ",
            Self::Lt => " < ",
            Self::Lte => " <= ",
        }
    }
}

impl<M: Model, E: Expression + QueryFragment<Pg> + Send + 'static> Compared<M, E> {
    /// This value.
    pub fn new(expression: E) -> Self {
        Self {
            expression,
            model: PhantomData,
        }
    }

    /// Equal to, greater or less than a value.
    pub fn compare<V: ComparedWith<E::SqlType>>(self, lookup: Lookup, value: V) -> Predicate<M> {
        Expr::of(Infix(
            "",
            self.expression,
            lookup.operator(),
            value.one(),
            "",
        ))
    }

    /// Within a bound.
    pub fn within<V: ComparedWith<E::SqlType>>(
        self,
        lookup: Lookup,
        bound: Bound<V>,
    ) -> Predicate<M> {
        match bound.is_open {
            true => Expr::all_of(Vec::new()),
            false => self.compare(lookup, bound.value),
        }
    }

    /// Equal to one of these values.
    pub fn among<V: ComparedWith<E::SqlType>>(self, values: Vec<V>) -> Predicate<M> {
        Expr::of(Infix("", self.expression, " = ANY(", V::many(values), ")"))
    }

    /// Null, or anything but null.
    pub fn is_null(self, null: bool) -> Predicate<M> {
        let operator = if null { " IS NULL" } else { " IS NOT NULL" };
        Expr::of(Infix("", self.expression, operator, (), ""))
    }

    /// Holds this text, in one of the ways; values that are no texts are looked at as texts.
    pub fn matches(self, lookup: TextLookup, text: &str) -> Predicate<M>
    where
        E::SqlType: Searched,
    {
        let (operator, end) = lookup.operator();
        let start = if lookup == TextLookup::Search {
            "to_tsvector("
        } else {
            ""
        };
        let pattern = AsExpression::<Text>::as_expression(lookup.pattern(text));
        match <E::SqlType as Searched>::CAST {
            false => Expr::of(Infix(start, self.expression, operator, pattern, end)),
            true => {
                let text = Infix("CAST(", self.expression, " AS text)", (), "");
                Expr::of(Infix(start, text, operator, pattern, end))
            }
        }
    }

    /// A part of the date or time, compared with a number.
    pub fn part(self, part: Part, lookup: Lookup, number: Bound<i32>) -> Predicate<M>
    where
        E::SqlType: Temporal,
    {
        if number.is_open {
            return Expr::all_of(Vec::new());
        }
        let (start, end) = part.sql();
        let number = AsExpression::<Integer>::as_expression(number.value);
        let zoned = Infix(
            start,
            self.expression,
            <E::SqlType as Temporal>::ZONE,
            (),
            end,
        );
        Expr::of(Infix("", zoned, lookup.operator(), number, ""))
    }

    /// The day, in UTC.
    pub fn date(self) -> Compared<M, Day<E>>
    where
        E::SqlType: Temporal,
    {
        Compared::new(Day(self.expression))
    }

    /// From the first to the last of these values.
    pub fn between<V: ComparedWith<E::SqlType>>(self, first: V, last: V) -> Predicate<M>
    where
        E: Clone,
    {
        let least = Self::new(self.expression.clone()).compare(Lookup::Gte, first);
        Expr::all_of(vec![least, self.compare(Lookup::Lte, last)])
    }
}

/// The day of a moment, in UTC.
#[derive(Clone)]
pub struct Day<E>(E);

impl<E: Expression> Expression for Day<E> {
    type SqlType = Nullable<Date>;
}

impl<E: Expression<SqlType: Temporal> + QueryFragment<Pg>> QueryFragment<Pg> for Day<E> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("CAST(");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(<E::SqlType as Temporal>::ZONE);
        out.push_sql(" AS date)");
        Ok(())
    }
}

/// A text as it stands in a `LIKE` pattern, where it matches only itself.
pub fn like_escape(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}
