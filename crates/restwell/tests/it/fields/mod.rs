//! Tables of what fields accept, show and refuse; DRF 3.18.3 answered the same unless a comment says otherwise.

use restwell::exceptions::ErrorDetail;
use restwell::fields::{Field, FieldOptions};
use serde_json::{Serializer, Value};

mod boolean;
mod choice;
mod composite;
mod datetime;
mod duration;
mod email;
mod json;
mod network;
mod numeric;
mod properties;
mod round_trip;
mod string;
mod time;

/// No limits.
const NONE: FieldOptions = FieldOptions::NONE;

/// JSON as the parser hands it on, and what the field shows of its value or the codes of its errors.
type Row<'a> = (&'a str, Result<&'a str, &'a str>);

#[track_caller]
fn check<F: Field>(options: FieldOptions, rows: &[Row<'_>]) {
    for (text, expected) in rows {
        let input = serde_json::from_str(text).expect("the row holds JSON");
        let outcome = match F::to_internal_value(&input, &options) {
            Ok(value) => Ok(shown::<F>(&value, &options)),
            Err(detail) => Err(codes(&detail).join(" ")),
        };
        assert_eq!(
            outcome.as_deref().map_err(String::as_str),
            *expected,
            "input {text}"
        );
    }
}

/// The JSON that stands for this value in a body.
fn shown<F: Field>(value: &F::Value, options: &FieldOptions) -> String {
    let mut json = Vec::new();
    F::to_representation(value, options, &mut Serializer::new(&mut json))
        .expect("a buffer takes everything");
    String::from_utf8(json).expect("JSON is UTF-8")
}

/// The codes of the leaves; those of a list's items follow the index.
fn codes(detail: &ErrorDetail) -> Vec<String> {
    match detail {
        ErrorDetail::Message { message, code } => {
            assert!(message.ends_with('.'), "{message}");
            vec![code.clone().into_owned()]
        }
        ErrorDetail::List(items) => items.iter().flat_map(codes).collect(),
        ErrorDetail::Map(entries) => entries
            .iter()
            .flat_map(|(key, detail)| {
                codes(detail)
                    .into_iter()
                    .map(move |code| format!("{key}:{code}"))
            })
            .collect(),
    }
}

fn json_text(text: &str) -> String {
    Value::from(text).to_string()
}
