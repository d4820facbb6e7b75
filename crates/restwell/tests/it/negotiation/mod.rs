use proptest::prelude::*;
use restwell::{
    negotiation::negotiate,
    renderers::{JSON, Renderer},
};

use self::html::HTML;

mod html;

/// The format and the indent that were agreed on, or the code of the error.
fn agreed(
    renderers: &[&'static dyn Renderer],
    accept: Option<&str>,
    format: Option<&str>,
) -> Result<(&'static str, usize), String> {
    negotiate(renderers, accept.map(str::as_bytes), format)
        .map(|accepted| (accepted.renderer.format(), accepted.indent.unwrap_or(0)))
        .map_err(|error| format!("{} {}", error.status.as_u16(), error.detail.code()))
}

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[test]
fn the_most_specific_media_type_wins_and_then_the_first_renderer() {
    let cases = [
        ("*/*", "json"),
        ("application/*", "json"),
        ("APPLICATION/JSON", "json"),
        ("text/*", "api"),
        ("text/html, application/json", "json"),
        ("application/json;q=0.1, text/html;q=0.9", "json"),
        ("application/json;q=0", "json"),
        ("application/json; foo=bar, text/html", "json"),
        ("application/json, text/html;level=1", "api"),
        ("application/json, text/html;", "json"),
        ("application/xml, */*;q=0.1", "json"),
        (BROWSER, "api"),
    ];
    for (accept, format) in cases {
        assert_eq!(
            agreed(&[JSON, HTML], Some(accept), None),
            Ok((format, 0)),
            "{accept}"
        );
    }
    assert_eq!(agreed(&[JSON], Some(BROWSER), None), Ok(("json", 0)));
    assert_eq!(agreed(&[JSON, HTML], None, None), Ok(("json", 0)));
}

#[test]
fn what_nobody_renders_is_not_acceptable() {
    for accept in [
        "",
        "json",
        "*",
        "application/xml",
        "text/html",
        "application/vnd.api+json",
        ",,",
        ";",
    ] {
        assert_eq!(
            agreed(&[JSON], Some(accept), None),
            Err("406 not_acceptable".to_owned()),
            "{accept}"
        );
    }
}

#[test]
fn a_format_narrows_the_choice_and_the_header_still_counts() {
    let cases = [
        (Some("json"), None, Ok(("json", 0))),
        (Some("api"), None, Ok(("api", 0))),
        (Some("api"), Some("*/*"), Ok(("api", 0))),
        (Some(""), Some("text/html"), Ok(("api", 0))),
        (Some("json"), Some("text/html"), Err("406 not_acceptable")),
        (
            Some("api"),
            Some("application/json"),
            Err("406 not_acceptable"),
        ),
        (Some("xml"), None, Err("404 not_found")),
        (Some("JSON"), None, Err("404 not_found")),
    ];
    for (format, accept, expected) in cases {
        assert_eq!(
            agreed(&[JSON, HTML], accept, format),
            expected.map_err(str::to_owned),
            "{format:?} {accept:?}"
        );
    }
}

#[test]
fn a_client_may_ask_for_an_indent() {
    let cases = [
        ("application/json; indent=4", 4),
        ("*/*; indent=2", 2),
        ("application/json;q=0.5;indent=\"3\"", 3),
        ("application/json; indent= 5 ", 5),
        ("application/json; indent=0", 0),
        ("application/json; indent=-1", 0),
        ("application/json; indent=9", 8),
        ("application/json; indent=99999999999999999999", 8),
        ("application/json; indent=x", 0),
        ("application/json; indent", 0),
    ];
    for (accept, indent) in cases {
        assert_eq!(
            agreed(&[JSON], Some(accept), None),
            Ok(("json", indent)),
            "{accept}"
        );
    }
}

#[test]
fn a_header_is_read_only_so_far() {
    let json = "application/json";
    let cases = [
        (format!("{}{json}", "a/b,".repeat(63)), true),
        (format!("{}{json}", "a/b,".repeat(64)), false),
        (format!("{},{json}", "x".repeat(257)), true),
        (format!("{json}{}", ";a=b".repeat(61)), false),
        (format!("{json},{}", "y".repeat(9000)), true),
        (format!("{},{json}", "y".repeat(9000)), false),
        ("y".repeat(9000), false),
    ];
    for (accept, expected) in cases {
        assert_eq!(
            agreed(&[JSON], Some(&accept), None).is_ok(),
            expected,
            "{} bytes",
            accept.len()
        );
    }
    let binary = negotiate(&[JSON], Some(b"\xff\xfe, application/json;\xe9=1"), None);
    assert!(binary.is_ok());
}

proptest! {
    #[test]
    fn any_header_is_accepted_or_not(
        accept in proptest::collection::vec(any::<u8>(), 0..60),
        words in "((application|text|\\*)/(json|html|\\*)?(; ?(q|indent|version)=\"?[-0-9a-z.]{0,3}\"?)*,? ?){0,4}",
        format in "[a-z]{0,4}",
    ) {
        for accept in [accept.as_slice(), words.as_bytes()] {
            if let Ok(accepted) = negotiate(&[JSON, HTML], Some(accept), Some(&format)) {
                prop_assert!(accepted.indent.is_none_or(|indent| (1..=8).contains(&indent)));
            }
        }
    }
}
