use std::str::FromStr;

use bigdecimal::BigDecimal;
use restwell::fields::{Bound, FieldOptions};

use super::{NONE, check, json_text, shown};

#[test]
fn whole_numbers_are_read_from_numbers_and_texts() {
    check::<i32>(
        NONE,
        &[
            ("1", Ok("1")),
            ("1.0", Ok("1")),
            ("-1000.0", Ok("-1000")),
            (r#"" +1\n""#, Ok("1")),
            (r#""-0""#, Ok("0")),
            (r#""007""#, Ok("7")),
            (r#""1.""#, Ok("1")),
            (r#""1.00 ""#, Ok("1")),
            (r#""1_000""#, Ok("1000")),
            (r#""٣٤""#, Ok("34")),
            (r#""-𝟙２.0""#, Ok("-12")),
            ("true", Err("invalid")),
            ("1.5", Err("invalid")),
            ("1e+16", Err("invalid")),
            ("1e999", Err("invalid")),
            (r#""1e3""#, Err("invalid")),
            (r#""1,000""#, Err("invalid")),
            (r#""1__0""#, Err("invalid")),
            (r#""_1""#, Err("invalid")),
            (r#""0x10""#, Err("invalid")),
            (r#""+ 1""#, Err("invalid")),
            (r#""1.٠""#, Err("invalid")),
            (r#""²""#, Err("invalid")),
            (r#"".0""#, Err("invalid")),
            (r#""""#, Err("invalid")),
            ("[1]", Err("invalid")),
            ("null", Err("null")),
        ],
    );
    check::<Option<i32>>(
        NONE,
        &[
            ("null", Ok("null")),
            (r#""""#, Err("invalid")),
            (r#""null""#, Err("invalid")),
        ],
    );
}

#[test]
fn columns_bound_whole_numbers() {
    check::<i16>(
        NONE,
        &[
            ("32767", Ok("32767")),
            ("32768", Err("max_value")),
            ("-32768", Ok("-32768")),
            ("-32769", Err("min_value")),
        ],
    );
    check::<i32>(
        NONE,
        &[
            ("2147483647", Ok("2147483647")),
            (r#""2147483648""#, Err("max_value")),
        ],
    );
    check::<i64>(
        NONE,
        &[
            ("9223372036854775807", Ok("9223372036854775807")),
            ("9223372036854775808", Err("max_value")),
            (r#""-9223372036854775808""#, Ok("-9223372036854775808")),
            ("-9223372036854775809", Err("min_value")),
        ],
    );
    check::<i64>(
        NONE,
        &[
            (&"9".repeat(2000), Err("max_value")),
            (&format!("-{}", "9".repeat(400)), Err("min_value")),
        ],
    );
}

#[test]
fn declared_limits_of_whole_numbers_are_inclusive_and_told_once() {
    let options = FieldOptions {
        min_value: Some(Bound::Int(1)),
        max_value: Some(Bound::Float(5.5)),
        ..NONE
    };
    check::<i16>(
        options,
        &[
            ("0", Err("min_value")),
            ("1", Ok("1")),
            ("5", Ok("5")),
            ("6", Err("max_value")),
            ("-99999", Err("min_value")),
            ("99999", Err("max_value")),
        ],
    );
}

#[test]
fn texts_of_numbers_have_at_most_a_thousand_characters() {
    let (longest, too_long) = (json_text(&"٣".repeat(1000)), json_text(&"٣".repeat(1001)));
    check::<i32>(
        NONE,
        &[
            (&longest, Err("max_value")),
            (&too_long, Err("max_string_length")),
        ],
    );
    check::<f64>(
        NONE,
        &[
            (&longest, Err("invalid")),
            (&too_long, Err("max_string_length")),
        ],
    );
    check::<BigDecimal>(
        decimal(6, 2),
        &[
            (&longest, Err("max_digits")),
            (&too_long, Err("max_string_length")),
        ],
    );
    // Only decimals are measured after trimming, and as numbers too.
    let padded = format!("\"{}1\"", " ".repeat(1000));
    check::<f64>(
        NONE,
        &[
            (&padded, Err("max_string_length")),
            (&"9".repeat(1001), Err("overflow")),
        ],
    );
    check::<BigDecimal>(
        decimal(6, 2),
        &[
            (&padded, Ok(r#""1.00""#)),
            (&"9".repeat(1001), Err("max_string_length")),
        ],
    );
}

#[test]
fn floats_are_read_as_python_reads_them() {
    check::<f64>(
        NONE,
        &[
            ("1", Ok("1.0")),
            ("1.5", Ok("1.5")),
            ("true", Ok("1.0")),
            ("false", Ok("0.0")),
            (r#"" -1.5e3 ""#, Ok("-1500.0")),
            (r#"".5""#, Ok("0.5")),
            (r#""5.""#, Ok("5.0")),
            (r#""1_0.0_5""#, Ok("10.05")),
            (r#""٣.٥""#, Ok("3.5")),
            (r#""1e-400""#, Ok("0.0")),
            (r#""1._0""#, Err("invalid")),
            (r#""nan""#, Err("invalid")),
            (r#""-Infinity""#, Err("invalid")),
            (r#""1e400""#, Err("invalid")),
            ("1e999", Err("invalid")),
            (r#"".""#, Err("invalid")),
            (r#""0x10""#, Err("invalid")),
            (r#""""#, Err("invalid")),
            ("[]", Err("invalid")),
            ("null", Err("null")),
        ],
    );
    check::<f64>(
        NONE,
        &[
            (&"9".repeat(400), Err("overflow")),
            (&json_text(&"9".repeat(400)), Err("invalid")),
        ],
    );
}

#[test]
fn limits_of_floats_are_inclusive() {
    let options = FieldOptions {
        min_value: Some(Bound::Int(0)),
        max_value: Some(Bound::Float(5.5)),
        ..NONE
    };
    let rows = [
        ("-0.1", Err("min_value")),
        ("0", Ok("0.0")),
        ("5.5", Ok("5.5")),
        ("5.6", Err("max_value")),
    ];
    check::<f64>(options, &rows);
}

fn decimal(max_digits: u32, decimal_places: u32) -> FieldOptions {
    FieldOptions {
        max_digits: Some(max_digits),
        decimal_places: Some(decimal_places),
        ..NONE
    }
}

#[test]
fn decimals_are_read_with_the_digits_as_written() {
    check::<BigDecimal>(
        decimal(6, 2),
        &[
            ("1", Ok(r#""1.00""#)),
            ("1.1", Ok(r#""1.10""#)),
            (r#"" 000001.50 ""#, Ok(r#""1.50""#)),
            (r#""1e2""#, Ok(r#""100.00""#)),
            (r#""150E-2""#, Ok(r#""1.50""#)),
            (r#""-9999.99""#, Ok(r#""-9999.99""#)),
            (r#"".5""#, Ok(r#""0.50""#)),
            (r#""5.""#, Ok(r#""5.00""#)),
            (r#""_1__0_""#, Ok(r#""10.00""#)),
            (r#""٣.٥""#, Ok(r#""3.50""#)),
            (r#""1.500""#, Err("max_decimal_places")),
            ("12345", Err("max_whole_digits")),
            ("1234567", Err("max_digits")),
            ("100000.0", Err("max_digits")),
            ("3.3000000000000003", Err("max_digits")),
            ("1e-05", Err("max_decimal_places")),
            (r#""0e5""#, Err("max_whole_digits")),
            (r#""1e999999999""#, Err("max_digits")),
            (r#""-1e-999999999""#, Err("max_digits")),
            (r#""1e99999999999999999999""#, Err("invalid")),
            ("1e999", Err("invalid")),
            (r#""NaN""#, Err("invalid")),
            (r#""Infinity""#, Err("invalid")),
            (r#""1,5""#, Err("invalid")),
            (r#""1e""#, Err("invalid")),
            (r#"".""#, Err("invalid")),
            (r#"" ""#, Err("invalid")),
            ("true", Err("invalid")),
            ("[]", Err("invalid")),
            ("null", Err("null")),
        ],
    );
}

#[test]
fn a_blank_text_is_null_to_a_nullable_decimal() {
    let nulls = ["null", r#""""#, r#"" \u3000""#].map(|input| (input, Ok("null")));
    check::<Option<BigDecimal>>(decimal(6, 2), &nulls);
    check::<Option<BigDecimal>>(decimal(6, 2), &[(r#""null""#, Err("invalid"))]);
}

#[test]
fn decimals_without_whole_digits_need_a_point() {
    let rows = [
        ("0", Err("max_whole_digits")),
        (r#""0.0""#, Ok(r#""0.0000""#)),
        (r#"".1234""#, Ok(r#""0.1234""#)),
    ];
    check::<BigDecimal>(decimal(4, 4), &rows);
}

#[test]
fn decimals_without_declared_digits_are_kept_as_written() {
    let longest = format!("\"-0.{}1\"", "0".repeat(996));
    check::<BigDecimal>(
        NONE,
        &[
            (r#""1.500""#, Ok(r#""1.500""#)),
            (r#""1e3""#, Ok(r#""1000""#)),
            (r#""0e3""#, Ok(r#""0""#)),
            // Python would write a gigabyte of zeros.
            (r#""1e999999999""#, Err("max_digits")),
            // What is shown can be sent.
            (r#""-1e-997""#, Ok(&longest)),
            (&longest, Ok(&longest)),
            (r#""-1e-998""#, Err("max_digits")),
        ],
    );
}

#[test]
fn limits_of_decimals_are_inclusive_and_exact() {
    let limits = FieldOptions {
        min_value: Some(Bound::Int(0)),
        max_value: Some(Bound::Float(99.9)),
        ..decimal(6, 2)
    };
    check::<BigDecimal>(
        limits,
        &[
            (r#""-0.01""#, Err("min_value")),
            ("0", Ok(r#""0.00""#)),
            (r#""99.90""#, Ok(r#""99.90""#)),
            (r#""99.91""#, Err("max_value")),
        ],
    );
}

#[test]
fn decimals_are_shown_with_all_places_and_rounded_to_even() {
    for (stored, places, expected) in [
        ("1.5", Some(2), "1.50"),
        ("1e2", Some(2), "100.00"),
        ("0", Some(0), "0"),
        ("-0.05", Some(2), "-0.05"),
        ("1.005", Some(2), "1.00"),
        ("1.015", Some(2), "1.02"),
        ("-0.001", Some(2), "-0.00"),
        ("9.999", Some(2), "10.00"),
        (
            "123456789012345678901234.5",
            Some(2),
            "123456789012345678901234.50",
        ),
        ("9223372036854775807", Some(0), "9223372036854775807"),
        (
            "-0.00000000000000000001",
            Some(20),
            "-0.00000000000000000001",
        ),
        ("1", Some(30), "1.000000000000000000000000000000"),
        ("1.500", None, "1.500"),
    ] {
        let value = BigDecimal::from_str(stored).unwrap();
        let options = FieldOptions {
            decimal_places: places,
            ..NONE
        };
        assert_eq!(
            shown::<BigDecimal>(&value, &options),
            json_text(expected),
            "stored {stored}"
        );
    }
}

#[test]
fn decimals_may_be_numbers_or_lose_the_zeros_at_their_end() {
    let money = FieldOptions {
        max_digits: Some(6),
        decimal_places: Some(2),
        ..NONE
    };
    let number = FieldOptions {
        coerce_to_string: Some(false),
        ..money
    };
    check::<BigDecimal>(
        number,
        &[
            ("1.10", Ok("1.1")),
            ("100", Ok("100.0")),
            (r#""0.05""#, Ok("0.05")),
            ("0", Ok("0.0")),
        ],
    );
    let normal = FieldOptions {
        normalize_output: true,
        ..money
    };
    check::<BigDecimal>(
        normal,
        &[
            ("1.10", Ok(r#""1.1""#)),
            ("100", Ok(r#""100""#)),
            (r#""1e2""#, Ok(r#""100""#)),
            ("0", Ok(r#""0""#)),
        ],
    );
}

#[test]
fn decimals_need_no_limits() {
    check::<BigDecimal>(
        NONE,
        &[
            (r#""1.500""#, Ok(r#""1.500""#)),
            (r#""1e5""#, Ok(r#""100000""#)),
            (r#""1E-10""#, Ok(r#""0.0000000001""#)),
        ],
    );
    let digits = FieldOptions {
        max_digits: Some(5),
        ..NONE
    };
    check::<BigDecimal>(
        digits,
        &[
            (r#""1e4""#, Ok(r#""10000""#)),
            (r#""1e5""#, Err("max_digits")),
            (r#""0.00001""#, Ok(r#""0.00001""#)),
            (r#""0.000001""#, Err("max_digits")),
        ],
    );
    let normal_number = FieldOptions {
        normalize_output: true,
        coerce_to_string: Some(false),
        ..NONE
    };
    // DRF accepts what is beyond a float, and then cannot show it.
    let far = format!(r#""1{}""#, "0".repeat(400));
    check::<BigDecimal>(
        normal_number,
        &[(r#""1.500""#, Ok("1.5")), (r#""1e400""#, Ok(&far))],
    );
}

#[test]
fn whole_numbers_may_be_shown_as_texts() {
    let options = FieldOptions {
        coerce_to_string: Some(true),
        ..NONE
    };
    check::<i64>(
        options,
        &[
            ("9007199254740993", Ok(r#""9007199254740993""#)),
            (r#""-5""#, Ok(r#""-5""#)),
        ],
    );
}
