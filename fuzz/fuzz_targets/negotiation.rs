//! `Accept`, `Content-Type` and `Content-Disposition`: whatever they hold, what is agreed on was asked for.
#![no_main]

use libfuzzer_sys::fuzz_target;
use restwell::{
    negotiation::negotiate,
    parsers::{Disposition, Parser, media_type, select},
    renderers::JSON,
};

use self::html::HTML;

#[path = "../../crates/restwell/tests/it/negotiation/html.rs"]
mod html;

fuzz_target!(|header: &[u8]| {
    accept(header);
    let Ok(text) = std::str::from_utf8(header) else {
        return;
    };
    if let Some(parser) = select(Parser::DEFAULT, text) {
        let media = media_type(text).expect("a parser was selected by it");
        assert!(media.includes(parser.media_type));
    }
    disposition(text);
});

/// One of two renderers answers if and only if it would answer alone, and then also if its format is asked for.
fn accept(header: &[u8]) {
    let alone = |renderer| negotiate(&[renderer], Some(header), None).is_ok();
    let Ok(accepted) = negotiate(&[JSON, HTML], Some(header), None) else {
        assert!(!alone(JSON) && !alone(HTML));
        return;
    };
    assert!(alone(accepted.renderer));
    assert!(
        accepted
            .indent
            .is_none_or(|indent| (1..=8).contains(&indent))
    );
    let format = accepted.renderer.format();
    let again =
        negotiate(&[JSON, HTML], Some(header), Some(format)).expect("its format was asked for");
    assert_eq!(
        (again.renderer.format(), again.indent),
        (format, accepted.indent)
    );
}

/// Names that need no escapes are read as what they are written.
fn disposition(text: &str) {
    let read = Disposition::parse(text);
    let names = [&read.name, &read.file_name];
    if let [Some(name), Some(file_name)] = names
        && !names
            .into_iter()
            .flatten()
            .any(|name| name.contains(['\\', '"']))
    {
        let written = format!("form-data; name=\"{name}\"; filename=\"{file_name}\"");
        assert_eq!(Disposition::parse(&written), read);
    }
}
