//! Bodies of JSON. The first line is a content type, whose charset the rest is in: what is read can be written in any
//! style, and is then read as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use restwell::{
    parsers::{media_type, parse_json},
    renderers::JsonStyle,
};
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let line = data.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (content_type, body) = data.split_at(line);
    let content_type = String::from_utf8_lossy(content_type);
    let media = media_type(&content_type);
    let charset = media.as_ref().and_then(|media| media.param("charset"));
    let Ok(value) = parse_json(body, charset) else {
        return;
    };
    assert!(depth(&value) <= 128);
    for style in [
        JsonStyle::default(),
        JsonStyle {
            indent: Some(2),
            ..JsonStyle::default()
        },
        JsonStyle {
            ascii: true,
            spaced: true,
            ..JsonStyle::default()
        },
    ] {
        // A number that is too large for a float is left to the field, and cannot be written.
        if let Ok(written) = style.render(&value) {
            assert_eq!(parse_json(&written, None).as_ref().ok(), Some(&value));
        }
    }
});

/// A value that holds no others has the depth 1.
fn depth(value: &Value) -> usize {
    let deepest = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(entries) => entries.values().map(depth).max(),
        _ => None,
    };
    deepest.unwrap_or(0) + 1
}
