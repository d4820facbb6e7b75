use chrono::NaiveTime;
use restwell::fields::FieldOptions;

use super::{NONE, check};

#[test]
fn times_are_read_in_both_notations_and_lose_their_zone() {
    check::<NaiveTime>(
        NONE,
        &[
            (r#""04:05""#, Ok(r#""04:05:00""#)),
            (r#""4:5""#, Ok(r#""04:05:00""#)),
            (r#""03:04:5""#, Ok(r#""03:04:05""#)),
            (r#""T04""#, Ok(r#""04:00:00""#)),
            (r#""04""#, Ok(r#""04:00:00""#)),
            (r#""0304""#, Ok(r#""03:04:00""#)),
            (r#""030405.5""#, Ok(r#""03:04:05.500000""#)),
            (r#""03:04:05,1234567""#, Ok(r#""03:04:05.123456""#)),
            (r#""3:04:05,123456789012""#, Ok(r#""03:04:05.123456""#)),
            (r#""03:04:05.000000""#, Ok(r#""03:04:05""#)),
            (r#""\u0663:04""#, Ok(r#""03:04:00""#)),
            (r#""03:04Z""#, Ok(r#""03:04:00""#)),
            (r#""03:04 Z""#, Ok(r#""03:04:00""#)),
            (r#""03:04 +02:00""#, Ok(r#""03:04:00""#)),
            (r#""T03:04:05-02""#, Ok(r#""03:04:05""#)),
            (r#""03:04:05+23:59:59""#, Ok(r#""03:04:05""#)),
            (r#""03:04:05-24:00""#, Err("invalid")),
            (r#""3:04:05+02:00""#, Err("invalid")),
            (r#""03:04:05+1""#, Err("invalid")),
            (r#""03:04z""#, Err("invalid")),
            (r#""03:04 ""#, Err("invalid")),
            (r#"" 03:04""#, Err("invalid")),
            (r#""T3:4""#, Err("invalid")),
            (r#""03:04:05.""#, Err("invalid")),
            (r#""3:04:05,1234567890123""#, Err("invalid")),
            (r#""0304:05""#, Err("invalid")),
            (r#""3""#, Err("invalid")),
            (r#""24:00""#, Err("invalid")),
            (r#""23:59:60""#, Err("invalid")),
            (r#""2020-01-01T03:04""#, Err("invalid")),
            (r#""""#, Err("invalid")),
            ("1", Err("invalid")),
            ("true", Err("invalid")),
            ("null", Err("null")),
        ],
    );
}

#[test]
fn times_may_have_another_notation() {
    let options = FieldOptions {
        format: Some("%H.%M"),
        input_formats: &["%H.%M", "iso-8601"],
        ..NONE
    };
    check::<NaiveTime>(
        options,
        &[
            (r#""03.04""#, Ok(r#""03.04""#)),
            (r#""03:04""#, Ok(r#""03.04""#)),
            (r#""03/04""#, Err("invalid")),
        ],
    );
}
