//! Whole numbers, floating point numbers and decimals (contract §5.10 to §5.12).

use std::{borrow::Cow, cmp::Ordering};

use bigdecimal::{BigDecimal, RoundingMode, Signed, ToPrimitive, Zero, num_bigint::BigInt};
use serde::Serializer;
use serde_json::{Number, Value};

use super::{Bound, Field, FieldKind, FieldOptions, accept, fail, null, string::trim};
use crate::exceptions::ErrorDetail;

/// Characters of a text that stands for a number.
const MAX_LENGTH: u32 = 1000;
/// Python reads no longer integers, since that takes quadratic time.
pub(crate) const MAX_INT_DIGITS: usize = 4300;
/// Digits of a decimal without declared limits: with sign, zero and point it must be short enough to be read again.
const MAX_DIGITS: u32 = MAX_LENGTH - 3;

macro_rules! integer_fields {
    ($($integer:ty)*) => {$(
        /// DRF's `IntegerField`. What the column cannot hold breaks `max_value` or `min_value`.
        impl Field for $integer {
            type Value = $integer;

            const KIND: FieldKind = FieldKind {
                range: Some((<$integer>::MIN as i64, <$integer>::MAX as i64)),
                ..FieldKind::new("integer")
            };

            fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<$integer, ErrorDetail> {
                let number = read_integer(input, options, <$integer>::MIN.into(), <$integer>::MAX.into())?;
                <$integer>::try_from(number).or_else(|_| fail("This is not a whole number.", "invalid"))
            }

            fn to_representation<S: Serializer>(
                value: &$integer,
                options: &FieldOptions,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                match options.coerce_to_string {
                    Some(true) => serializer.collect_str(value),
                    _ => serializer.serialize_i64((*value).into()),
                }
            }
        }
    )*};
}

integer_fields! { i16 i32 i64 }

/// A whole number within the limits of both the field and its column.
fn read_integer(
    input: &Value,
    options: &FieldOptions,
    smallest: i64,
    largest: i64,
) -> Result<i128, ErrorDetail> {
    let compare = |number: &i128, limit| match limit {
        Bound::Int(limit) => Some(number.cmp(&limit.into())),
        Bound::Float(limit) => (*number as f64).partial_cmp(&limit),
    };
    let max = options
        .max_value
        .filter(|limit| compare(&largest.into(), *limit) == Some(Ordering::Greater));
    let min = options
        .min_value
        .filter(|limit| compare(&smallest.into(), *limit) == Some(Ordering::Less));
    let Some(number) = parse_integer(number_input(input)?) else {
        return fail("This is not a whole number.", "invalid");
    };
    let (max, min) = (
        max.unwrap_or(Bound::Int(largest)),
        min.unwrap_or(Bound::Int(smallest)),
    );
    accept_within(number, Some(max), Some(min), compare)
}

/// What Python's `int()` reads once a fraction of zeros is cut off.
fn parse_integer(text: &str) -> Option<i128> {
    let whole = trim(text).trim_end_matches('0').strip_suffix('.');
    parse_big_int(whole.unwrap_or(text))
}

/// DRF's `FloatField`.
impl Field for f64 {
    type Value = f64;

    const KIND: FieldKind = FieldKind::new("float");

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<f64, ErrorDetail> {
        let number = match input {
            // In Python true is 1.
            Value::Bool(bit) => Some(f64::from(u8::from(*bit))),
            input => to_ascii(number_input(input)?).and_then(|text| text.parse().ok()),
        };
        match number {
            Some(number) if number.is_finite() => accept_within(
                number,
                options.max_value,
                options.min_value,
                |number, limit| match limit {
                    Bound::Int(limit) => number.partial_cmp(&(limit as f64)),
                    Bound::Float(limit) => number.partial_cmp(&limit),
                },
            ),
            Some(_) if matches!(input, Value::Number(number) if is_integer(number)) => {
                fail("This number is too large.", "overflow")
            }
            _ => fail("This is not a number.", "invalid"),
        }
    }

    fn to_representation<S: Serializer>(
        value: &f64,
        _options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(*value)
    }
}

/// DRF's `DecimalField`: a text with exactly [`FieldOptions::decimal_places`] digits behind the point.
impl Field for BigDecimal {
    type Value = BigDecimal;

    const KIND: FieldKind = FieldKind::new("decimal");

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<BigDecimal, ErrorDetail> {
        let text = match input {
            Value::Null => return null(),
            Value::String(text) => trim(text),
            Value::Number(number) => number_text(number),
            _ => return fail("This is not a number.", "invalid"),
        };
        check_length(text)?;
        let Some(decimal) = Decimal::parse(text) else {
            return fail("This is not a number.", "invalid");
        };
        accept_within(
            decimal.within(options)?,
            options.max_value,
            options.min_value,
            |number, limit| match limit {
                Bound::Int(limit) => Some(number.cmp(&limit.into())),
                // Compared as the limit is written, not as it is stored.
                Bound::Float(limit) => limit
                    .to_string()
                    .parse()
                    .ok()
                    .map(|limit| number.cmp(&limit)),
            },
        )
    }

