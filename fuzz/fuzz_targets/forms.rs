//! Bodies of forms. The first byte says in which pieces a body arrives; the rest is read as parts, and as pairs.
#![no_main]

use libfuzzer_sys::fuzz_target;
use restwell::{
    fields::{FieldKind, FieldOptions},
    input::{Form, FormInput, FormValue, Input, Part},
    multipart::Headers,
    parsers::parse_form,
    request::QueryParams,
    serializers::FieldInfo,
    storage::valid_name,
};

use self::parts::split;

#[path = "../../crates/restwell/tests/it/multipart/parts.rs"]
mod parts;

fuzz_target!(|data: &[u8]| {
    let Some((size, body)) = data.split_first() else {
        return;
    };
    let whole = split(body, usize::MAX);
    assert_eq!(split(body, usize::from(*size).max(1)), whole);
    for (headers, _) in whole.iter().flatten() {
        check_file_name(headers);
    }
    if let Ok(form) = parse_form(body, None) {
        check_pairs(body, &form);
        check_fields(&form);
    }
});

/// The name under which a file is stored leads nowhere else.
fn check_file_name(headers: &Headers) {
    let valid = headers.file_name.as_deref().and_then(valid_name);
    assert!(valid.is_none_or(|name| !name.starts_with('.') && !name.contains(['/', '\\', '\0'])));
}

/// A form of UTF-8 holds what a query string of the same text does.
fn check_pairs(body: &[u8], form: &Form) {
    let Ok(text) = std::str::from_utf8(body) else {
        return;
    };
    let query = QueryParams::parse(text).expect("a form may have as many fields");
    let pairs = form.parts().map(|(name, part)| match part {
        Part::Text(text) => (name, text.as_str()),
        Part::File(file) => panic!("{file:?} came in a text"),
    });
    assert!(pairs.eq(query.iter()));
}

/// A field of any kind finds a value or nothing, and lists have items.
fn check_fields(form: &Form) {
    let field = FieldInfo {
        name: "a",
        kind: FieldKind::new("field"),
        required: false,
        read_only: false,
        hidden: false,
        label: None,
        help_text: None,
        options: FieldOptions::NONE,
        children: None,
    };
    let input = Input::Form(FormInput::new(form));
    for kind in [
        FormValue::Text,
        FormValue::Boolean,
        FormValue::Selection,
        FormValue::Dict,
        FormValue::Json,
        FormValue::Object,
    ] {
        let _ = input.get(&field, kind, true);
    }
    for kind in [FormValue::List, FormValue::Objects] {
        let sent = input.get(&field, kind, true);
        let items = sent.as_ref().and_then(|sent| sent.items());
        assert!(items.is_none_or(|items| (1..=form.parts().count()).contains(&items.len())));
    }
}
