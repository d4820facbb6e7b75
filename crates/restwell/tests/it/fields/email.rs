use restwell::fields::{EmailField, FieldOptions};

use super::{NONE, check, json_text};

#[track_caller]
fn check_addresses(addresses: &[&str], expected: Option<&str>) {
    for address in addresses {
        let json = json_text(address);
        check::<EmailField>(NONE, &[(&json, expected.map_or(Ok(&json), Err))]);
    }
}

#[test]
fn addresses_are_kept_as_they_are() {
    check_addresses(
        &[
            "a@b.co",
            "A@B.CO",
            "a+b@x.io",
            "!#$%&'*+-/=?^_`{}|~@x.io",
            "a@localhost",
            "a@[127.0.0.1]",
            "a@[::1]",
            "a@é.io",
            "a@日本.jp",
            "a@x.рф",
            "a@1.io",
            "a@x.c-m",
            "a@x.xn--p1ai",
            r#""a\"b"@x.io"#,
            r#""a@b"@x.io"#,
            "\"\\\u{1}\"@x.io",
            // Unicode folds these to `s` and `k`.
            "ſ@x.io",
            "\u{212a}@x.io",
            &format!("a@{}.io", "b".repeat(63)),
            &format!("{}@b.co", "a".repeat(315)),
        ],
        None,
    );
}

#[test]
fn malformed_addresses_are_invalid() {
    check_addresses(
        &[
            "a",
            "a@",
            "@x.io",
            "a@b",
            "a@x.i",
            "a@x.123",
            "a@x.c1",
            "a@x.io.",
            "a@x..io",
            "a@.io",
            "a@-x.io",
            "a@x-.io",
            "a@x.-cm",
            "a@x.cm-",
            "a@x_y.io",
            "a@LOCALHOST",
            "a@x.😀😀",
            "a@[256.0.0.1]",
            "a@[IPv6:::1]",
            "a@[127.0.0.1",
            "a@[1.2.3.4]x",
            ".a@x.io",
            "a.@x.io",
            "a..b@x.io",
            "a b@x.io",
            "a@b@x.io",
            "é@x.io",
            r#""a b"@x.io"#,
            "\"a\nb\"@x.io",
            &format!("a@{}.io", "b".repeat(64)),
            &format!("{}@b.co", "a".repeat(316)),
        ],
        Some("invalid"),
    );
}

#[test]
fn addresses_are_texts_first() {
    check::<EmailField>(
        FieldOptions {
            max_length: Some(5),
            ..NONE
        },
        &[
            (r#""abcdef""#, Err("max_length invalid")),
            (r#""a@b.co""#, Err("max_length")),
            (r#"" a@b.c ""#, Err("invalid")),
            ("1", Err("invalid")),
            ("true", Err("invalid")),
            (r#""""#, Err("blank")),
            ("null", Err("null")),
        ],
    );
    let untrimmed = FieldOptions {
        trim_whitespace: false,
        ..NONE
    };
    check::<EmailField>(untrimmed, &[(r#"" a@b.co""#, Err("invalid"))]);
}
