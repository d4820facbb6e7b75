use std::collections::BTreeMap;

use restwell::renderers::{python_float, render_json};
use serde::Serialize;
use serde_json::{Value, json};

fn render<T: Serialize + ?Sized>(value: &T, indent: Option<usize>) -> String {
    let body = render_json(value, indent).expect("JSON has a form for it");
    String::from_utf8(body).expect("JSON is UTF-8")
}

#[test]
fn floats_are_written_as_python_writes_them() {
    let cases = [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (100.0, "100.0"),
        (0.1 + 0.2, "0.30000000000000004"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (-0.000012345, "-1.2345e-05"),
        (40.00001, "40.00001"),
        (-10.000025, "-10.000025"),
        (1e-7, "1e-07"),
        (1e15, "1000000000000000.0"),
        (9999999999999998.0, "9999999999999998.0"),
        (1e16, "1e+16"),
        (123456789012345680.0, "1.2345678901234568e+17"),
        (1.5e300, "1.5e+300"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        // Between two texts of the same length, the even digit.
        (651474101286877.2, "651474101286877.2"),
    ];
    for (number, text) in cases {
        assert_eq!(python_float(number).to_string(), text);
        assert_eq!(render(&number, None), text);
    }
    assert_eq!(render(&0.1f32, None), "0.1");
}

#[test]
fn numbers_with_a_text_of_their_own_are_written_as_python_would_write_them() {
    let cases = [
        ("1.10", "1.1"),
        ("1E5", "100000.0"),
        ("1e-7", "1e-07"),
        (
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        ),
        ("0.1000000000000000055511151231257827", "0.1"),
    ];
    for (text, expected) in cases {
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(render(&json!([value]), None), format!("[{expected}]"));
    }
}

#[test]
fn what_json_has_no_number_for_is_an_error() {
    #[derive(Serialize)]
    struct Row {
        rating: Option<f64>,
    }

    for rating in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(render_json(&rating, None).is_err());
        assert!(
            render_json(
                &[
                    Row { rating: None },
                    Row {
                        rating: Some(rating)
                    }
                ],
                None
            )
            .is_err()
        );
        assert!(render_json(&BTreeMap::from([("a", (1, [rating as f32]))]), None).is_err());
    }
    let beyond: Value = serde_json::from_str("1e400").unwrap();
    assert!(render_json(&beyond, None).is_err());
}

#[test]
fn texts_are_escaped_as_little_as_in_drf() {
    let cases = [
        ("plain é 😀 / < > & '", r#""plain é 😀 / < > & '""#),
        ("\" \\", r#""\" \\""#),
        ("\n\t\r\u{8}\u{c}", r#""\n\t\r\b\f""#),
        ("\0\u{b}\u{1f}\u{7f}", "\"\\u0000\\u000b\\u001f\u{7f}\""),
        (
            "a\u{2028}b\u{2029}\u{2027}…",
            "\"a\\u2028b\\u2029\u{2027}…\"",
        ),
        (
            "\u{2028}\u{2029}\u{2029}\n\u{2028}",
            r#""\u2028\u2029\u2029\n\u2028""#,
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(render(text, None), expected);
    }
}

#[test]
fn values_are_compact_or_indented() {
    let value = json!({"b": 1, "a": [1, {"c": null}], "e": {}, "f": [], "g": [[]], "é": true});
    let compact = r#"{"b":1,"a":[1,{"c":null}],"e":{},"f":[],"g":[[]],"é":true}"#;
    assert_eq!(render(&value, None), compact);
    assert_eq!(render(&value, Some(0)), compact);
    let indented = r#"{
  "b": 1,
  "a": [
    1,
    {
      "c": null
    }
  ],
  "e": {},
  "f": [],
  "g": [
    []
  ],
  "é": true
}"#;
    assert_eq!(render(&value, Some(2)), indented);
    assert_eq!(render(&value, Some(8)), indented.replace("  ", "        "));
}

#[test]
fn keys_that_are_no_texts_become_texts() {
    assert_eq!(
        render(&BTreeMap::from([(1, "a"), (2, "b")]), None),
        r#"{"1":"a","2":"b"}"#
    );
    assert_eq!(
        render(&BTreeMap::from([(true, "a")]), None),
        r#"{"true":"a"}"#
    );
}

#[test]
fn every_shape_of_a_value_goes_through() {
    #[derive(Serialize)]
    struct Wrapped(i64);
    #[derive(Serialize)]
    struct Pair(i64, f64);
    #[derive(Serialize)]
    enum Shape {
        Unit,
        Wrapped(i64),
        Pair(i64, i64),
        Named { a: f64 },
    }

    let value = (
        Wrapped(1),
        Pair(1, 2.0),
        Some('c'),
        (),
        [
            Shape::Unit,
            Shape::Wrapped(1),
            Shape::Pair(1, 2),
            Shape::Named { a: 1e16 },
        ],
    );
    let expected =
        r#"[1,[1,2.0],"c",null,["Unit",{"Wrapped":1},{"Pair":[1,2]},{"Named":{"a":1e+16}}]]"#;
    assert_eq!(render(&value, None), expected);
}
