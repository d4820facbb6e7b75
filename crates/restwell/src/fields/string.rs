//! Texts, and texts of one form: addresses, slugs, what matches an expression, UUIDs (contract §5.4 to §5.8).

use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::LazyLock,
};

use icu_normalizer::ComposingNormalizer;
use icu_properties::{
    CodePointMapData,
    props::{GeneralCategory, GeneralCategoryGroup},
};
use regex::Regex;
use serde::Serializer;
use serde_json::Value;
use uuid::{Uuid, fmt::Hyphenated};

use super::{Field, FieldKind, FieldOptions, accept, fail, null, numeric::number_text};
use crate::{exceptions::ErrorDetail, parsers::LONE_SURROGATE};

/// DRF's `CharField`: `Text` and `Varchar` columns.
impl Field for String {
    type Value = String;

    const KIND: FieldKind = FieldKind::new("string");

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<String, ErrorDetail> {
        read_text(input, options, |_| None)
    }

    fn to_representation<S: Serializer>(
        value: &String,
        _options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(value)
    }
}

/// Types for texts of one form, kept in a column of `String`.
macro_rules! text_fields {
    ($($(#[$doc:meta])* $field:ident: $name:literal, $wrong_form:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $field;

        impl Field for $field {
            type Value = String;

            const KIND: FieldKind = FieldKind::new($name);

            fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<String, ErrorDetail> {
                read_text(input, options, |text| ($wrong_form)(text, options))
            }

            fn to_representation<S: Serializer>(
                value: &String,
                options: &FieldOptions,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                String::to_representation(value, options, serializer)
            }
        }
    )*};
}

text_fields! {
    /// A text of ASCII letters, digits, `-` and `_`, of any script with `#[field(allow_unicode)]`; the column is a
    /// `String`.
    SlugField: "slug", wrong_slug;
    /// A text in which `#[field(regex = "…")]` is found somewhere; the column is a `String`.
    RegexField: "regex", |text: &str, options: &FieldOptions| {
        let is_found = options.regex.is_none_or(|is_found| is_found(text));
        (!is_found).then_some("This does not have the form that is asked for.")
    };
    /// The address of a page or file: `http`, `https`, `ftp` or `ftps`; the column is a `String`.
    UrlField: "url", |text: &str, _: &FieldOptions| (!is_url(text)).then_some("This is not a complete URL.");
    /// The address of a mailbox; the column is a `String`.
    EmailField: "email", |text: &str, _: &FieldOptions| (!is_email(text)).then_some("This is not an e-mail address.");
}

fn wrong_slug(text: &str, options: &FieldOptions) -> Option<&'static str> {
    let is_slug = |c| c == '-' || is_word(c) && (options.allow_unicode || c.is_ascii());
    (!text.chars().all(is_slug))
        .then_some("This may hold only letters, digits, underscores and hyphens.")
}

/// The text within its limits; `wrong_form` says what is wrong with the form of a text.
fn read_text(
    input: &Value,
    options: &FieldOptions,
    wrong_form: impl Fn(&str) -> Option<&'static str>,
) -> Result<String, ErrorDetail> {
    let text = written_text(input, options)?;
    if text.is_empty() {
        return Ok(String::new());
    }
    let mut broken = broken_limits(text, options);
    broken.extend(wrong_form(text).map(|message| ErrorDetail::new(message, "invalid")));
    accept(text.to_owned(), broken)
}

/// The text that a client sent, which may be empty only if that is allowed.
fn written_text<'a>(input: &'a Value, options: &FieldOptions) -> Result<&'a str, ErrorDetail> {
    let text = match input {
        Value::Null => return null(),
        Value::String(text) if options.trim_whitespace => trim(text),
        Value::String(text) => text,
        Value::Number(number) => number_text(number),
        _ => return fail("This is not a text.", "invalid"),
    };
    match text.is_empty() && !options.allow_blank {
        true => fail("This may not be blank.", "blank"),
        false => Ok(text),
    }
}

/// What is wrong with the length and the characters of a text.
fn broken_limits(text: &str, options: &FieldOptions) -> Vec<ErrorDetail> {
    let mut broken = Vec::new();
    // A text has at most as many code points as bytes, and rarely is anything else to be counted.
    if let Some(limit) = options
        .max_length
        .filter(|limit| text.len() > *limit && text.chars().count() > *limit)
    {
        broken.push(ErrorDetail::new(
            format!("This may have at most {limit} characters."),
            "max_length",
        ));
    }
    if let Some(limit) = options
        .min_length
        .filter(|limit| text.chars().count() < *limit)
    {
        broken.push(ErrorDetail::new(
            format!("This must have at least {limit} characters."),
            "min_length",
        ));
    }
    broken.extend(unstorable_characters(text));
    broken
}

