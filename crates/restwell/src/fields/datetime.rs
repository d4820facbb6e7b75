//! Dates, moments and times of day (contract §5.13 to §5.15).

use std::{ops::RangeInclusive, sync::LazyLock};

use chrono::{
    DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc, Weekday,
};
use regex::{Captures, Regex};
use serde::Serializer;
use serde_json::Value;

use super::{Field, FieldKind, FieldOptions, ascii_digit, fail, null};
use crate::exceptions::ErrorDetail;

/// The years that can be written with four digits.
const YEARS: RangeInclusive<i32> = 1..=9999;
const SECONDS_OF_A_DAY: i64 = 24 * 60 * 60;

/// DRF's `DateField`.
impl Field for NaiveDate {
    type Value = NaiveDate;

    const KIND: FieldKind = FieldKind::new("date");

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<NaiveDate, ErrorDetail> {
        let date = match input {
            Value::Null => return null(),
            Value::String(text) => parse_with(text, options, parse_date, NaiveDate::parse_from_str),
            _ => None,
        };
        date.map_or_else(
            || fail("This is not a date such as 2020-01-31.", "invalid"),
            Ok,
        )
    }

    fn to_representation<S: Serializer>(
        value: &NaiveDate,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if let Some(format) = options.format {
            return serializer.collect_str(&value.format(format));
        }
        let mut text = *b"0000-00-00";
        match write_date(&mut text, *value) {
            Some(()) => serializer.serialize_str(ascii(&text)),
            None => serializer.collect_str(value),
        }
    }
}

/// DRF's `DateTimeField` in UTC: what comes without an offset is UTC.
impl Field for DateTime<Utc> {
    type Value = DateTime<Utc>;

    const KIND: FieldKind = FieldKind::new("datetime");

    fn to_internal_value(
        input: &Value,
        options: &FieldOptions,
    ) -> Result<DateTime<Utc>, ErrorDetail> {
        read_moment(input, options).map(|moment| moment.and_utc())
    }

    fn to_representation<S: Serializer>(
        value: &DateTime<Utc>,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match options.format {
            Some(format) => serializer.collect_str(&value.format(format)),
            None => serialize_moment(value.naive_utc(), true, serializer),
        }
    }
}

/// DRF's `DateTimeField` without time zones: `timestamp` columns. What comes with an offset becomes UTC.
impl Field for NaiveDateTime {
    type Value = NaiveDateTime;

    const KIND: FieldKind = FieldKind::new("datetime");

    fn to_internal_value(
        input: &Value,
        options: &FieldOptions,
    ) -> Result<NaiveDateTime, ErrorDetail> {
        read_moment(input, options)
    }

    fn to_representation<S: Serializer>(
        value: &NaiveDateTime,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match options.format {
            Some(format) => serializer.collect_str(&value.and_utc().format(format)),
            None => serialize_moment(*value, false, serializer),
        }
    }
}

/// A moment in UTC.
fn read_moment(input: &Value, options: &FieldOptions) -> Result<NaiveDateTime, ErrorDetail> {
    let parsed = match input {
        Value::Null => return null(),
        Value::String(text) => parse_with(text, options, Parts::parse, Parts::parse_format),
        _ => None,
    };
    let Some(parts) = parsed else {
        return fail(
            "This is not a time such as 2020-01-31T12:30:00Z.",
            "invalid",
        );
    };
    match parts.date.and_time(parts.time) - parts.offset {
        moment if YEARS.contains(&moment.year()) => Ok(moment),
        _ => fail("This is not in the years 1 to 9999.", "overflow"),
    }
}

/// What one of the field's notations makes of a text; `iso-8601` among them is the usual one.
fn parse_with<T, E>(
    text: &str,
    options: &FieldOptions,
    usual: fn(&str) -> Option<T>,
    parse: fn(&str, &str) -> Result<T, E>,
) -> Option<T> {
    let read = |format: &&str| match *format {
        "iso-8601" => usual(text),
        // chrono skips white space before numbers, Python does not.
        format => parse(text, format).ok().filter(|_| text.trim() == text),
    };
    match options.input_formats {
        [] => usual(text),
        formats => formats.iter().find_map(read),
    }
}

