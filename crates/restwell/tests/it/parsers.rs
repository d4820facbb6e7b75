use restwell::{
    input::Part,
    parsers::{LONE_SURROGATE, Parser, media_type, parse_form, parse_json, select},
};
use serde_json::json;

/// The value as text, or the code of the error.
fn parsed(body: impl AsRef<[u8]>, charset: Option<&str>) -> Result<String, String> {
    parse_json(body.as_ref(), charset)
        .map(|value| value.to_string())
        .map_err(|error| error.detail.code().to_owned())
}

fn refused() -> Result<String, String> {
    Err("parse_error".to_owned())
}

#[test]
fn a_body_that_is_not_strictly_json_is_refused() {
    let bodies = [
        "",
        " ",
        "{",
        "{\"a\":1,}",
        "[1,]",
        "{'a':1}",
        "{a:1}",
        "{} x",
        "\"\n\"",
        "\"\u{1}\"",
        "NaN",
        "[Infinity]",
        "-Infinity",
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "--1",
        "tru",
        "// c\n1",
        "\u{feff}{}",
        "\u{a0}1",
        "\"\\x41\"",
        "\"\\u12\"",
        "\"\\u+041\"",
        "\"\\ud8",
        "\"\\ud800",
        "[\\ud800]",
        "\"\\",
    ];
    for body in bodies {
        assert_eq!(parsed(body, None), refused(), "{body:?}");
    }
    for body in [&b"\xff"[..], b"\"\xed\xa0\x80\"", b"\"\xc3", b"8\xc3"] {
        assert_eq!(parsed(body, None), refused(), "{body:?}");
    }
    assert_eq!(parse_json(b"{", None).unwrap_err().status, 400);
}

#[test]
fn numbers_are_exact_integers_or_floats_of_python() {
    let cases = [
        ("1", "1"),
        ("-0", "0"),
        ("-0.0", "-0.0"),
        (
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        ),
        ("1.10", "1.1"),
        ("1.0", "1.0"),
        ("1e5", "100000.0"),
        ("1E+2", "100.0"),
        ("1e16", "1e+16"),
        ("0.00001", "1e-05"),
        ("123456789.123456789123", "123456789.12345679"),
        ("1e-999", "0.0"),
    ];
    for (body, expected) in cases {
        let nested = format!("{{\"a\":[{body}]}}");
        assert_eq!(
            parsed(&nested, None),
            Ok(nested.replace(body, expected)),
            "{body}"
        );
    }
    for body in ["1E400", "-1e999"] {
        let number = parse_json(body.as_bytes(), None).unwrap();
        assert!(
            number.is_number() && number.as_f64().is_none(),
            "{body} is left to the field: {number}"
        );
    }
    assert_eq!(parsed("9".repeat(4300), None), Ok("9".repeat(4300)));
    assert_eq!(parsed("9".repeat(4301), None), refused());
}