    fn is_null_text(input: &Value) -> bool {
        input.as_str().is_some_and(|text| trim(text).is_empty())
    }

    fn to_representation<S: Serializer>(
        value: &BigDecimal,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if options.coerce_to_string == Some(false) || options.normalize_output {
            return other_notation(value, options, serializer);
        }
        match options.decimal_places {
            None => serializer.serialize_str(&value.to_plain_string()),
            Some(places) => match small_decimal(value, places) {
                Some(number) => {
                    serializer.serialize_str(write_small(number, places, &mut [0; SMALL_WIDTH]))
                }
                None => serializer.serialize_str(&rounded(value, places)),
            },
        }
    }
}

/// A decimal as a number, or without the zeros at its end.
fn other_notation<S: Serializer>(
    value: &BigDecimal,
    options: &FieldOptions,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut text = match options.decimal_places {
        None => value.to_plain_string(),
        Some(places) => rounded(value, places),
    };
    if options.normalize_output && text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    match text.parse::<f64>() {
        Ok(number) if options.coerce_to_string == Some(false) && number.is_finite() => {
            serializer.serialize_f64(number)
        }
        // JSON numbers beyond a float's range mean something else to most clients.
        _ => serializer.serialize_str(&text),
    }
}

/// A decimal as it was written: its digits without leading zeros, and where the point stands.
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// What Python's `Decimal()` reads, except infinity and NaN. Nothing is as long as the exponent says yet.
    fn parse(text: &str) -> Option<Self> {
        // Unlike `int()` and `float()`, `Decimal()` ignores underscores wherever they stand.
        let text = text.replace('_', "");
        let text = to_ascii(&text)?;
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(&text);
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = [whole, fraction].concat();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let exponent = exponent
            .parse::<i64>()
            .ok()?
            .checked_sub(fraction.len().try_into().ok()?)?;
        let significant = match digits.trim_start_matches('0') {
            "" => "0",
            significant => significant,
        };
        Some(Self {
            negative: text.starts_with('-'),
            digits: significant.to_owned(),
            exponent,
        })
    }

    /// The number, unless it has more digits than it may have; only the first broken limit is told.
    fn within(self, options: &FieldOptions) -> Result<BigDecimal, ErrorDetail> {
        let written = u64::try_from(self.digits.len()).unwrap_or(u64::MAX);
        let shift = self.exponent.unsigned_abs();
        let (total, places) = match self.exponent {
            0.. => (written.saturating_add(shift), 0),
            _ => (written.max(shift), shift),
        };
        let max_digits = options.max_digits.unwrap_or(MAX_DIGITS);
        if total > max_digits.into() {
            return fail(
                format!("This may have at most {max_digits} digits."),
                "max_digits",
            );
        }
        if let Some(limit) = options
            .decimal_places
            .filter(|limit| places > (*limit).into())
        {
            return fail(
                format!("This may have at most {limit} decimal places."),
                "max_decimal_places",
            );
        }
        let max_whole_digits = options
            .decimal_places
            .map(|places| max_digits.saturating_sub(places));
        if let Some(limit) = max_whole_digits.filter(|limit| total - places > (*limit).into()) {
            return fail(
                format!("This may have at most {limit} digits before the point."),
                "max_whole_digits",
            );
        }
        let Ok(digits) = self.digits.parse::<BigInt>() else {
            return fail("This is not a number.", "invalid");
        };
        let number = BigDecimal::new(if self.negative { -digits } else { digits }, -self.exponent);
        Ok(number.with_scale(
            options
                .decimal_places
                .map_or(self.exponent.min(0).saturating_neg(), i64::from),
        ))
    }
}

/// Enough for the digits of an `i64` or of [`MAX_SMALL_PLACES`], a digit before the point, point and sign.
const SMALL_WIDTH: usize = 24;
const MAX_SMALL_PLACES: u32 = 20;

/// The number in units of its last place, if that is exact and fits: prices and the like, which lists are full of.
fn small_decimal(value: &BigDecimal, places: u32) -> Option<i64> {
    let (digits, scale) = value.as_bigint_and_scale();
    let missing = u32::try_from(i64::from(places).checked_sub(scale)?).ok()?;
    digits
        .to_i64()?
        .checked_mul(10i64.checked_pow(missing)?)
        .filter(|_| places <= MAX_SMALL_PLACES)
}

