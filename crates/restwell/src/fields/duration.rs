//! Spans of time (contract §5.16).

use std::{cmp::Ordering, sync::LazyLock};

use chrono::TimeDelta;
use regex::{Captures, Regex};
use serde::Serializer;
use serde_json::Value;

use super::{
    Bound, Field, FieldKind, FieldOptions, ascii_digit, fail, null,
    numeric::{accept_within, number_text},
};
use crate::{exceptions::ErrorDetail, renderers::python_float};

const SECOND: i128 = 1_000_000;
const MINUTE: i128 = 60 * SECOND;
const HOUR: i128 = 60 * MINUTE;
const DAY: i128 = 24 * HOUR;

/// DRF's `DurationField`: `interval` columns. A month that the database holds counts 30 days, as to Postgres itself;
/// the limits are seconds. `#[field(format = "iso-8601")]` shows it as `P1DT02H03M04S`, `"seconds"` as `93784.0`.
///
/// The column counts microseconds, so that there are at most 106,751,991 days in either direction.
impl Field for TimeDelta {
    type Value = TimeDelta;

    const KIND: FieldKind = FieldKind::new("duration");

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<TimeDelta, ErrorDetail> {
        let parsed = match input {
            Value::Null => return null(),
            Value::String(text) => parse(text),
            Value::Number(number) => parse(number_text(number)),
            _ => None,
        };
        let Some(micros) = parsed else {
            return fail("This is not a duration such as 1 12:30:00.", "invalid");
        };
        let Ok(micros) = i64::try_from(micros) else {
            return fail("This is too long.", "overflow");
        };
        accept_within(
            TimeDelta::microseconds(micros),
            options.max_value,
            options.min_value,
            compare,
        )
    }

    fn to_representation<S: Serializer>(
        value: &TimeDelta,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let nanos =
            i128::from(value.num_seconds()) * 1_000_000_000 + i128::from(value.subsec_nanos());
        let micros = nanos.div_euclid(1000);
        match options.format {
            Some("iso-8601") => {
                let sign = if micros < 0 { "-" } else { "" };
                let [days, hours, minutes, seconds, rest] = split(micros.abs());
                let fraction = Fraction(rest);
                serializer.collect_str(&format_args!(
                    "{sign}P{days}DT{hours:02}H{minutes:02}M{seconds:02}{fraction}S"
                ))
            }
            Some("seconds") => {
                let seconds = micros as f64 / SECOND as f64;
                serializer.collect_str(&python_float(seconds))
            }
            _ => {
                let [days, hours, minutes, seconds, rest] = split(micros);
                let fraction = Fraction(rest);
                let time = format_args!("{hours:02}:{minutes:02}:{seconds:02}{fraction}");
                match days {
                    0 => serializer.collect_str(&time),
                    days => serializer.collect_str(&format_args!("{days} {time}")),
                }
            }
        }
    }
}

fn compare(value: &TimeDelta, limit: Bound) -> Option<Ordering> {
    let seconds = value.num_microseconds()? as f64 / SECOND as f64;
    match limit {
        Bound::Int(limit) => seconds.partial_cmp(&(limit as f64)),
        Bound::Float(limit) => seconds.partial_cmp(&limit),
    }
}

/// Days, which alone may be negative; hours, minutes, seconds and microseconds.
fn split(micros: i128) -> [i128; 5] {
    let rest = micros.rem_euclid(DAY);
    [
        micros.div_euclid(DAY),
        rest / HOUR,
        rest % HOUR / MINUTE,
        rest % MINUTE / SECOND,
        rest % SECOND,
    ]
}

/// Microseconds behind a point, if there are any.
struct Fraction(i128);

impl std::fmt::Display for Fraction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            0 => Ok(()),
            micros => write!(f, ".{micros:06}"),
        }
    }
}

/// Django's own notation, that of ISO 8601, and that of Postgres: each with days, sign, hours, minutes, seconds.
static NOTATIONS: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    let number = r"(\d+(?:[.,]\d+)?)";
    [
        r"^(?:(-?\d+) (?:days?, )?)?(-?)(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d{1,12})?)$".to_owned(),
        format!("^([-+]?)P(?:{number}D)?(?:T(?:{number}H)?(?:{number}M)?(?:{number}S)?)?$"),
        r"^(?:(-?\d+) days? ?)?(?:([-+])?(\d+):(\d\d):(\d\d(?:\.\d{1,6})?))?$".to_owned(),
    ]
    .map(|pattern| Regex::new(&pattern).expect("the pattern is a constant"))
});

/// What Django's `parse_duration` reads, in microseconds; nothing at all is no time.
fn parse(text: &str) -> Option<i128> {
    let [django, iso, postgres] = &*NOTATIONS;
    let days_and_time = |parts: Captures<'_>| {
        let part = |index| parts.get(index).map_or("", |part| part.as_str());
        let time = exact(part(3), HOUR) + exact(part(4), MINUTE) + truncated(part(5));
        let time = if part(2) == "-" { -time } else { time };
        exact(part(1), DAY) + time
    };
    let parts_of_iso = |parts: Captures<'_>| {
        let part = |index| parts.get(index).map_or("", |part| part.as_str());
        let units = [DAY, HOUR, MINUTE, SECOND];
        let sum: i128 = (2..)
            .zip(units)
            .map(|(index, unit)| rounded(part(index), unit))
            .sum();
        if part(1) == "-" { -sum } else { sum }
    };
    // Django tries them in this order.
    let found = django.captures(text).map(days_and_time);
    found
        .or_else(|| iso.captures(text).map(parts_of_iso))
        .or_else(|| postgres.captures(text).map(days_and_time))
}

/// More units than any column holds, of which a few more still fit.
const FAR: i128 = 10i128.pow(24);

/// Whole units.
fn exact(digits: &str, unit: i128) -> i128 {
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, digits),
    };
    let count = digits.chars().map(ascii_digit).fold(0i128, |count, digit| {
        FAR.min(count * 10 + i128::from(digit.to_digit(10).unwrap_or_default()))
    });
    let micros = count * unit;
    if negative { -micros } else { micros }
}

/// Seconds, whose digits after the sixth of the fraction do not count.
fn truncated(text: &str) -> i128 {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let fraction: String = fraction.chars().take(6).collect();
    exact(whole, SECOND) + exact(&format!("{fraction:0<6}"), 1)
}

/// Units of which a part is rounded to microseconds, half of one to the even neighbour.
fn rounded(text: &str, unit: i128) -> i128 {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let fraction: String = fraction.chars().map(ascii_digit).collect();
    let part: f64 = format!("0.{fraction}").parse().unwrap_or_default();
    exact(whole, unit) + (part * unit as f64).round_ties_even() as i128
}