#[test]
fn the_last_of_equal_keys_counts_where_the_first_stands() {
    assert_eq!(
        parsed(r#"{"a":1,"b":2,"\u0061":3}"#, None),
        Ok(r#"{"a":3,"b":2}"#.to_owned())
    );
}

#[test]
fn half_a_surrogate_pair_is_replaced() {
    let cases = [
        (r#""\ud800""#, "!"),
        (r#""a\uDFFFb""#, "a!b"),
        (r#""\ud83d\ude00""#, "😀"),
        (r#""\ud83d\ud83d\ude00""#, "!😀"),
        (r#""\ud83dx\ude00""#, "!x!"),
        (r#""\ud83d\u0041""#, "!A"),
        (r#""\ud83d\n\\ud83d""#, "!\n\\ud83d"),
        (r#""\\\ud83d""#, "\\!"),
    ];
    for (body, expected) in cases {
        let expected = json!(expected.replace('!', &LONE_SURROGATE.to_string()));
        assert_eq!(
            parse_json(body.as_bytes(), None).unwrap(),
            expected,
            "{body}"
        );
    }
    let value = parse_json(br#"{"\ud800":1}"#, None).unwrap();
    assert_eq!(value, json!({LONE_SURROGATE.to_string(): 1}));
}

#[test]
fn deep_nesting_is_refused() {
    let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(parsed(nested(127), None).is_ok());
    assert_eq!(parsed(nested(128), None), refused());
    assert_eq!(parsed("[".repeat(100_000), None), refused());
    assert_eq!(parsed("{\"a\":".repeat(100_000), None), refused());
}

#[test]
fn the_charset_of_the_content_type_is_honoured() {
    let utf_16 = |text: &str, bytes: fn(u16) -> [u8; 2]| {
        text.encode_utf16().flat_map(bytes).collect::<Vec<_>>()
    };
    let ok = |text: &str| Ok(format!("\"{text}\""));
    let cases: [(&str, Vec<u8>, Result<String, String>); 21] = [
        ("utf-8", "\"é\"".into(), ok("é")),
        ("UTF8", "\"é\"".into(), ok("é")),
        ("latin-1", b"\"\xe9\x80\"".into(), ok("é\u{80}")),
        ("ISO-8859-1", b"\"\xe9\"".into(), ok("é")),
        ("iso_8859_1", b"\"\x80\"".into(), ok("\u{80}")),
        ("windows-1252", b"\"\x80\"".into(), ok("€")),
        ("cp1251", b"\"\xe6\"".into(), ok("ж")),
        ("koi8_r", b"\"\xd6\"".into(), ok("ж")),
        ("us-ascii", b"\"e\"".into(), ok("e")),
        ("ascii", b"\"\xe9\"".into(), refused()),
        ("utf-16", utf_16("\u{feff}\"é\"", u16::to_le_bytes), ok("é")),
        ("utf-16", utf_16("\u{feff}\"é\"", u16::to_be_bytes), ok("é")),
        ("utf-16", utf_16("\"é\"", u16::to_le_bytes), refused()),
        ("utf-16", "\u{feff}{}".into(), refused()),
        ("UTF-16LE", utf_16("\"é\"", u16::to_le_bytes), ok("é")),
        ("utf_16_be", utf_16("\"é\"", u16::to_be_bytes), ok("é")),
        (
            "utf-16-le",
            utf_16("\u{feff}\"é\"", u16::to_le_bytes),
            refused(),
        ),
        ("utf-8-sig", "\u{feff}\"é\"".into(), ok("é")),
        ("nonsense", "\"é\"".into(), ok("é")),
        ("", "\"é\"".into(), ok("é")),
        ("nonsense", b"\"\xe9\"".into(), refused()),
    ];
    for (charset, body, expected) in cases {
        assert_eq!(parsed(&body, Some(charset)), expected, "{charset} {body:?}");
    }
}

#[test]
fn a_charset_that_holds_no_text_is_refused() {
    for charset in [
        "base64",
        "BASE64_codec",
        "hex",
        "zlib",
        "zip",
        "bz2",
        "rot13",
        "rot_13",
        "quopri",
        "uu",
        "undefined",
    ] {
        assert_eq!(parsed("{}", Some(charset)), refused(), "{charset}");
    }
}

#[test]
fn the_content_type_chooses_the_parser() {
    let selected =
        |content_type: &str| select(Parser::DEFAULT, content_type).map(|parser| parser.media_type);
    let accepts = |content_type: &str| selected(content_type) == Some("application/json");
    let accepted = [
        "application/json",
        "Application/JSON",
        " application/json ",
        "application/json; charset=utf-8",
        "application/json;foo=bar",
        "application/json;",
        "application/*",
        "*/*",
        "*/json",
    ];
    for content_type in accepted {
        assert!(accepts(content_type), "{content_type}");
    }
    let refused = [
        "",
        "json",
        "*",
        "text/json",
        "text/plain",
        "application/vnd.api+json",
        "application/problem+json",
        "application/",
        "application/json, text/plain",
        "application / json",
    ];
    for content_type in refused {
        assert_eq!(selected(content_type), None, "{content_type}");
    }
    let forms = [
        (
            "application/x-www-form-urlencoded; charset=x",
            "application/x-www-form-urlencoded",
        ),
        ("Multipart/Form-Data; boundary=x", "multipart/form-data"),
        ("multipart/*", "multipart/form-data"),
    ];
    for (content_type, expected) in forms {
        assert_eq!(selected(content_type), Some(expected), "{content_type}");
    }
    let upload = [Parser::JSON, Parser::FILE_UPLOAD];
    for (content_type, expected) in [
        ("application/json", "application/json"),
        ("image/png", "*/*"),
        ("", "*/*"),
    ] {
        assert_eq!(select(&upload, content_type).unwrap().media_type, expected);
    }
    assert!(accepts(&format!("application/json{}", ";a=b".repeat(60))));
    assert!(!accepts(&format!("application/json;{}", "a".repeat(240))));
}

#[test]
fn parameters_of_media_types_are_read_without_their_quotes() {
    let cases = [
        ("application/json", None),
        ("application/json; charset=utf-8", Some("utf-8")),
        ("application/json;CHARSET = x ;charset=y", Some("y")),
        ("application/json;;charset=\"latin-1\"", Some("latin-1")),
        (
            r#"application/json; x="a;charset=no"; charset="b\"c\\;""#,
            Some(r#"b"c\;"#),
        ),
        ("application/json; charset=\"open", Some("\"open")),
        ("application/json; charset=\"", Some("\"")),
        ("application/json; charset", Some("")),
        ("application/json; é=1; charset=é", Some("é")),
    ];
    for (text, charset) in cases {
        assert_eq!(
            media_type(text).unwrap().param("charset"),
            charset,
            "{text}"
        );
    }
    assert_eq!(media_type("json; charset=utf-8"), None);
}

#[test]
fn forms_are_read_as_django_reads_them() {
    let read = |body: &[u8], charset: Option<&str>| match parse_form(body, charset) {
        Ok(form) => {
            let parts = form.parts().map(|(name, part)| match part {
                Part::Text(text) => format!("{name}={text}"),
                Part::File(_) => unreachable!("no file can be sent so"),
            });
            parts.collect::<Vec<_>>().join("|")
        }
        Err(error) => error.detail.code().to_owned(),
    };
    let cases: [(&[u8], Option<&str>, &str); 9] = [
        (b"a=1&b=x+y%20z&a=2", None, "a=1|b=x y z|a=2"),
        (b"a=1;b=2", None, "a=1;b=2"),
        (b"garbage&&=x&", None, "garbage=|=x"),
        (
            b"a=%ff%E9&%C3%A9=\xc3\xa9",
            None,
            "a=\u{FFFD}\u{FFFD}|\u{e9}=\u{e9}",
        ),
        (b"a=%zz%4&b==", None, "a=%zz%4|b=="),
        (b"a=%E9", Some("latin-1"), "a=\u{e9}"),
        (b"a=%C3%A9", Some("nobody-knows"), "a=\u{e9}"),
        (b"a=1", Some("base64"), "parse_error"),
        (&b"a&".repeat(1000), None, "parse_error"),
    ];
    for (body, charset, expected) in cases {
        assert_eq!(
            read(body, charset),
            expected,
            "{}",
            String::from_utf8_lossy(body)
        );
    }
    assert_eq!(
        parse_form(&b"&".repeat(999), None).unwrap().parts().count(),
        0
    );
}