fn write_small(number: i64, places: u32, buffer: &mut [u8; SMALL_WIDTH]) -> &str {
    let mut start = buffer.len();
    let mut rest = number.unsigned_abs();
    let mut written = 0;
    while rest > 0 || written <= places {
        if written == places && places > 0 {
            start -= 1;
            buffer[start] = b'.';
        }
        start -= 1;
        buffer[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        written += 1;
    }
    if number < 0 {
        start -= 1;
        buffer[start] = b'-';
    }
    str::from_utf8(&buffer[start..]).expect("digits, a point and a sign are ASCII")
}

fn rounded(value: &BigDecimal, places: u32) -> String {
    let rounded = value.with_scale_round(places.into(), RoundingMode::HalfEven);
    // Python keeps the sign of what is rounded to zero; `BigDecimal` has no negative zero.
    let sign = if rounded.is_zero() && value.is_negative() {
        "-"
    } else {
        ""
    };
    format!("{sign}{}", rounded.to_plain_string())
}

/// The number, if it is not beyond its limits.
pub(super) fn accept_within<T>(
    number: T,
    max: Option<Bound>,
    min: Option<Bound>,
    compare: impl Fn(&T, Bound) -> Option<Ordering>,
) -> Result<T, ErrorDetail> {
    let mut broken = Vec::new();
    if let Some(limit) = max.filter(|limit| compare(&number, *limit) == Some(Ordering::Greater)) {
        broken.push(ErrorDetail::new(
            format!("This may be at most {limit}."),
            "max_value",
        ));
    }
    if let Some(limit) = min.filter(|limit| compare(&number, *limit) == Some(Ordering::Less)) {
        broken.push(ErrorDetail::new(
            format!("This must be at least {limit}."),
            "min_value",
        ));
    }
    accept(number, broken)
}

/// The text that may be a number.
fn number_input(input: &Value) -> Result<&str, ErrorDetail> {
    match input {
        Value::Null => null(),
        Value::Number(number) => Ok(number_text(number)),
        Value::String(text) => check_length(text).map(|()| text.as_str()),
        _ => fail("This is not a number.", "invalid"),
    }
}

fn check_length(text: &str) -> Result<(), ErrorDetail> {
    if text.chars().nth(MAX_LENGTH as usize).is_some() {
        return fail("This text is too long for a number.", "max_string_length");
    }
    Ok(())
}

/// A number of JSON as Python's `str()` writes it. The parser has seen to all but floats that are infinite.
pub(super) fn number_text(number: &Number) -> &str {
    match number.as_str() {
        text if is_integer(number) || number.as_f64().is_some() => text,
        text if text.starts_with('-') => "-inf",
        _ => "inf",
    }
}

/// Whether the client wrote a number without point and exponent.
fn is_integer(number: &Number) -> bool {
    !number.as_str().contains(['.', 'e', 'E'])
}

/// The trimmed text with ASCII digits and without underscores, or `None` if one of these does not join digits.
fn to_ascii(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim();
    if text.is_ascii() && !text.contains('_') {
        return Some(Cow::Borrowed(text));
    }
    let mut ascii = String::with_capacity(text.len());
    let mut characters = text.chars().map(ascii_digit).peekable();
    while let Some(c) = characters.next() {
        let joins = ascii.ends_with(|c: char| c.is_ascii_digit())
            && characters.peek().is_some_and(char::is_ascii_digit);
        match c {
            '_' if joins => {}
            '_' => return None,
            c => ascii.push(c),
        }
    }
    Some(Cow::Owned(ascii))
}

/// What [`parse_big_int`] reads, clamped to 64 bits.
pub(crate) fn parse_int(text: &str) -> Option<i64> {
    let clamp = |number: i128| number.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
    parse_big_int(text).map(clamp)
}

/// What Python's `int()` reads: digits of any script, with space around and underscores between; clamped to 128 bits.
pub(crate) fn parse_big_int(text: &str) -> Option<i128> {
    let text = text.trim();
    let (mut number, mut digits, mut after_digit) = (0i128, 0, false);
    for c in text.strip_prefix(['+', '-']).unwrap_or(text).chars() {
        let digit = ascii_digit(c).to_digit(10);
        match digit {
            Some(digit) => {
                number = number.saturating_mul(10).saturating_add(digit.into());
                digits += 1;
            }
            None if c == '_' && after_digit => {}
            None => return None,
        }
        after_digit = digit.is_some();
    }
    let is_number = after_digit && digits <= MAX_INT_DIGITS;
    is_number.then_some(if text.starts_with('-') {
        -number
    } else {
        number
    })
}

/// The ASCII digit of the same value if this is a decimal digit of any script, else the character itself.
pub fn ascii_digit(c: char) -> char {
    let code = u32::from(c);
    let zero = ZEROS[..ZEROS.partition_point(|zero| *zero <= code)]
        .last()
        .unwrap_or(&code);
    char::from_digit(code - zero, 10)
        .filter(|_| !c.is_ascii() && ZEROS.contains(zero))
        .unwrap_or(c)
}

/// The zeros of all scripts (Unicode's category Nd); nine digits follow each.
const ZEROS: [u32; 65] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6,
    0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
    0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650,
    0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50,
    0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
];