/// `2020-01-31T12:30:00`, with microseconds if there are any, and with `Z` if it is in UTC.
fn serialize_moment<S: Serializer>(
    value: NaiveDateTime,
    is_utc: bool,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    if write_date(&mut text[..10], value.date()).is_none() {
        let zone = if is_utc { "Z" } else { "" };
        return serializer
            .collect_str(&format_args!("{}{zone}", value.format("%Y-%m-%dT%H:%M:%S")));
    }
    let end = 11 + write_time(&mut text[11..], value.time());
    text[end] = b'Z';
    serializer.serialize_str(ascii(&text[..end + usize::from(is_utc)]))
}

/// Writes `HH:MM:SS`, or `HH:MM:SS.ffffff` if there are microseconds, over the text; its length.
fn write_time(text: &mut [u8], time: NaiveTime) -> usize {
    write_digits(&mut text[..2], time.hour());
    write_digits(&mut text[3..5], time.minute());
    write_digits(&mut text[6..8], time.second());
    match time.nanosecond() / 1000 {
        0 => 8,
        micros => {
            // A leap second has more than a million microseconds here; only the last digits are written.
            write_digits(&mut text[9..15], micros);
            15
        }
    }
}

/// Writes `YYYY-MM-DD` over the text, if the year has at most four digits.
fn write_date(text: &mut [u8], date: NaiveDate) -> Option<()> {
    write_digits(
        &mut text[..4],
        u32::try_from(date.year())
            .ok()
            .filter(|year| *year <= 9999)?,
    );
    write_digits(&mut text[5..7], date.month());
    write_digits(&mut text[8..10], date.day());
    Some(())
}

fn write_digits(text: &mut [u8], mut number: u32) {
    for digit in text.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

fn ascii(text: &[u8]) -> &str {
    str::from_utf8(text).expect("dates are written in ASCII")
}

/// What Django's `parse_date` reads.
fn parse_date(text: &str) -> Option<NaiveDate> {
    let mut iso = Cursor(text);
    match iso.date() {
        Some(date) if iso.0.is_empty() => Some(date),
        _ => LOOSE
            .captures(text)
            .filter(|parts| parts.get(4).is_none())
            .and_then(|parts| loose_date(&parts)),
    }
}

/// A moment as it was written.
struct Parts {
    date: NaiveDate,
    time: NaiveTime,
    offset: TimeDelta,
}

impl Parts {
    fn parse(text: &str) -> Option<Self> {
        Self::parse_iso(text).or_else(|| Self::parse_loose(text))
    }

    /// What a notation of chrono's `strftime` reads; it may leave out the offset, and the time.
    fn parse_format(text: &str, format: &str) -> Result<Self, chrono::ParseError> {
        if let Ok(moment) = DateTime::parse_from_str(text, format) {
            return Ok(Self {
                date: moment.date_naive(),
                time: moment.time(),
                offset: TimeDelta::seconds(moment.offset().local_minus_utc().into()),
            });
        }
        let moment = NaiveDateTime::parse_from_str(text, format).or_else(|_| {
            NaiveDate::parse_from_str(text, format).map(|date| date.and_time(NaiveTime::MIN))
        })?;
        Ok(Self {
            date: moment.date(),
            time: moment.time(),
            offset: TimeDelta::zero(),
        })
    }

    /// What Python's `datetime.fromisoformat` reads: every part has all its digits, and any one character may stand
    /// between date and time.
    fn parse_iso(text: &str) -> Option<Self> {
        let mut cursor = Cursor(text);
        let date = cursor.date()?;
        if cursor.0.is_empty() {
            return Some(Self {
                date,
                time: NaiveTime::MIN,
                offset: TimeDelta::zero(),
            });
        }
        cursor.skip();
        let [hour, minute, second, micro] = cursor.clock()?;
        let time = NaiveTime::from_hms_micro_opt(hour, minute, second, micro)?;
        let offset = cursor.offset()?;
        Some(Self { date, time, offset })
    }

    /// What Django's `parse_datetime` reads besides: parts of one digit, and spaces before the offset.
    fn parse_loose(text: &str) -> Option<Self> {
        let parts = LOOSE.captures(text)?;
        let number = |index| parts.get(index).map_or(Some(0), |part| int(part.as_str()));
        let micro = parts
            .get(7)
            .map_or(Some(0), |part| int(&format!("{:0<6}", part.as_str())));
        let time = NaiveTime::from_hms_micro_opt(
            int(parts.get(4)?.as_str())?,
            number(5)?,
            number(6)?,
            micro?,
        )?;
        let minutes = i64::from(number(9)? * 60 + number(10)?);
        let sign = if parts.get(8).is_some_and(|sign| sign.as_str() == "-") {
            -1
        } else {
            1
        };
        let offset = TimeDelta::minutes(minutes * sign);
        (offset.num_seconds().abs() < SECONDS_OF_A_DAY).then_some(Self {
            date: loose_date(&parts)?,
            time,
            offset,
        })
    }
}

/// The expressions of Django's `dateparse` for dates and moments in one: year, month, day; hour, minute, second,
/// microseconds; sign, hours, minutes of the offset.
static LOOSE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?\s*(?:Z|([+-])(\d{2})(?::?(\d{2}))?)?)?$";
    Regex::new(pattern).expect("the pattern is a constant")
});

