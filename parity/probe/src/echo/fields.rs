//! Fields of every type.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use restwell::{fields::UploadedImage, input::UploadedFile, prelude::*};
use serde_json::Value;
use uuid::Uuid;

#[derive(Serializer)]
#[serializer(plain, partial)]
pub(super) struct Texts {
    #[field(optional)]
    plain: String,
    #[field(optional, max_length = 5)]
    short: String,
    #[field(optional, min_length = 3)]
    long: String,
    #[field(optional, trim_whitespace = false, max_length = 5)]
    untrimmed: String,
    #[field(optional, allow_blank)]
    blank: String,
    null: Option<String>,
    #[field(allow_blank)]
    null_blank: Option<String>,
    #[field(optional)]
    email: EmailField,
    #[field(optional, max_length = 5)]
    email_short: EmailField,
    #[field(optional, regex = r"[a-z]\d")]
    regex: RegexField,
    #[field(optional)]
    slug: SlugField,
    #[field(optional, allow_unicode)]
    slug_unicode: SlugField,
    #[field(optional)]
    url: UrlField,
    #[field(optional, max_length = 3, validate = lower_case)]
    checked: String,
}

fn lower_case(text: &str) -> Result<(), ErrorDetail> {
    match text == text.to_lowercase() {
        true => Ok(()),
        false => Err(ErrorDetail::new("Write this in lower case.", "lower_case")),
    }
}

#[derive(Serializer)]
#[serializer(plain, partial)]
pub(super) struct Numbers {
    #[field(optional)]
    integer: i64,
    #[field(optional, min_value = 1, max_value = 10)]
    integer_bounded: i64,
    integer_null: Option<i64>,
    #[field(optional)]
    big: i64,
    #[field(optional, coerce_to_string = true)]
    big_text: i64,
    #[field(optional)]
    float: f64,
    #[field(optional, min_value = 0, max_value = 1)]
    float_bounded: f64,
    float_null: Option<f64>,
    #[field(optional, max_digits = 6, decimal_places = 2)]
    decimal: BigDecimal,
    #[field(optional, max_digits = 4, decimal_places = 4)]
    decimal_small: BigDecimal,
    #[field(
        optional,
        max_digits = 6,
        decimal_places = 2,
        min_value = 1,
        max_value = 10
    )]
    decimal_bounded: BigDecimal,
    #[field(max_digits = 6, decimal_places = 2)]
    decimal_null: Option<BigDecimal>,
    #[field(optional, max_digits = 6, decimal_places = 2, coerce_to_string = false)]
    decimal_number: BigDecimal,
    #[field(optional, max_digits = 6, decimal_places = 2, normalize_output)]
    decimal_normal: BigDecimal,
    #[field(optional)]
    decimal_open: BigDecimal,
}

#[derive(Serializer)]
#[serializer(plain, partial)]
pub(super) struct Flags {
    #[field(optional)]
    flag: bool,
    flag_null: Option<bool>,
    #[field(default = true)]
    flag_default: bool,
}

#[derive(Serializer)]
#[serializer(plain, partial)]
pub(super) struct Times {
    #[field(optional)]
    datetime: DateTime<Utc>,
    datetime_null: Option<DateTime<Utc>>,
    #[field(optional, format = "%d.%m.%Y %H:%M", input_formats("%d.%m.%Y %H:%M"))]
    datetime_format: DateTime<Utc>,
    #[field(optional)]
    datetime_raw: DateTime<Utc>,
    #[field(optional)]
    date: NaiveDate,
    date_null: Option<NaiveDate>,
    #[field(optional, format = "%d.%m.%Y", input_formats("%d.%m.%Y", "iso-8601"))]
    date_format: NaiveDate,
    #[field(optional)]
    time: NaiveTime,
    time_null: Option<NaiveTime>,
    #[field(optional, format = "%H.%M", input_formats("%H.%M"))]
    time_format: NaiveTime,
    #[field(optional)]
    duration: TimeDelta,
    #[field(optional, min_value = 3_600, max_value = 86_400)]
    duration_bounded: TimeDelta,
    duration_null: Option<TimeDelta>,
    #[field(optional, format = "iso-8601")]
    duration_iso: TimeDelta,
    #[field(optional, format = "seconds")]
    duration_raw: TimeDelta,
}

