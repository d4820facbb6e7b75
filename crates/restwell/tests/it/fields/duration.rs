use chrono::TimeDelta;
use restwell::fields::{Bound, FieldOptions};

use super::{NONE, check};

#[test]
fn durations_are_read_in_the_notations_of_django() {
    check::<TimeDelta>(
        NONE,
        &[
            ("90", Ok(r#""00:01:30""#)),
            ("90.5", Ok(r#""00:01:30.500000""#)),
            ("-90", Ok(r#""-1 23:58:30""#)),
            ("90.1234567", Ok(r#""00:01:30.123456""#)),
            ("1000000000.0", Ok(r#""11574 01:46:40""#)),
            (r#""1:2""#, Ok(r#""00:01:02""#)),
            (r#""61:61""#, Ok(r#""01:02:01""#)),
            (r#""1:2:3""#, Ok(r#""01:02:03""#)),
            (r#""1:2:3,5""#, Ok(r#""01:02:03.500000""#)),
            (r#""1 2:3:4""#, Ok(r#""1 02:03:04""#)),
            (r#""3 2:1""#, Ok(r#""3 00:02:01""#)),
            (r#""-3 2""#, Ok(r#""-3 00:00:02""#)),
            (r#""1 days, 2:3:4""#, Ok(r#""1 02:03:04""#)),
            (r#""-1 02:03:04""#, Ok(r#""-1 02:03:04""#)),
            (r#""-1 -2:3:4""#, Ok(r#""-2 21:56:56""#)),
            (r#""-1:2:3""#, Ok(r#""-1 22:57:57""#)),
            (r#""-0.5""#, Ok(r#""-1 23:59:59.500000""#)),
            (r#""0:0:0.0000001""#, Ok(r#""00:00:00""#)),
            (r#""\u0663""#, Ok(r#""00:00:03""#)),
            (r#""00000000000000000000000000000001""#, Ok(r#""00:00:01""#)),
            (r#"".5""#, Err("invalid")),
            (r#""1:2:""#, Err("invalid")),
            (r#""1 +2:3:4""#, Err("invalid")),
            (r#""+1""#, Err("invalid")),
            (r#""- 1""#, Err("invalid")),
            (r#"" 1""#, Err("invalid")),
            (r#""1 day 2:3:4""#, Err("invalid")),
            (r#""3 days 2""#, Err("invalid")),
            (r#""1 month""#, Err("invalid")),
            ("1e-07", Err("invalid")),
            ("true", Err("invalid")),
            ("[]", Err("invalid")),
            ("{}", Err("invalid")),
            ("null", Err("null")),
        ],
    );
}

#[test]
fn durations_are_read_as_iso_8601_and_postgres_write_them() {
    check::<TimeDelta>(
        NONE,
        &[
            (r#""P1DT2H3M4S""#, Ok(r#""1 02:03:04""#)),
            (r#""PT1.5S""#, Ok(r#""00:00:01.500000""#)),
            (r#""PT1,5S""#, Ok(r#""00:00:01.500000""#)),
            (r#""PT1.2345675S""#, Ok(r#""00:00:01.234568""#)),
            (r#""PT0.0000005S""#, Ok(r#""00:00:00""#)),
            (r#""PT36H""#, Ok(r#""1 12:00:00""#)),
            (r#""P0.5DT0.5H""#, Ok(r#""12:30:00""#)),
            (r#""-P1DT2H""#, Ok(r#""-2 22:00:00""#)),
            (r#""+P1D""#, Ok(r#""1 00:00:00""#)),
            (r#""P""#, Ok(r#""00:00:00""#)),
            (r#""P1W""#, Err("invalid")),
            (r#""P1Y""#, Err("invalid")),
            (r#""P1DT-2H""#, Err("invalid")),
            (r#""P1D2H""#, Err("invalid")),
            (r#""PT.5S""#, Err("invalid")),
            (r#""pt1s""#, Err("invalid")),
            (r#""""#, Ok(r#""00:00:00""#)),
            (r#""1 day""#, Ok(r#""1 00:00:00""#)),
            (r#""1 day -02:03:04.5""#, Ok(r#""21:56:55.500000""#)),
            (r#""1 days +02:03:04""#, Ok(r#""1 02:03:04""#)),
            (r#""+02:03:04""#, Ok(r#""02:03:04""#)),
            (r#""+2:3:4""#, Err("invalid")),
        ],
    );
}

/// DRF takes 999,999,999 days, which the column could not hold as microseconds.
#[test]
fn durations_have_limits_in_seconds_and_those_of_the_column() {
    check::<TimeDelta>(
        NONE,
        &[
            (r#""106751991 00:00:00""#, Ok(r#""106751991 00:00:00""#)),
            (r#""-106751991 00:00:00""#, Ok(r#""-106751991 00:00:00""#)),
            (r#""106751992 00:00:00""#, Err("overflow")),
            (r#""999999999999999999999999999""#, Err("overflow")),
            (&format!("\"{}\"", "9".repeat(500)), Err("overflow")),
        ],
    );
    let options = FieldOptions {
        max_value: Some(Bound::Int(90)),
        min_value: Some(Bound::Float(0.5)),
        ..NONE
    };
    check::<TimeDelta>(
        options,
        &[
            ("90", Ok(r#""00:01:30""#)),
            (r#""0:1:31""#, Err("max_value")),
            (r#""0.4""#, Err("min_value")),
        ],
    );
}

#[test]
fn durations_may_be_shown_as_iso_8601() {
    let options = FieldOptions {
        format: Some("iso-8601"),
        ..NONE
    };
    check::<TimeDelta>(
        options,
        &[
            ("0", Ok(r#""P0DT00H00M00S""#)),
            ("-90", Ok(r#""-P0DT00H01M30S""#)),
            (r#""1 2:3:4.5""#, Ok(r#""P1DT02H03M04.500000S""#)),
            (r#""100 0:0:0""#, Ok(r#""P100DT00H00M00S""#)),
        ],
    );
}

#[test]
fn durations_are_shown_in_seconds_if_asked_for() {
    let options = FieldOptions {
        format: Some("seconds"),
        ..NONE
    };
    check::<TimeDelta>(
        options,
        &[
            ("90", Ok(r#""90.0""#)),
            ("-90", Ok(r#""-90.0""#)),
            (r#""1 00:00:01.5""#, Ok(r#""86401.5""#)),
            ("0.00001", Ok(r#""1e-05""#)),
        ],
    );
}