fn loose_date(parts: &Captures<'_>) -> Option<NaiveDate> {
    let year = i32::try_from(int(&parts[1])?)
        .ok()
        .filter(|year| YEARS.contains(year))?;
    NaiveDate::from_ymd_opt(year, int(&parts[2])?, int(&parts[3])?)
}

/// The number of these digits, of any script.
fn int(digits: &str) -> Option<u32> {
    digits
        .chars()
        .map(ascii_digit)
        .try_fold(0u32, |number, digit| {
            number.checked_mul(10)?.checked_add(digit.to_digit(10)?)
        })
}

/// What is left of a text in ISO 8601.
struct Cursor<'a>(&'a str);

impl Cursor<'_> {
    /// Takes exactly this many ASCII digits.
    fn digits(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let number = digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| digits.parse().ok())
            .flatten()?;
        self.0 = rest;
        Some(number)
    }

    /// Drops a character, whichever it is.
    fn skip(&mut self) {
        let mut characters = self.0.chars();
        characters.next();
        self.0 = characters.as_str();
    }

    /// Takes one of these characters, if it comes next.
    fn eat(&mut self, expected: &[char]) -> bool {
        self.0
            .strip_prefix(expected)
            .inspect(|rest| self.0 = rest)
            .is_some()
    }

    /// Takes `YYYY-MM-DD`, `YYYYMMDD`, `YYYY-Www[-D]` or `YYYYWww[D]`.
    fn date(&mut self) -> Option<NaiveDate> {
        let year = i32::try_from(self.digits(4)?).ok()?;
        let dashed = self.eat(&['-']);
        let date = if self.eat(&['W']) {
            let week = self.digits(2)?;
            NaiveDate::from_isoywd_opt(year, week, self.weekday(dashed)?)?
        } else {
            let month = self.digits(2)?;
            if self.eat(&['-']) != dashed {
                return None;
            }
            NaiveDate::from_ymd_opt(year, month, self.digits(2)?)?
        };
        (YEARS.contains(&year) && YEARS.contains(&date.year())).then_some(date)
    }

    /// Takes the day of a week, which is Monday if it is left out.
    fn weekday(&mut self, dashed: bool) -> Option<Weekday> {
        let mut day = Cursor(self.0);
        let number = if !dashed || day.eat(&['-']) {
            day.digits(1)
        } else {
            None
        };
        let is_time = |rest: &str| dashed && rest.starts_with(|c: char| c.is_ascii_digit());
        match number {
            Some(number) if !is_time(day.0) => {
                self.0 = day.0;
                Weekday::try_from(u8::try_from(number.checked_sub(1)?).ok()?).ok()
            }
            _ => Some(Weekday::Mon),
        }
    }

    /// Takes all that is left: an offset, `Z`, or nothing.
    fn offset(&mut self) -> Option<TimeDelta> {
        let sign = match self.0.as_bytes() {
            [] | [b'Z'] => return Some(TimeDelta::zero()),
            [b'+', ..] => 1,
            [b'-', ..] => -1,
            _ => return None,
        };
        self.skip();
        let [hours, minutes, seconds, micros] = self.clock()?.map(i64::from);
        let offset = TimeDelta::seconds(hours * 3600 + minutes * 60 + seconds)
            + TimeDelta::microseconds(micros);
        let is_offset = self.0.is_empty() && offset.num_seconds() < SECONDS_OF_A_DAY;
        is_offset.then(|| offset * sign)
    }

    /// Takes `HH[:MM[:SS[.f…]]]` or `HH[MM[SS[.f…]]]`; digits after the sixth of the fraction do not count.
    fn clock(&mut self) -> Option<[u32; 4]> {
        let mut clock = [self.digits(2)?, 0, 0, 0];
        let colons = self.0.starts_with(':');
        for part in 1..3 {
            let follows = if colons {
                self.eat(&[':'])
            } else {
                self.0.starts_with(|c: char| c.is_ascii_digit())
            };
            if !follows {
                return Some(clock);
            }
            clock[part] = self.digits(2)?;
        }
        if self.eat(&['.', ',']) {
            let rest = self.0.trim_start_matches(|c: char| c.is_ascii_digit());
            let fraction = &self.0[..self.0.len() - rest.len()];
            clock[3] = format!("{fraction:0<6.6}")
                .parse()
                .ok()
                .filter(|_| !fraction.is_empty())?;
            self.0 = rest;
        }
        Some(clock)
    }
}

