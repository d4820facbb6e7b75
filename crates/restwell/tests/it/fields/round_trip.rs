//! What a field accepts it shows in a form that it accepts again. The fuzz target `fields` asks this too.

use std::any::type_name;

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use restwell::{
    fields::{
        Bound, ChoiceField, Choices, DictField, EmailField, Field, FieldOptions, HStoreField,
        IpAddress, Ipv4Field, Ipv6Field, ListField, MultipleChoiceField, RegexField, SlugField,
        UrlField,
    },
    renderers::render_json,
};
use serde::{Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;

/// Every field, with and without limits.
pub(crate) const FIELDS: [fn(&Value); 25] = [
    with_any_limits::<String>,
    with_any_limits::<SlugField>,
    with_any_limits::<RegexField>,
    with_any_limits::<UrlField>,
    with_any_limits::<EmailField>,
    with_any_limits::<IpAddress>,
    with_any_limits::<Ipv4Field>,
    with_any_limits::<Ipv6Field>,
    with_any_limits::<Uuid>,
    with_any_limits::<bool>,
    with_any_limits::<i16>,
    with_any_limits::<i32>,
    with_any_limits::<i64>,
    with_any_limits::<f64>,
    with_any_limits::<BigDecimal>,
    with_any_limits::<NaiveDate>,
    with_any_limits::<NaiveTime>,
    with_any_limits::<DateTime<Utc>>,
    with_any_limits::<NaiveDateTime>,
    with_any_limits::<TimeDelta>,
    with_any_limits::<Value>,
    with_any_limits::<Vec<i32>>,
    with_any_limits::<ListField<Vec<Option<String>>>>,
    with_any_limits::<DictField<DictField<BigDecimal>>>,
    with_any_limits::<HStoreField>,
];

fn with_any_limits<F: Field>(input: &Value) {
    holds::<F>(input, &FieldOptions::NONE);
    holds::<F>(input, &LIMITED);
    holds::<Option<F>>(input, &FieldOptions::NONE);
}

struct Shown<'a, F: Field>(&'a F::Value, &'a FieldOptions);

impl<F: Field> Serialize for Shown<'_, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        F::to_representation(self.0, self.1, serializer)
    }
}

/// Shows what the field makes of `input`, `None` if it refuses.
fn shown<F: Field>(input: &Value, options: &FieldOptions) -> Option<String> {
    let value = F::to_internal_value(input, options).ok()?;
    let shown = Shown::<F>(&value, options);
    let body = render_json(&shown, None).expect("what was accepted can be shown");
    Some(String::from_utf8(body).expect("JSON is UTF-8"))
}

fn holds<F: Field>(input: &Value, options: &FieldOptions) {
    let Some(first) = shown::<F>(input, options) else {
        return;
    };
    // A text can hold JSON's null, which stands for no value when it is sent as such. A negative number can be too
    // small for a float, and no decimal is a negative zero.
    if matches!(first.as_str(), "null" | "-0.0") {
        return;
    }
    let again = serde_json::from_str(&first).expect("what is shown is JSON");
    assert_eq!(
        shown::<F>(&again, options).as_ref(),
        Some(&first),
        "{} of {input}",
        type_name::<F>()
    );
}

const LIMITED: FieldOptions = FieldOptions {
    max_length: Some(8),
    min_length: Some(1),
    max_value: Some(Bound::Int(1_000_000)),
    min_value: Some(Bound::Float(-0.5)),
    max_digits: Some(9),
    decimal_places: Some(3),
    allow_unicode: true,
    trim_whitespace: false,
    regex: Some(|text| text.contains('a')),
    ..FieldOptions::NONE
};

/// Fields that are shown and read in one way of several.
pub(crate) fn in_other_notations(input: &Value) {
    holds::<Uuid>(input, &notations("urn", &[]));
    holds::<Uuid>(input, &notations("int", &[]));
    holds::<BigDecimal>(input, &notations("", &[]));
    holds::<Value>(input, &notations("", &[]));
    holds::<NaiveDate>(input, &notations("%d/%m/%Y", &["iso-8601", "%d/%m/%Y"]));
    holds::<NaiveTime>(
        input,
        &notations("%H.%M.%S%.6f", &["iso-8601", "%H.%M.%S%.f"]),
    );
    holds::<DateTime<Utc>>(
        input,
        &notations("%F %T%.6f %z", &["iso-8601", "%F %T%.f %z"]),
    );
    shown::<TimeDelta>(input, &notations("iso-8601", &[]));
}

fn notations(format: &'static str, formats: &'static [&'static str]) -> FieldOptions {
    FieldOptions {
        format: Some(format),
        input_formats: formats,
        coerce_to_string: Some(false),
        normalize_output: true,
        binary: true,
        ..FieldOptions::NONE
    }
}

/// Fields of texts and numbers that must be among some.
pub(crate) fn with_choices(input: &Value) {
    const CHOICES: Choices = Choices::Groups(&[
        Choices::Text(&[("ab", "A"), ("True", "B"), ("1", "C")]),
        Choices::Integer(&[(1, "A"), (99_999, "B")]),
    ]);
    let options = FieldOptions {
        choices: CHOICES,
        allow_blank: true,
        ..FieldOptions::NONE
    };
    holds::<ChoiceField<String>>(input, &options);
    holds::<ChoiceField<i16>>(input, &options);
    holds::<MultipleChoiceField<i32>>(input, &options);
    holds::<MultipleChoiceField<String>>(input, &options);
}
