//! What [`restwell::filters::FilterSet`] reads of a request's parameters: the `django-filter` of Restwell (contract §10).
//!
//! `#[derive(FilterSet)]` writes the calls; the guide `docs/filtering.md` has the filters and their lookups.
#![warn(missing_docs)]

use std::marker::PhantomData;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use restwell::{
    exceptions::{ErrorDetail, Result},
    models::lookups::Lookup,
};

mod asked;
mod values;

pub use asked::{Asked, Parameter};
pub use values::{FilterField, ModelChoice, Pair, boolean, choice, list, number, pair};

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
fn period(name: &str, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
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
