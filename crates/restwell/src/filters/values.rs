//! The types that parameters can be read as, and what each of them accepts (contract §10.3).

use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};
use uuid::Uuid;

use crate::{
    exceptions::ErrorDetail,
    fields::{Choices, Field, FieldOptions, IpAddress, ascii_digit, fail},
};

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

    /// The first and the last value of these days, if it is a type of dates or moments.
    fn days(_first: NaiveDate, _last: NaiveDate) -> Option<Pair<Self>> {
        None
    }
}

impl FilterField for String {
    type Value = Self;

    fn parse(text: &str, _lookup: Lookup) -> Result<Option<Self>, ErrorDetail> {
        no_null_characters(text)?;
        Ok(Some(text.to_owned()))
    }
}

/// Postgres cannot compare with a text that holds one.
pub(super) fn no_null_characters(text: &str) -> Result<(), ErrorDetail> {
    if text.contains('\0') {
        return fail(
            "Null characters are not allowed.",
            "null_characters_not_allowed",
        );
    }
    Ok(())
}

macro_rules! integers {
    ($($integer:ty: $convert:ident),*) => {$(
        impl FilterField for $integer {
            type Value = Self;

            fn parse(text: &str, lookup: Lookup) -> Result<Option<Self>, ErrorDetail> {
                // Django drops the fraction, whatever the lookup.
                let whole = number(text)?.with_scale_round(0, RoundingMode::Down);
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

impl FilterField for bool {
    type Value = Self;

    fn parse(text: &str, _lookup: Lookup) -> Result<Option<Self>, ErrorDetail> {
        Ok(boolean(text))
    }
}

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
        let mut formats = FORMATS.iter();
        match formats.find_map(|format| date_like(text, format)) {
            Some(date) => Ok(Some(date)),
            None => fail("This is not a date.", "invalid"),
        }
    }

    fn days(first: Self, last: Self) -> Option<(Self, Self)> {
        Some((first, last))
    }
}

/// What Python's `strptime` reads. chrono also takes signs, years of any length, and words without a space between.
fn date_like(text: &str, format: &str) -> Option<NaiveDate> {
    let longest_number = text
        .split(|c: char| !c.is_ascii_digit())
        .map(str::len)
        .max();
    let is_like_it = (!format.contains("%Y") || longest_number == Some(4))
        && text.split_whitespace().count() == format.split_whitespace().count()
        && !text.contains('+');
    let date = NaiveDate::parse_from_str(text, format)
        .ok()
        .filter(|_| is_like_it)?;
    match date.year() {
        2069 if format.contains("%y") => date.with_year(1969),
        1..=9999 => Some(date),
        _ => None,
    }
}

impl FilterField for DateTime<Utc> {
    type Value = Self;

    fn parse(text: &str, _lookup: Lookup) -> Result<Option<Self>, ErrorDetail> {
        by_field::<Self>(text)
    }

    fn days(first: NaiveDate, last: NaiveDate) -> Option<(Self, Self)> {
        let end = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999)?;
        Some((
            first.and_time(NaiveTime::MIN).and_utc(),
            last.and_time(end).and_utc(),
        ))
    }
}

impl FilterField for NaiveTime {
    type Value = Self;

    fn parse(text: &str, _lookup: Lookup) -> Result<Option<Self>, ErrorDetail> {
        // Django's form formats.
        const FORMATS: [&str; 2] = ["%H:%M:%S%.f", "%H:%M"];
        let time = FORMATS
            .iter()
            .find_map(|format| Self::parse_from_str(text, format).ok());
        // Python knows no leap seconds.
        let time = time.filter(|time| time.nanosecond() < 1_000_000_000);
        time.map_or_else(
            || fail("This is not a time.", "invalid"),
            |time| Ok(Some(time)),
        )
    }
}

macro_rules! read_by_field {
    ($($ty:ty),*) => {$(
        impl FilterField for $ty {
            type Value = Self;

            fn parse(text: &str, _lookup: Lookup) -> Result<Option<Self>, ErrorDetail> {
                by_field::<Self>(text)
            }
        }
    )*};
}

read_by_field!(IpAddress, TimeDelta, Uuid);

/// The value that a serializer's field makes of the text.
fn by_field<F: Field>(text: &str) -> Result<Option<F::Value>, ErrorDetail> {
    F::to_internal_value(&text.into(), &FieldOptions::NONE).map(Some)
}

/// A number as django-filter reads it: decimal text, at most 1e50.
///
/// # Errors
/// `invalid` for what is no number, `max_value` for one that is too large.
pub fn number(text: &str) -> Result<BigDecimal, ErrorDetail> {
    let digits: String = text
        .trim()
        .chars()
        .filter(|c| *c != '_')
        .map(ascii_digit)
        .collect();
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

/// The values of a comma list; empty items are dropped, values that match no row as well.
///
/// # Errors
/// The first bad item's.
pub fn list<F: FilterField>(text: &str) -> Result<Vec<F::Value>, ErrorDetail> {
    // White space alone is one item, and a bad one.
    let items = text
        .split(',')
        .filter(|item| !item.is_empty() || text.is_empty());
    let values: Result<Vec<_>, _> = items
        .map(|item| F::parse(item.trim(), Lookup::Exact))
        .collect();
    Ok(values?.into_iter().flatten().collect())
}

/// The first and the last of the values that are meant.
pub type Pair<F> = (<F as FilterField>::Value, <F as FilterField>::Value);

/// The two values of `?field__range=first,last`; `None` matches no row.
///
/// # Errors
/// `invalid_values` unless there are two, or the first bad one's.
pub fn pair<F: FilterField>(text: &str) -> Result<Option<Pair<F>>, ErrorDetail> {
    let items: Vec<_> = text.split(',').map(str::trim).collect();
    let [first, last] = items[..] else {
        return fail(
            "This must be two values with a comma between them.",
            "invalid_values",
        );
    };
    let parse = |item: &str, lookup| match item {
        "" => Ok(None),
        item => F::parse(item, lookup),
    };
    Ok(parse(first, Lookup::Gte)?.zip(parse(last, Lookup::Lte)?))
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
        super::choices::invalid_choice(text)
    }
}
