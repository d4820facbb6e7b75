use serde_json::Value;

use super::*;

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    let headers = headers.iter();
    Answer {
        status,
        headers: headers
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect(),
        body: body.as_bytes().to_vec(),
    }
}

fn json(status: u16, body: &str) -> Answer {
    answer(status, &[("Content-Type", "application/json")], body)
}

fn places(left: &Answer, right: &Answer, ruling: &Ruling) -> Vec<String> {
    let found = differences(left, right, ruling);
    found.into_iter().map(|difference| difference.at).collect()
}

#[test]
fn bodies_differ_where_values_differ() {
    for (left, right, expected) in [
        (
            r#"{"a":1,"b":[1,"x",null]}"#,
            r#"{"a":1,"b":[1,"x",null]}"#,
            &[][..],
        ),
        (r#"{"a":1}"#, r#"{"a":1.0}"#, &["$.a"]),
        ("[1e16]", "[1e+16]", &[]),
        ("[1.0]", "[1.00]", &[]),
        ("[1.0]", "[1.1]", &["$[0]"]),
        (
            "[18446744073709551616]",
            "[18446744073709551617]",
            &["$[0]"],
        ),
        (r#"["1.0"]"#, r#"["1.00"]"#, &["$[0]"]),
        (r#"[""]"#, "[null]", &["$[0]"]),
        ("[1,2]", "[1]", &["$"]),
        (
            r#"{"a":1,"b":2}"#,
            r#"{"b":2,"a":1}"#,
            &["$: order of keys"],
        ),
        (r#"{"a":1}"#, r#"{"b":1}"#, &["$.a", "$.b"]),
        (
            r#"{"r":[{"p":"1"},{"p":"2"}]}"#,
            r#"{"r":[{"p":"1"},{"p":"3"}]}"#,
            &["$.r[1].p"],
        ),
        (
            r#"{"a":1}"#,
            r#"{"a": 1}"#,
            &["spaces and escapes of the JSON"],
        ),
        (
            r#"["\u2028"]"#,
            "[\"\u{2028}\"]",
            &["spaces and escapes of the JSON"],
        ),
        (r#"{"a":1}"#, "", &["body"]),
    ] {
        let found = places(&json(200, left), &json(200, right), &Ruling::default());
        assert_eq!(found, expected, "{left} {right}");
    }
}

#[test]
fn volatile_values_keep_type_and_format() {
    let ruling = Ruling {
        volatile: vec!["**.at".parse().unwrap()],
        ..Ruling::default()
    };
    for (left, right, is_same) in [
        (
            r#""2024-01-01T00:00:00Z""#,
            r#""2025-12-31T23:59:59.123456Z""#,
            true,
        ),
        (
            r#""2024-01-01T00:00:00Z""#,
            r#""2024-01-01T00:00:00+00:00""#,
            false,
        ),
        (r#""2024-01-01T00:00:00Z""#, r#""2024-01-01""#, false),
        (r#""2024-01-01T00:00:00Z""#, "null", false),
        (r#""a1b2""#, r#""c3d4e5""#, true),
        (r#""a1b2""#, r#""""#, false),
        (
            r#""0b2c7a52-96c5-4ff0-8ba2-3b5a1d1c4a5e""#,
            r#""text""#,
            false,
        ),
        ("1", "2", true),
        ("1", "2.5", false),
        ("[1]", "[]", true),
    ] {
        let body = |at: &str| json(200, &format!(r#"{{"rows":[{{"at":{at}}}]}}"#));
        let found = places(&body(left), &body(right), &ruling);
        assert_eq!(found.is_empty(), is_same, "{left} {right}");
    }
}

#[test]
fn unordered_lists_are_sets() {
    let mut unordered = Unordered::default();
    unordered.add(["Allow", "$.tags"].into_iter()).unwrap();
    for (ruled, left, right, expected) in [
        (
            &unordered,
            r#"{"tags":[1,2,2]}"#,
            r#"{"tags":[2,1,2]}"#,
            &[][..],
        ),
        (
            &unordered,
            r#"{"tags":[1,2,2]}"#,
            r#"{"tags":[2,1,1]}"#,
            &["$.tags", "$.tags"],
        ),
        (
            &unordered,
            r#"{"rows":[1,2]}"#,
            r#"{"rows":[2,1]}"#,
            &["$.rows[0]", "$.rows[1]"],
        ),
        (
            &Unordered::everything(),
            r#"{"rows":[[1,2],3]}"#,
            r#"{"rows":[3,[2,1]]}"#,
            &[],
        ),
    ] {
        let ruling = Ruling {
            unordered: ruled.clone(),
            ..Ruling::default()
        };
        let found = places(&json(200, left), &json(200, right), &ruling);
        assert_eq!(found, expected, "{left} {right}");
    }
}

#[test]
fn texts_of_errors_can_be_free_but_shapes_are_not() {
    let ruling = Ruling {
        ignores_error_texts: true,
        ..Ruling::default()
    };
    let left = r#"{"name":["This field is required."]}"#;
    for (status, right, is_same) in [
        (400, r#"{"name":["required"]}"#, true),
        (400, r#"{"name":["required","too"]}"#, false),
        (400, r#"{"title":["required"]}"#, false),
        (200, r#"{"name":["required"]}"#, false),
    ] {
        let found = places(&json(status, left), &json(status, right), &ruling);
        assert_eq!(found.is_empty(), is_same, "{right}");
    }
}

#[test]
fn headers_of_the_contract_are_compared() {
    let mut unordered = Unordered::default();
    unordered.add(["Allow"].into_iter()).unwrap();
    let set = Ruling {
        unordered,
        ..Ruling::default()
    };
    let volatile = Ruling {
        volatile_headers: vec!["retry-after".to_owned()],
        ..Ruling::default()
    };
    let also = Ruling {
        headers: vec!["X-Total".to_owned()],
        ..Ruling::default()
    };
    let plain = Ruling::default();
    for (left, right, ruling, expected) in [
        (
            ("Allow", "GET, POST"),
            ("Allow", "POST, GET"),
            &plain,
            Some("header Allow"),
        ),
        (("Allow", "GET, POST"), ("Allow", "POST, GET"), &set, None),
        (("Vary", "Accept"), ("Vary", "Cookie, accept"), &plain, None),
        (
            ("Vary", "Accept"),
            ("Vary", "Cookie"),
            &plain,
            Some("header Vary"),
        ),
        (("Retry-After", "9"), ("Retry-After", "10"), &volatile, None),
        (
            ("Retry-After", "9"),
            ("Date", "10"),
            &volatile,
            Some("header Retry-After"),
        ),
        (
            ("Retry-After", "9"),
            ("Retry-After", "15"),
            &volatile,
            Some("header Retry-After"),
        ),
        (("X-Total", "9"), ("X-Total", "8"), &plain, None),
        (
            ("X-Total", "9"),
            ("X-Total", "8"),
            &also,
            Some("header X-Total"),
        ),
        (("Date", "today"), ("Server", "x"), &plain, None),
    ] {
        let found = places(
            &answer(200, &[left], ""),
            &answer(200, &[right], ""),
            ruling,
        );
        assert_eq!(found, Vec::from_iter(expected), "{left:?} {right:?}");
    }
}

#[test]
fn headers_can_be_free() {
    let free = Ruling {
        free_headers: vec!["Allow".to_owned(), "Vary".to_owned()],
        ..Ruling::default()
    };
    let left = answer(200, &[("Allow", "GET"), ("Vary", "Accept")], "");
    assert!(places(&left, &answer(200, &[], ""), &free).is_empty());
}

#[test]
fn a_body_that_is_no_json_is_compared_by_bytes() {
    let html = |body| answer(200, &[("Content-Type", "text/html")], body);
    let ruling = Ruling::default();
    assert!(places(&html("<p>"), &html("<p>"), &ruling).is_empty());
    assert_eq!(places(&html("[1]"), &html("[ 1]"), &ruling), ["body"]);
    let volatile = Ruling {
        volatile: vec!["$".parse().unwrap()],
        ..Ruling::default()
    };
    assert!(places(&html("<p>"), &html("<h1>"), &volatile).is_empty());
    assert_eq!(places(&html("<p>"), &html(""), &volatile), ["body"]);
}

#[test]
fn differences_show_both_sides() {
    let left = json(200, r#"{"results":[{"price":"1.0"}]}"#);
    let right = json(404, r#"{"results":[{"price":"1.00"}]}"#);
    let expected = [
        Difference::new("status", "200", "404"),
        Difference::new("$.results[0].price", r#""1.0""#, r#""1.00""#),
    ];
    assert_eq!(differences(&left, &right, &Ruling::default()), expected);
    let pinned: Value = serde_json::from_str(r#"{"detail":"x"}"#).unwrap();
    assert_eq!(value_differences(&pinned, &pinned, &Ruling::default()), []);
}