/// DRF's `TimeField`: `time` columns. A time zone that comes with it is dropped.
impl Field for NaiveTime {
    type Value = NaiveTime;

    const KIND: FieldKind = FieldKind::new("time");

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<NaiveTime, ErrorDetail> {
        let time = match input {
            Value::Null => return null(),
            Value::String(text) => parse_with(text, options, parse_time, NaiveTime::parse_from_str),
            _ => None,
        };
        time.map_or_else(|| fail("This is not a time such as 12:30.", "invalid"), Ok)
    }

    fn to_representation<S: Serializer>(
        value: &NaiveTime,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if let Some(format) = options.format {
            return serializer.collect_str(&value.format(format));
        }
        let mut text = *b"00:00:00.000000";
        let length = write_time(&mut text, *value);
        serializer.serialize_str(ascii(&text[..length]))
    }
}

fn parse_time(text: &str) -> Option<NaiveTime> {
    parse_iso_time(text).or_else(|| parse_loose_time(text))
}

/// What Python's `time.fromisoformat` reads: every part has all its digits.
fn parse_iso_time(text: &str) -> Option<NaiveTime> {
    let mut cursor = Cursor(text);
    cursor.eat(&['T']);
    let [hour, minute, second, micro] = cursor.clock()?;
    if !cursor.0.is_empty() {
        // A space may stand before the offset.
        cursor.eat(&[' ']);
        cursor.offset().filter(|_| !text.ends_with(' '))?;
    }
    NaiveTime::from_hms_micro_opt(hour, minute, second, micro)
}

/// What Django's `parse_time` reads besides: parts of one digit.
static LOOSE_TIME: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?$";
    Regex::new(pattern).expect("the pattern is a constant")
});

fn parse_loose_time(text: &str) -> Option<NaiveTime> {
    let parts = LOOSE_TIME.captures(text)?;
    let second = parts.get(3).map_or(Some(0), |part| int(part.as_str()))?;
    let micro = parts
        .get(4)
        .map_or(Some(0), |part| int(&format!("{:0<6}", part.as_str())))?;
    NaiveTime::from_hms_micro_opt(int(&parts[1])?, int(&parts[2])?, second, micro)
}
