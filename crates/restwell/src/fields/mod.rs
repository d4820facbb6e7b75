//! What one value of a serializer may be: coercion, limits and codes on the way in, text on the way out.
//!
//! A Rust type that implements [`Field`] can stand in a serializer. The attributes of `#[field(…)]` reach it as
//! [`FieldOptions`]. Rules and codes are those of contract §5; each module below holds the fields of one kind.

use std::{borrow::Cow, fmt};

use serde::Serializer;
use serde_json::Value;

use crate::{
    exceptions::ErrorDetail,
    input::{FormValue, UploadedFile},
    request::Request,
    serializers::Scope,
};

mod boolean;
mod choice;
mod composite;
mod datetime;
mod duration;
mod file;
mod network;
mod numeric;
mod string;

pub use choice::{ChoiceField, MultipleChoiceField};
pub use composite::{DictField, HStoreField, ListField};
pub use file::{FileField, ImageField, UploadedImage};
pub use network::{IpAddress, Ipv4Field, Ipv6Field};
pub use numeric::ascii_digit;
pub(crate) use numeric::{MAX_INT_DIGITS, parse_big_int, parse_int};
pub use string::{
    EmailField, MAX_USERNAME, RegexField, SlugField, UrlField, UsernameField, is_username,
    normalize_username, trim,
};
pub(crate) use string::{is_space, is_word, parse_uuid};

/// The limits and the notation of one field, as `#[field(…)]` gives them.
#[derive(Clone, Copy, Debug)]
pub struct FieldOptions {
    /// The text may be empty.
    pub allow_blank: bool,
    /// The list, dictionary, or list of related or nested rows, may be empty.
    pub allow_empty: bool,
    /// White space at both ends of a text is dropped.
    pub trim_whitespace: bool,
    /// A slug may have letters and digits of any script.
    pub allow_unicode: bool,
    /// Whether a text has the form that a [`RegexField`] asks for.
    pub regex: Option<fn(&str) -> bool>,
    /// Code points of a text, or items of a list.
    pub max_length: Option<usize>,
    /// Code points of a text, or items of a list.
    pub min_length: Option<usize>,
    /// The largest number, inclusive.
    pub max_value: Option<Bound>,
    /// The smallest number, inclusive.
    pub min_value: Option<Bound>,
    /// All digits of a decimal.
    pub max_digits: Option<u32>,
    /// The digits of a decimal behind the point.
    pub decimal_places: Option<u32>,
    /// A number is shown as a text: a decimal is, an integer is not, unless this says otherwise.
    pub coerce_to_string: Option<bool>,
    /// A decimal is shown without the zeros at its end.
    pub normalize_output: bool,
    /// The notation in which the value is shown, if it is not the usual one.
    pub format: Option<&'static str>,
    /// The notations of dates and times that are read, if they are not the usual ones.
    pub input_formats: &'static [&'static str],
    /// JSON is sent and shown as a text that holds it.
    pub binary: bool,
    /// The values that are allowed.
    pub choices: Choices,
    /// The limits of a list's items.
    pub child: Option<&'static FieldOptions>,
    /// The folder of uploaded files in the storage, with a slash at its end; empty for the root.
    pub upload_to: &'static str,
    /// An uploaded file may be empty.
    pub allow_empty_file: bool,
}

impl FieldOptions {
    /// No limits.
    pub const NONE: Self = Self {
        allow_blank: false,
        allow_empty: true,
        trim_whitespace: true,
        allow_unicode: false,
        regex: None,
        max_length: None,
        min_length: None,
        max_value: None,
        min_value: None,
        max_digits: None,
        decimal_places: None,
        coerce_to_string: None,
        normalize_output: false,
        format: None,
        input_formats: &[],
        binary: false,
        choices: Choices::None,
        child: None,
        upload_to: "",
        allow_empty_file: false,
    };
}

/// A limit of a number, written as it stands in the attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(limit) => limit.fmt(f),
            Self::Float(limit) => limit.fmt(f),
        }
    }
}

/// The choices of a field: each value with the name a person reads.
#[derive(Clone, Copy, Debug)]
pub enum Choices {
    /// Not a choice field.
    None,
    /// Texts.
    Text(&'static [(&'static str, &'static str)]),
    /// Numbers.
    Integer(&'static [(i64, &'static str)]),
    /// Several lists, one behind the other: DRF's groups, whose names never leave the server.
    Groups(&'static [Choices]),
}

/// What a field says of itself in `OPTIONS`, and what decides its defaults.
#[derive(Clone, Copy, Debug)]
pub struct FieldKind {
    /// The type's name in `OPTIONS` answers, e.g. `string` (contract §15.4).
    pub name: &'static str,
    /// Null is a value.
    pub nullable: bool,
    /// The items of a list or dictionary.
    pub child: Option<&'static FieldKind>,
    /// The smallest and the largest number that the column holds.
    pub range: Option<(i64, i64)>,
}

