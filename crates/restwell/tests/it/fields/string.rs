use restwell::fields::{FieldOptions, RegexField, SlugField, UrlField, UsernameField};
use uuid::Uuid;

use super::{NONE, check, json_text};

#[test]
fn texts_are_trimmed_and_numbers_become_texts() {
    check::<String>(
        NONE,
        &[
            (r#""abc""#, Ok(r#""abc""#)),
            (r#"" a b\n""#, Ok(r#""a b""#)),
            (r#""\u00a0\u3000\u0085\u001fa\u001c""#, Ok(r#""a""#)),
            (r#""\u200ba\ufeff""#, Ok("\"\u{200b}a\u{feff}\"")),
            ("1", Ok(r#""1""#)),
            ("1.0", Ok(r#""1.0""#)),
            ("1e+20", Ok(r#""1e+20""#)),
            ("-1e999", Ok(r#""-inf""#)),
            (
                "100000000000000000000000000000",
                Ok(r#""100000000000000000000000000000""#),
            ),
            ("true", Err("invalid")),
            ("[]", Err("invalid")),
            (r#"{"a":1}"#, Err("invalid")),
            ("null", Err("null")),
            (r#""""#, Err("blank")),
            (r#"" \u3000""#, Err("blank")),
            (r#""a\u0000""#, Err("null_characters_not_allowed")),
            // The parser's stand-in for half a surrogate pair.
            (r#""a\ufdd0""#, Err("surrogate_characters_not_allowed")),
        ],
    );
    check::<Option<String>>(
        NONE,
        &[
            ("null", Ok("null")),
            (r#""""#, Err("blank")),
            (r#""null""#, Ok(r#""null""#)),
        ],
    );
}

#[test]
fn lengths_are_code_points_of_the_trimmed_text_and_all_errors_are_told() {
    check::<String>(
        FieldOptions {
            max_length: Some(5),
            min_length: Some(3),
            ..NONE
        },
        &[
            (r#"" abcde ""#, Ok(r#""abcde""#)),
            (r#""😀😀😀😀😀""#, Ok(r#""😀😀😀😀😀""#)),
            (r#""e\u0301e\u0301e\u0301""#, Err("max_length")),
            (r#"" ab ""#, Err("min_length")),
            ("12", Err("min_length")),
            (r#""\u0000""#, Err("min_length null_characters_not_allowed")),
            (
                r#""abcdef\ufdd0\u0000""#,
                Err("max_length null_characters_not_allowed surrogate_characters_not_allowed"),
            ),
        ],
    );
}

#[test]
fn a_blank_text_that_is_allowed_has_no_further_limits() {
    let options = FieldOptions {
        allow_blank: true,
        min_length: Some(2),
        ..NONE
    };
    let rows = [
        (r#""""#, Ok(r#""""#)),
        (r#"" ""#, Ok(r#""""#)),
        (r#""a""#, Err("min_length")),
        ("null", Err("null")),
    ];
    check::<String>(options, &rows);
    check::<SlugField>(options, &rows);
    check::<UrlField>(options, &rows[..2]);
}

#[test]
fn slugs_hold_letters_digits_underscores_and_hyphens() {
    check::<SlugField>(
        FieldOptions {
            max_length: Some(5),
            ..NONE
        },
        &[
            (r#""a-_B1""#, Ok(r#""a-_B1""#)),
            (r#""ab\n""#, Ok(r#""ab""#)),
            ("-1", Ok(r#""-1""#)),
            ("1.5", Err("invalid")),
            (r#""é""#, Err("invalid")),
            (r#""a b""#, Err("invalid")),
            (r#""a.bcde""#, Err("max_length invalid")),
            (r#""a\u0000""#, Err("null_characters_not_allowed invalid")),
            (r#""""#, Err("blank")),
        ],
    );
}

#[test]
fn slugs_may_have_letters_and_digits_of_any_script() {
    let options = FieldOptions {
        allow_unicode: true,
        ..NONE
    };
    check::<SlugField>(
        options,
        &[
            (r#""é-_1""#, Ok(r#""é-_1""#)),
            (r#""日本""#, Ok(r#""日本""#)),
            (r#""٣½²Ⅰªº""#, Ok(r#""٣½²Ⅰªº""#)),
            (r#""e\u0301""#, Err("invalid")),
            (r#""हि""#, Err("invalid")),
            (r#""ⓐ""#, Err("invalid")),
            (r#""a\u200d""#, Err("invalid")),
            (r#""\u203f""#, Err("invalid")),
            (r#""a b""#, Err("invalid")),
            (r#""a.b""#, Err("invalid")),
            ("1.5", Err("invalid")),
        ],
    );
}

#[test]
fn usernames_have_letters_and_digits_of_any_script() {
    check::<UsernameField>(
        NONE,
        &[
            (r#""a.b@c+d-e_1""#, Ok(r#""a.b@c+d-e_1""#)),
            (r#""é日٣½""#, Ok(r#""é日٣½""#)),
            (r#""e\u0301""#, Err("invalid")),
            (r#""हि""#, Err("invalid")),
            (r#""ⓐ""#, Err("invalid")),
            (r#""a b""#, Err("invalid")),
            (r#""a/b""#, Err("invalid")),
        ],
    );
}

#[test]
fn an_expression_is_searched_for() {
    let options = FieldOptions {
        regex: Some(|text| text.contains("ab")),
        max_length: Some(4),
        ..NONE
    };
    check::<RegexField>(
        options,
        &[
            (r#"" xaby ""#, Ok(r#""xaby""#)),
            (r#""xyz""#, Err("invalid")),
            (r#""xyzab""#, Err("max_length")),
            (r#""xyzyx""#, Err("max_length invalid")),
            ("1", Err("invalid")),
            (r#""""#, Err("blank")),
            ("null", Err("null")),
        ],
    );
    check::<RegexField>(NONE, &[(r#""x""#, Ok(r#""x""#))]);
}

#[test]
fn white_space_is_kept_where_the_field_says_so() {
    let options = FieldOptions {
        trim_whitespace: false,
        min_length: Some(2),
        ..NONE
    };
    check::<String>(
        options,
        &[
            (r#"" a ""#, Ok(r#"" a ""#)),
            (r#""  ""#, Ok(r#""  ""#)),
            (r#"" ""#, Err("min_length")),
            (r#""""#, Err("blank")),
        ],
    );
}

#[track_caller]
fn check_urls(urls: &[&str], expected: Option<&str>) {
    for url in urls {
        let json = json_text(url);
        check::<UrlField>(NONE, &[(&json, expected.map_or(Ok(&json), Err))]);
    }
}

#[test]
fn complete_urls_are_kept_as_they_are() {
    let label = "a".repeat(63);
    check_urls(
        &[
            "http://a.bc",
            "HTTP://EXAMPLE.COM",
            "https://user:pass@example.com:99999/a?b#c",
            "ftp://user:@example.com",
            "ftps://example.com.",
            "http://a?b@example.com",
            "http://localhost:80/",
            "http://127.0.0.1?x",
            "http://[::1]:80/",
            "http://u@[::ffff:1.2.3.4]",
            "http://a-b.1c.com",
            "http://x.xn--p1ai",
            "http://x.xn--a-b",
            "http://пример.рф",
            "http://example.com/é?ü=😀",
            &format!("http://{label}.{}", "b".repeat(63)),
            &format!("http://example.com/{}", "a".repeat(2029)),
        ],
        None,
    );
}

#[test]
fn incomplete_urls_are_invalid() {
    check_urls(
        &[
            "example.com",
            "//example.com",
            "mailto:a@b.co",
            "http:/example.com",
            "http://",
            "http://a",
            "http://a.b",
            "http://example..com",
            "http://example.com..",
            "http://localhost.",
            "http://256.0.0.1",
            "http://01.2.3.4",
            "http://1.2.3.4.",
            "http://[::g]",
            "http://[1::2::3]",
            "http://[::1",
            "http://a_b.com",
            "http://-a.com",
            "http://a.-b.com",
            "http://a.com-",
            "http://x.c1",
            "http://x.xn--",
            "http://x.xn--a-1",
            "http://a.😀",
            "http://example／.com",
            "http://:pass@example.com",
            "http://u:p:q@example.com",
            "http://u/@example.com",
            "http://[u@example.com",
            "http://example.com:",
            "http://example.com:999999",
            "http://example.com:٣",
            "http://example.com/a b",
            "http://exam\tple.com",
            &format!("http://{}.com", "a".repeat(64)),
            &format!("http://{}.com", vec!["a"; 126].join(".")),
            &format!("http://example.com/{}", "a".repeat(2030)),
        ],
        Some("invalid"),
    );
}

#[test]
fn an_address_that_is_too_long_and_malformed_has_two_errors() {
    check::<UrlField>(
        FieldOptions {
            max_length: Some(5),
            ..NONE
        },
        &[(r#""abcdef""#, Err("max_length invalid"))],
    );
}

#[test]
fn uuids_are_read_in_every_notation_and_shown_in_one() {
    let shown = Ok(r#""12345678-90ab-cdef-1234-567890abcdef""#);
    check::<Uuid>(
        NONE,
        &[
            (r#""1234567890abcdef1234567890abcdef""#, shown),
            (r#""12345678-90AB-cdef-1234-567890abcdef""#, shown),
            (r#""1-2-34567890abcdef1234567890abcdef-""#, shown),
            (r#""{1234567890abcdef1234567890abcdef}""#, shown),
            (r#""urn:uuid:1234567890abcdef1234567890abcdef""#, shown),
            ("24197857200151252728969465429440056815", shown),
            (
                "340282366920938463463374607431768211455",
                Ok(r#""ffffffff-ffff-ffff-ffff-ffffffffffff""#),
            ),
            ("true", Ok(r#""00000000-0000-0000-0000-000000000001""#)),
            ("340282366920938463463374607431768211456", Err("invalid")),
            ("-1", Err("invalid")),
            ("1.0", Err("invalid")),
            (r#"" 1234567890abcdef1234567890abcdef""#, Err("invalid")),
            (r#""1234567890abcdef1234567890abcdeg""#, Err("invalid")),
            (r#""1234""#, Err("invalid")),
            (r#""""#, Err("invalid")),
            ("[]", Err("invalid")),
            ("null", Err("null")),
        ],
    );
}

#[test]
fn uuids_may_be_shown_in_another_notation() {
    let sent = r#""12345678-90AB-cdef-1234-567890abcdef""#;
    let table = [
        ("hex", r#""1234567890abcdef1234567890abcdef""#),
        ("int", "24197857200151252728969465429440056815"),
        ("urn", r#""urn:uuid:12345678-90ab-cdef-1234-567890abcdef""#),
    ];
    for (format, shown) in table {
        let options = FieldOptions {
            format: Some(format),
            ..NONE
        };
        check::<Uuid>(options, &[(sent, Ok(shown))]);
    }
}