/// Whether Python's `\w` finds the character: letters and digits of any script, without the marks on them, and `_`.
pub(crate) fn is_word(c: char) -> bool {
    const WORD: GeneralCategoryGroup =
        GeneralCategoryGroup::Letter.union(GeneralCategoryGroup::Number);
    match c.is_ascii() {
        true => c.is_ascii_alphanumeric() || c == '_',
        false => WORD.contains(CodePointMapData::<GeneralCategory>::new().get(c)),
    }
}

/// Whether all characters are those of a username, as Django's `UnicodeUsernameValidator` says.
pub fn is_username(text: &str) -> bool {
    text.chars().all(|c| is_word(c) || "@.+-".contains(c))
}

/// How long a username may be, in characters; Django's table has room for no more.
pub const MAX_USERNAME: usize = 150;

/// The name as Django stores it: in NFKC, in which all of ASCII is.
pub fn normalize_username(username: &str) -> Cow<'_, str> {
    ComposingNormalizer::new_nfkc().normalize(username)
}

/// A name to sign in with, as Django's accounts have it: letters and digits of any script, and `@.+-_`; the column is a
/// `String`.
#[derive(Debug)]
pub struct UsernameField;

impl Field for UsernameField {
    type Value = String;

    const KIND: FieldKind = FieldKind::new("string");

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<String, ErrorDetail> {
        let text = written_text(input, options)?;
        let wrong_form = (!is_username(text)).then(|| {
            let message = "This may hold only letters, digits and the characters @+-_.";
            ErrorDetail::new(message, "invalid")
        });
        // The rule is the model's, and told before the limits of the field.
        let broken = wrong_form.into_iter().chain(broken_limits(text, options));
        accept(text.to_owned(), broken.collect())
    }

    fn to_representation<S: Serializer>(
        value: &String,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        String::to_representation(value, options, serializer)
    }
}

/// The errors of a text that holds characters Postgres cannot store.
pub(super) fn unstorable_characters(text: &str) -> impl Iterator<Item = ErrorDetail> {
    let null = text
        .contains('\0')
        .then_some(("A null character", "null_characters_not_allowed"));
    let surrogate = text.contains(LONE_SURROGATE).then_some((
        "Half of a surrogate pair",
        "surrogate_characters_not_allowed",
    ));
    null.into_iter()
        .chain(surrogate)
        .map(|(name, code)| ErrorDetail::new(format!("{name} is not allowed."), code))
}

/// The text without the white space of Python's `str.strip()`: Unicode's, and four ASCII separators.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Whether Python's `str.isspace()` holds for this character.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1C}'..='\u{1F}').contains(&c)
}

/// What Django's `URLValidator` accepts.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let known = ["http", "https", "ftp", "ftps"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme));
    let has_good_end = |rest: &str| {
        let (address, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        is_address(address) && !path.contains(is_space)
    };
    let has_user =
        |user: &str| user.matches(':').count() <= 1 && !user.starts_with(':') && !user.is_empty();
    let is_after_user = |(user, rest): (&str, &str)| {
        has_user(user) && !user.contains(|c| is_space(c) || "/[]".contains(c)) && has_good_end(rest)
    };
    known
        && text.chars().count() <= 2048
        && (has_good_end(rest) || rest.split_once('@').is_some_and(is_after_user))
}

/// Whether this is `host` or `host:port`.
fn is_address(address: &str) -> bool {
    // The colons of an IPv6 address stand in brackets.
    let after_host = address.find(']').map_or(0, |bracket| bracket + 1);
    let (host, port) = match address[after_host..].find(':') {
        Some(colon) => (
            &address[..after_host + colon],
            &address[after_host + colon + 1..],
        ),
        None => (address, "0"),
    };
    let has_port = (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    has_port && is_host(host)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        return address.len() <= 39 && address.parse::<Ipv6Addr>().is_ok();
    }
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok()
        || host.chars().count() <= 253 && is_domain(host)
}

/// Characters that become one of `/?#@:` where a browser normalises a domain (NFKC).
const LOOK_ALIKES: [char; 19] = [
    '⁇', '⁈', '⁉', '℀', '℁', '℅', '℆', '⩴', '︓', '︖', '﹕', '﹖', '﹟', '﹫', '＃', '／', '：',
    '？', '＠',
];

