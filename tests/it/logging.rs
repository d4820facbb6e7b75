//! `src/logging.rs`: one record, one line.

use lending_library::logging::{to_json, to_text};
use log::{Level, Record};

const TIME: &str = "2026-01-31T12:00:00.000Z";

fn format(
    format: fn(&str, &Record<'_>) -> String,
    target: &str,
    message: &str,
    fields: &[(&str, log::kv::Value<'_>)],
) -> String {
    let mut builder = Record::builder();
    format(
        TIME,
        &builder
            .level(Level::Info)
            .target(target)
            .args(format_args!("{message}"))
            .key_values(&fields)
            .build(),
    )
}

#[test]
fn text_lines_hold_the_fields() {
    let fields = [
        ("request_id", "7".into()),
        ("path", "/a b=\"c\"".into()),
        ("empty", "".into()),
    ];
    assert_eq!(
        format(to_text, "restwell::error", "500 error", &fields),
        r#"2026-01-31T12:00:00.000Z INFO  restwell::error 500 error request_id=7 path="/a b=\"c\"" empty="""#
    );
    assert_eq!(
        format(to_text, "restwell::request", "GET / 200", &fields),
        "2026-01-31T12:00:00.000Z INFO  restwell::request GET / 200"
    );
}

#[test]
fn no_text_forges_a_line() {
    let message = "a\r\nINFO b\u{1b}[2J\u{2028}\u{85}é";
    let line = format(to_text, "t", message, &[("key", "x\ny".into())]);
    assert_eq!(
        line,
        r#"2026-01-31T12:00:00.000Z INFO  t a\r\nINFO b\u{1b}[2J\u{2028}\u{85}é key="x\ny""#
    );
    assert_eq!(format(to_json, "t", "a\r\nb", &[]).lines().count(), 1);
}

#[test]
fn json_lines_keep_types_and_their_own_names() {
    let fields = [
        ("path", "/api/\"x\"/".into()),
        ("status", 200_u16.into()),
        ("ms", 1.5.into()),
        ("negative", (-1).into()),
        ("ok", true.into()),
        ("message", "forged".into()),
    ];
    assert_eq!(
        format(to_json, "restwell::request", "GET", &fields),
        r#"{"time":"2026-01-31T12:00:00.000Z","level":"INFO","target":"restwell::request","message":"GET","path":"/api/\"x\"/","status":200,"ms":1.5,"negative":-1,"ok":true}"#
    );
}
