use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use restwell::fields::FieldOptions;

use super::{NONE, check, json_text, shown};

/// Rows of (input, shown); an empty text is an invalid input.
#[track_caller]
fn check_texts<F: restwell::fields::Field>(rows: &[(&str, &str)]) {
    for (input, expected) in rows {
        let (input, expected) = (
            json_text(input),
            Some(*expected)
                .filter(|text| !text.is_empty())
                .map(json_text),
        );
        check::<F>(NONE, &[(&input, expected.as_deref().ok_or("invalid"))]);
    }
}

#[test]
fn dates_are_iso_dates() {
    check_texts::<NaiveDate>(&[
        ("2020-01-02", "2020-01-02"),
        ("2020-1-2", "2020-01-02"),
        ("20200102", "2020-01-02"),
        ("2020-W01", "2019-12-30"),
        ("2020-W53-7", "2021-01-03"),
        ("2020W011", "2019-12-30"),
        ("2020-02-29", "2020-02-29"),
        ("0001-01-01", "0001-01-01"),
        ("٢٠٢٠-٠١-٠٢", "2020-01-02"),
        ("2019-02-29", ""),
        ("2020-13-01", ""),
        ("2020-001", ""),
        ("2021-W53-1", ""),
        ("2020-W01-8", ""),
        ("9999-W52-7", ""),
        ("0000-01-01", ""),
        ("10000-01-01", ""),
        ("02/01/2020", ""),
        (" 2020-01-02", ""),
        ("2020-01-02 ", ""),
        ("2020-01-02T00:00:00", ""),
        ("2020-1-2 3:4", ""),
        ("2020-0102", ""),
        ("2020", ""),
        ("", ""),
    ]);
    check::<NaiveDate>(
        NONE,
        &[
            ("20200102", Err("invalid")),
            ("true", Err("invalid")),
            ("null", Err("null")),
        ],
    );
    check::<Option<NaiveDate>>(NONE, &[("null", Ok("null")), (r#""""#, Err("invalid"))]);
}

#[test]
fn moments_are_read_in_every_notation_of_iso_8601() {
    let plain = "2020-01-02T03:04:05Z";
    check_texts::<DateTime<Utc>>(&[
        (plain, plain),
        ("2020-01-02T03:04:05", plain),
        ("2020-01-02 03:04:05", plain),
        ("2020-01-02t03:04:05Z", plain),
        ("2020-1-2T3:4:5Z", plain),
        ("20200102T030405Z", plain),
        ("2020-W01-4T03:04:05Z", plain),
        ("2020W014T030405Z", plain),
        ("2020-01-02T03:04:05.0000001Z", plain),
        ("2020-01-02", "2020-01-02T00:00:00Z"),
        ("2020-W01T03", "2019-12-30T03:00:00Z"),
        ("2020-01-02T03", "2020-01-02T03:00:00Z"),
        ("2020-01-02T03:04Z", "2020-01-02T03:04:00Z"),
        ("2020-1-2 3:4", "2020-01-02T03:04:00Z"),
        ("2020-01-02T03:04:05.1", "2020-01-02T03:04:05.100000Z"),
        (
            "2020-01-02T03:04:05,123456789",
            "2020-01-02T03:04:05.123456Z",
        ),
        ("2020-1-2T3:4:5.000001", "2020-01-02T03:04:05.000001Z"),
        ("2020-1-2T3:4:5.٥", "2020-01-02T03:04:05.500000Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ]);
}

#[test]
fn offsets_are_converted_to_utc() {
    check_texts::<DateTime<Utc>>(&[
        ("2020-01-02T03:04:05+01:00", "2020-01-02T02:04:05Z"),
        ("2020-01-02T03:04:05+0130", "2020-01-02T01:34:05Z"),
        ("2020-01-02T03:04:05-05", "2020-01-02T08:04:05Z"),
        ("2020-01-02T03:04:05 +01:00", "2020-01-02T02:04:05Z"),
        ("2020-01-02T03:04  Z", "2020-01-02T03:04:00Z"),
        ("2020-1-2 3:4 -23:59", "2020-01-03T03:03:00Z"),
        ("2020-01-02T03:04:05+01:00:30", "2020-01-02T02:03:35Z"),
        (
            "2020-01-02T03:04:05+01:00:00.5",
            "2020-01-02T02:04:04.500000Z",
        ),
        ("2020-01-02T03:04:05-00:00", "2020-01-02T03:04:05Z"),
        ("2020-01-02T03:04:05+24:00", ""),
        ("2020-1-2 3:4 +24:00", ""),
        ("2020-01-02T03:04:05+1", ""),
        ("2020-01-02T03:04:05+", ""),
        ("2020-01-02T03:04:05Z+01:00", ""),
        ("2020-01-02T03:04:05 PST", ""),
    ]);
    let out_of_range = ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"].map(json_text);
    check::<DateTime<Utc>>(
        NONE,
        &out_of_range
            .each_ref()
            .map(|input| (input.as_str(), Err("overflow"))),
    );
}

#[test]
fn what_is_no_moment_is_invalid() {
    let texts = [
        "2020-01-02T03:04:05z",
        " 2020-01-02T03:04:05Z",
        "2020-01-02T03:04:05Z ",
        "2020-01-02T",
        "2020-1-2",
        "2020-01-02T3",
        "2020-01-02T24:00:00",
        "2020-01-02T23:59:60",
        "2020-01-02T23:60:00",
        "2020-02-30T00:00:00",
        "2020-001T00:00:00",
        "0000-01-01T00:00:00",
        "2020-01-02T03:04:05.",
        "2020-01-02T03:04:",
        "2020-01-02T03:0405",
        "2020-1-2T3:4:5.1234567890123",
        "20200102T3:4:5",
        "2020-01-02T03:04:05\u{fdd0}",
        "now",
        "",
    ];
    check_texts::<DateTime<Utc>>(&texts.map(|text| (text, "")));
    check::<DateTime<Utc>>(
        NONE,
        &["1577934245", "1.5", "true", "[]", "{}"].map(|input| (input, Err("invalid"))),
    );
    check::<DateTime<Utc>>(NONE, &[("null", Err("null"))]);
    check::<Option<DateTime<Utc>>>(NONE, &[("null", Ok("null")), (r#""""#, Err("invalid"))]);
}

/// Python has no such years; Postgres does.
#[test]
fn years_that_do_not_have_four_digits_are_shown() {
    let date = NaiveDate::from_ymd_opt(12345, 1, 2).unwrap();
    let moment = date.and_hms_opt(3, 4, 5).unwrap().and_utc();
    assert_eq!(shown::<NaiveDate>(&date, &NONE), r#""+12345-01-02""#);
    assert_eq!(
        shown::<DateTime<Utc>>(&moment, &NONE),
        r#""+12345-01-02T03:04:05Z""#
    );
}

#[test]
fn moments_without_zones_are_shown_without_one() {
    check::<NaiveDateTime>(
        NONE,
        &[
            (r#""2020-01-02T03:04:05Z""#, Ok(r#""2020-01-02T03:04:05""#)),
            (
                r#""2020-01-02T03:04:05.1+02:00""#,
                Ok(r#""2020-01-02T01:04:05.100000""#),
            ),
            (r#""2020-01-02""#, Ok(r#""2020-01-02T00:00:00""#)),
            // DRF fails here.
            (r#""0001-01-01T00:00:00+02:00""#, Err("overflow")),
            ("1", Err("invalid")),
            ("null", Err("null")),
        ],
    );
}

#[test]
fn dates_and_moments_may_have_another_notation() {
    let date = FieldOptions {
        format: Some("%d/%m/%Y"),
        input_formats: &["%d/%m/%Y", "%Y%j"],
        ..NONE
    };
    check::<NaiveDate>(
        date,
        &[
            (r#""02/01/2020""#, Ok(r#""02/01/2020""#)),
            (r#""2/1/2020""#, Ok(r#""02/01/2020""#)),
            (r#""2020010""#, Ok(r#""10/01/2020""#)),
            (r#""2020-01-02""#, Err("invalid")),
            (r#"" 02/01/2020""#, Err("invalid")),
        ],
    );
    let moment = FieldOptions {
        format: Some("%d/%m/%Y %H:%M %z"),
        input_formats: &[
            "iso-8601",
            "%Y-%m-%d %H:%M %z",
            "%d/%m/%Y %H:%M",
            "%d/%m/%Y",
        ],
        ..NONE
    };
    let rows = [
        (
            r#""2020-01-02T03:04:05Z""#,
            Ok(r#""02/01/2020 03:04 +0000""#),
        ),
        (
            r#""2020-01-02 03:04 +0200""#,
            Ok(r#""02/01/2020 01:04 +0000""#),
        ),
        (r#""02/01/2020 03:04""#, Ok(r#""02/01/2020 03:04 +0000""#)),
        (r#""02/01/2020""#, Ok(r#""02/01/2020 00:00 +0000""#)),
        (r#""02.01.2020""#, Err("invalid")),
    ];
    check::<DateTime<Utc>>(moment, &rows);
    check::<NaiveDateTime>(moment, &rows);
}