/// Whether these are two or more labels, a final point left out, with a top-level domain that is no number.
fn is_domain(host: &str) -> bool {
    let is_letter = |c: char| {
        c.is_ascii_alphabetic() || ('\u{A1}'..='\u{FFFF}').contains(&c) && !LOOK_ALIKES.contains(&c)
    };
    let is_label = |label: &str| {
        (1..=63).contains(&label.chars().count())
            && !(label.starts_with('-') || label.ends_with('-'))
            && label
                .chars()
                .all(|c| is_letter(c) || c.is_ascii_digit() || c == '-')
    };
    let is_punycode =
        |code: &str| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_top_level = |label: &str| match label.get(..4) {
        Some(prefix) if prefix.eq_ignore_ascii_case("xn--") && is_punycode(&label[4..]) => true,
        _ => label.chars().nth(1).is_some() && !label.contains(|c: char| c.is_ascii_digit()),
    };
    let labels = host.strip_suffix('.').unwrap_or(host);
    labels
        .rsplit_once('.')
        .is_some_and(|(_, last)| is_top_level(last))
        && labels.split('.').all(is_label)
}

/// The longest address, in code points.
const MAX_EMAIL: usize = 320;

/// The part before the `@`: words with single points between them, or anything in quotes. Case is ignored, so that
/// the two characters are letters here which Unicode folds to `k` and `s`.
static MAILBOX: LazyLock<Regex> = LazyLock::new(|| {
    let word = r"[-!#$%&'*+/=?^_`{}|~0-9A-Z]+";
    let quoted =
        r#""(?:[\x01-\x08\x0B\x0C\x0E-\x1F!\x23-\x5B\x5D-\x7F]|\\[\x01-\x09\x0B\x0C\x0E-\x7F])*""#;
    let pattern = format!(r"^(?i:{word}(?:\.{word})*|{quoted})$");
    Regex::new(&pattern).expect("the pattern is a constant")
});

/// Whether mail can be sent to this address, as far as its form says: what Django's `EmailValidator` accepts (contract
/// §5.5).
fn is_email(text: &str) -> bool {
    text.chars().count() <= MAX_EMAIL
        && text
            .rsplit_once('@')
            .is_some_and(|(mailbox, host)| MAILBOX.is_match(mailbox) && is_mail_host(host))
}

fn is_mail_host(host: &str) -> bool {
    let literal = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match literal {
        Some(address) => address.parse::<IpAddr>().is_ok(),
        None => host == "localhost" || !host.ends_with('.') && is_domain(host),
    }
}

/// DRF's `UUIDField`, shown with dashes or, by `#[field(format = "…")]`, as `hex`, `int` or `urn`.
impl Field for Uuid {
    type Value = Uuid;

    const KIND: FieldKind = FieldKind::new("string");

    fn to_internal_value(input: &Value, _options: &FieldOptions) -> Result<Uuid, ErrorDetail> {
        let uuid = match input {
            Value::Null => return null(),
            Value::String(text) => parse_uuid(text),
            Value::Number(number) => number_text(number).parse().ok().map(Uuid::from_u128),
            // In Python true is 1.
            Value::Bool(bit) => Some(Uuid::from_u128(u128::from(*bit))),
            _ => None,
        };
        uuid.map_or_else(|| fail("This is not a UUID.", "invalid"), Ok)
    }

    fn to_representation<S: Serializer>(
        value: &Uuid,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match options.format {
            Some("hex") => serializer.collect_str(&value.as_simple()),
            Some("int") => serializer.serialize_u128(value.as_u128()),
            Some("urn") => serializer.collect_str(&value.urn()),
            _ => serializer.serialize_str(
                value
                    .hyphenated()
                    .encode_lower(&mut [0; Hyphenated::LENGTH]),
            ),
        }
    }
}

/// What Python's `UUID(text)` reads: 32 hexadecimal digits, with dashes wherever they stand.
pub(crate) fn parse_uuid(text: &str) -> Option<Uuid> {
    let hex = text.replace("urn:", "").replace("uuid:", "");
    let hex = hex.trim_matches(['{', '}']).replace('-', "");
    let is_hex = hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex
        .then(|| u128::from_str_radix(&hex, 16).ok())
        .flatten()
        .map(Uuid::from_u128)
}