#[derive(Serializer)]
#[serializer(plain, partial)]
pub(super) struct Addresses {
    #[field(optional)]
    uuid: Uuid,
    uuid_null: Option<Uuid>,
    #[field(optional, format = "hex")]
    uuid_hex: Uuid,
    #[field(optional, format = "int")]
    uuid_int: Uuid,
    #[field(optional, format = "urn")]
    uuid_urn: Uuid,
    #[field(optional)]
    ip: IpAddress,
    ip_null: Option<IpAddress>,
    #[field(optional)]
    ipv4: Ipv4Field,
    #[field(optional)]
    ipv6: Ipv6Field,
}

const LETTERS: &[(&str, &str)] = &[("a", "Ay"), ("b", "Bee")];
const NUMBERS: &[(i64, &str)] = &[(1, "One"), (2, "Two")];
const MANY: &[(i64, &str)] = &[(100, "Hundred")];
const PLAIN: &[(&str, &str)] = &[("x", "x"), ("y", "y")];

#[derive(Serializer)]
#[serializer(plain, partial)]
pub(super) struct Choices {
    #[field(optional, choices = LETTERS)]
    letter: ChoiceField<String>,
    #[field(optional, choices = NUMBERS)]
    number: ChoiceField<i32>,
    #[field(optional, choices = PLAIN)]
    plain: ChoiceField<String>,
    #[field(optional, choices(NUMBERS, MANY))]
    grouped: ChoiceField<i32>,
    #[field(optional, allow_blank, choices = LETTERS)]
    blank: ChoiceField<String>,
    #[field(choices = LETTERS)]
    null: Option<ChoiceField<String>>,
    #[field(optional, choices = LETTERS)]
    multiple: MultipleChoiceField<String>,
    #[field(optional, choices = NUMBERS)]
    multiple_numbers: MultipleChoiceField<i32>,
}

#[derive(Serializer)]
#[serializer(plain, partial)]
pub(super) struct FilledChoices {
    #[field(optional, choices = LETTERS, allow_empty = false)]
    multiple: MultipleChoiceField<String>,
}

#[derive(Serializer)]
#[serializer(plain, partial)]
pub(super) struct Composites {
    #[field(optional, child(min_value = 0))]
    list: Vec<i64>,
    #[field(optional, min_length = 1, max_length = 2)]
    list_bounded: Vec<i64>,
    #[field(optional, allow_empty = false)]
    list_filled: Vec<i64>,
    list_null: Option<Vec<Option<i64>>>,
    #[field(optional, child(max_length = 3))]
    list_texts: Vec<String>,
    #[field(optional)]
    list_lists: Vec<Vec<i64>>,
    #[field(optional)]
    list_any: ListField<Option<Value>>,
    #[field(optional)]
    dict: DictField<i64>,
    #[field(optional, allow_empty = false)]
    dict_filled: DictField<i64>,
    #[field(optional)]
    dict_any: DictField<Option<Value>>,
    #[field(optional)]
    hstore: HStoreField,
    #[field(optional)]
    json: Value,
    json_null: Option<Value>,
    #[field(optional, binary)]
    json_binary: Value,
}

#[derive(Serializer)]
#[serializer(plain, partial)]
pub(super) struct Uploads {
    #[field(optional)]
    file: UploadedFile,
    #[field(optional, allow_empty_file)]
    file_empty: UploadedFile,
    #[field(optional, max_length = 10)]
    file_short: UploadedFile,
    file_null: Option<UploadedFile>,
    #[field(optional)]
    image: UploadedImage,
}

#[derive(Serializer)]
#[serializer(plain, partial)]
pub(super) struct RequiredUpload {
    file: UploadedFile,
}
