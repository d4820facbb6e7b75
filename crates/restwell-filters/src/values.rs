//! The types that parameters can be read as, and what each of them accepts (contract §10.3).

use bigdecimal::{BigDecimal, FromPrimitive, RoundingMode, ToPrimitive, num_bigint::Sign};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};
use restwell::{
    db::Conn,
    exceptions::{ErrorDetail, Result},
    fields::{Choices, Field, FieldOptions, IpAddress, ascii_digit, fail},
    models::{
        Key, Model, SlugModel,
        lookups::{Bound, Lookup},
    },
    permissions::visible,
    relations::{PrimaryKey, Slug},
    request::Request,
};
use uuid::Uuid;

/// A type that query parameters can be compared with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a filter",
    label = "no filter covers `{Self}`",
    note = "implement `restwell_filters::FilterField` for `{Self}`, or use one of the types it is implemented for"
)]
pub trait FilterField: Sized + Clone + 'static {
    /// What the column is compared with.
    type Value: Clone + 'static;

    /// Called for each parameter that is not empty, with its text trimmed; `None` matches no row.
    ///
    /// # Errors
    /// Why the text is none of these values.
    fn parse(text: &str, lookup: Lookup) -> Result<Option<Self::Value>, ErrorDetail>;

    /// Called in place of `parse` for `gt`, `gte`, `lt` and `lte`. Override it for a type whose columns have a least or
    /// a largest value, which texts can lie beyond; `None` matches no row.
    ///
    /// # Errors
    /// Why the text is none of these values.
    fn bound(text: &str, lookup: Lookup) -> Result<Option<Bound<Self::Value>>, ErrorDetail> {
        let is_open = false;
        let value = Self::parse(text, lookup)?;
        Ok(value.map(|value| Bound { value, is_open }))
    }

    /// The first and the last value of these days, if it is a type of dates or moments.
    fn days(_first: NaiveDate, _last: NaiveDate) -> Option<Pair<Self>> {
        None
    }
}

/// How rows are compared with a bound; `None` leaves no row.
type Read<V> = Option<(Lookup, Bound<V>)>;

/// The bound, and how rows are compared with it; if it is to be closed, those without a value are never within it.
pub(crate) fn read_bound<F: FilterField>(
    text: &str,
    lookup: Lookup,
    is_closed: bool,
) -> Result<Read<F::Value>, ErrorDetail> {
    let bound = F::bound(text, lookup)?;
    Ok(bound.map(|Bound { value, is_open }| {
        let lookup = match lookup {
            Lookup::Gt if is_open => Lookup::Gte,
            Lookup::Lt if is_open => Lookup::Lte,
            lookup => lookup,
        };
        let is_open = is_open && !is_closed;
        (lookup, Bound { value, is_open })
    }))
}

impl FilterField for String {
    type Value = Self;

    fn parse(text: &str, _lookup: Lookup) -> Result<Option<Self>, ErrorDetail> {
        no_null_characters(text)?;
        Ok(Some(text.to_owned()))
    }
}

/// Postgres cannot compare with a text that holds one.
pub(crate) fn no_null_characters(text: &str) -> Result<(), ErrorDetail> {
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
                Ok(Self::bound(text, lookup)?.map(|bound| bound.value))
            }

            fn bound(text: &str, lookup: Lookup) -> Result<Option<Bound<Self>>, ErrorDetail> {
                // Django drops the fraction, whatever the lookup.
                let whole = number(text)?.with_scale_round(0, RoundingMode::Down);
                let is_below = whole.sign() == Sign::Minus;
                let (value, is_open) = match (whole.$convert(), lookup) {
                    (Some(value), _) => (value, false),
                    (None, Lookup::Gt | Lookup::Gte) if is_below => (Self::MIN, true),
                    (None, Lookup::Lt | Lookup::Lte) if !is_below => (Self::MAX, true),
                    (None, _) => return Ok(None),
                };
                Ok(Some(Bound { value, is_open }))
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

/// A number as django-filter reads it: decimal text, at most 1e50; one below -1e51 counts as that.
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
    let places = number.digits().cast_signed().saturating_sub(scale);
    match (number.sign(), places > LARGEST_PLACES) {
        // Django has no least number. Below this one there is no column's.
        (Sign::Minus, true) => return Ok(BigDecimal::new((-1).into(), -LARGEST_PLACES)),
        (Sign::Plus, is_beyond) if is_beyond || is_too_large(&number) => {
            return fail("This number is too large.", "max_value");
        }
        _ => {}
    }
    // Zero may have been written with an exponent, and a fraction of more places than that is beyond every column.
    Ok(match number.sign() == Sign::NoSign || scale > 1000 {
        true => BigDecimal::from(0),
        false => number,
    })
}

/// The digits of `1e50` before its point.
const LARGEST_PLACES: i64 = 51;

/// The limit is a float in Django, whose value is a little more than it says.
fn is_too_large(number: &BigDecimal) -> bool {
    BigDecimal::from_f64(1e50).is_some_and(|largest| *number > largest)
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
        invalid_choice(text)
    }
}

/// A way of naming the rows of another model in a parameter.
pub trait ModelChoice {
    /// The model of the named rows.
    type Target: Model;

    /// Whether a text can name a row at all.
    fn is_name(text: &str) -> bool;

    /// The keys of the rows that these texts name, of those that the request may see.
    ///
    /// # Errors
    /// The outer one when the database fails; the inner one is `invalid_choice` if any text names no row.
    fn keys(
        texts: &[&str],
        request: &Request,
        conn: &mut Conn,
    ) -> Result<std::result::Result<Vec<<Self::Target as Model>::Key>, ErrorDetail>>;
}

impl<M: Model> ModelChoice for PrimaryKey<M> {
    type Target = M;

    fn is_name(text: &str) -> bool {
        M::Key::parse(text).is_some()
    }

    fn keys(
        texts: &[&str],
        request: &Request,
        conn: &mut Conn,
    ) -> Result<std::result::Result<Vec<M::Key>, ErrorDetail>> {
        let mut keys = Vec::with_capacity(texts.len());
        for text in texts {
            match M::Key::parse(text) {
                Some(key) => keys.push(key),
                None => return Ok(invalid_choice(text)),
            }
        }
        let rows = visible::<M>(request, M::query(), conn)?;
        let known = M::load_keys(M::filter_keys(rows, keys.clone()), conn)?;
        Ok(match keys.iter().find(|key| !known.contains(key)) {
            Some(unknown) => invalid_choice(&unknown.to_string()),
            None => Ok(keys),
        })
    }
}

impl<M: SlugModel> ModelChoice for Slug<M> {
    type Target = M;

    fn is_name(_: &str) -> bool {
        true
    }

    fn keys(
        texts: &[&str],
        request: &Request,
        conn: &mut Conn,
    ) -> Result<std::result::Result<Vec<M::Key>, ErrorDetail>> {
        let asked = texts
            .iter()
            .filter(|text| !text.contains('\0'))
            .map(|text| (*text).to_owned())
            .collect();
        let rows = visible::<M>(request, M::query(), conn)?;
        let known = M::load_slugs(M::filter_slugs(rows, asked), conn)?;
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

/// A text that is none of those that are possible.
pub(crate) fn invalid_choice<T>(text: &str) -> Result<T, ErrorDetail> {
    fail(
        format!("“{text}” is not one of the choices."),
        "invalid_choice",
    )
}
