//! Every field reads any JSON and any text of a form, and what it accepts it shows in a form that it accepts again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use restwell::parsers::parse_json;
use serde_json::Value;

#[path = "../../crates/restwell/tests/it/fields/round_trip.rs"]
mod round_trip;

fuzz_target!(|text: &str| {
    let form = Value::from(text);
    let json = parse_json(text.as_bytes(), None).ok();
    for input in [Some(form), json].iter().flatten() {
        round_trip::FIELDS.iter().for_each(|holds| holds(input));
        round_trip::in_other_notations(input);
        round_trip::with_choices(input);
    }
});