impl FieldKind {
    /// A type of this name that holds no other values and is not null.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            nullable: false,
            child: None,
            range: None,
        }
    }
}

/// A type that can be a field of a serializer.
///
/// Implement it for a type of your own: say what a client may send ([`Field::to_internal_value`]) and what it is
/// shown ([`Field::to_representation`]).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a serializer field",
    label = "no field type covers `{Self}`",
    note = "implement `restwell::fields::Field` for `{Self}`, use one of the types of `restwell::fields`, or, if it is a serializer, write `#[field(nested)]`"
)]
pub trait Field: Sized + 'static {
    /// What the model holds for this field.
    type Value;

    /// Name and nature of the field.
    const KIND: FieldKind;

    /// How a form holds the value.
    const FORM: FormValue = FormValue::Text;

    /// Called for each value that a client sent, null included: coerces it and checks the limits.
    ///
    /// # Errors
    /// Every limit that does not hold, in the order of contract §5.1.2; a failed coercion is the only one then.
    fn to_internal_value(input: &Value, options: &FieldOptions)
    -> Result<Self::Value, ErrorDetail>;

    /// Called for each file that a client sent: checks it and gives what is stored for it.
    ///
    /// # Errors
    /// As [`Field::to_internal_value`]; a field that holds no files takes none.
    fn from_file(
        _file: &UploadedFile,
        _options: &FieldOptions,
        _scope: &Scope<'_>,
    ) -> Result<Self::Value, ErrorDetail> {
        fail("A file was sent where a value is expected.", "invalid")
    }

    /// Called for values of nullable fields: whether this text stands for null (contract §5.3, §5.12).
    fn is_null_text(_input: &Value) -> bool {
        false
    }

    /// Called for each value that is about to be stored: what the answer shows instead of the stored row's value,
    /// where the database writes it in another way (contract §2.6: a JSON column's own key order).
    fn kept(_value: &Self::Value) -> Option<Self::Value> {
        None
    }

    /// Called before and after a row is changed or deleted: the file that it holds.
    fn file_name(_value: &Self::Value) -> Option<&str> {
        None
    }

    /// Called for each value that is shown.
    fn to_representation<S: Serializer>(
        value: &Self::Value,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error>;

    /// Called for each value that is shown in an answer. Override it if what is shown depends on the request.
    fn represent<S: Serializer>(
        value: &Self::Value,
        options: &FieldOptions,
        _request: &Request,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Self::to_representation(value, options, serializer)
    }
}

/// A value of a nullable column: null is allowed, and the field may be left out.
impl<F: Field> Field for Option<F> {
    type Value = Option<F::Value>;

    const KIND: FieldKind = FieldKind {
        nullable: true,
        ..F::KIND
    };

    const FORM: FormValue = F::FORM;

    fn to_internal_value(
        input: &Value,
        options: &FieldOptions,
    ) -> Result<Self::Value, ErrorDetail> {
        if input.is_null() || F::is_null_text(input) {
            return Ok(None);
        }
        F::to_internal_value(input, options).map(Some)
    }

    fn from_file(
        file: &UploadedFile,
        options: &FieldOptions,
        scope: &Scope<'_>,
    ) -> Result<Self::Value, ErrorDetail> {
        F::from_file(file, options, scope).map(Some)
    }

    fn kept(value: &Self::Value) -> Option<Self::Value> {
        value.as_ref().and_then(F::kept).map(Some)
    }

    fn file_name(value: &Self::Value) -> Option<&str> {
        value.as_ref().and_then(F::file_name)
    }

    fn to_representation<S: Serializer>(
        value: &Self::Value,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => F::to_representation(value, options, serializer),
            None => serializer.serialize_none(),
        }
    }

    fn represent<S: Serializer>(
        value: &Self::Value,
        options: &FieldOptions,
        request: &Request,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => F::represent(value, options, request, serializer),
            None => serializer.serialize_none(),
        }
    }
}

/// One message with its code, as a field's only error.
///
/// # Errors
/// Always.
pub fn fail<T>(
    message: impl Into<Cow<'static, str>>,
    code: &'static str,
) -> Result<T, ErrorDetail> {
    Err(ErrorDetail::new(message, code).listed())
}

/// The value, if no limit was broken.
pub(crate) fn accept<T>(value: T, broken: Vec<ErrorDetail>) -> Result<T, ErrorDetail> {
    if broken.is_empty() {
        Ok(value)
    } else {
        Err(ErrorDetail::List(broken))
    }
}

/// Null where the field does not allow it.
pub(crate) fn null<T>() -> Result<T, ErrorDetail> {
    fail("This may not be null.", "null")
}
