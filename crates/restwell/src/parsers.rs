//! What a request's body says, by its content type (contract §3): forms, files, and JSON, as strict as DRF takes it
//! and as exact as Python reads it.
//!
//! A viewset lists its parsers, see [`crate::generics::GenericViewSet::PARSERS`]. Parts that may be files are read
//! while they arrive (`multipart.rs`), everything else is parsed when the view asks for it.

use std::{borrow::Cow, future::poll_fn, pin::Pin, time::Duration};

use actix_web::{
    http::StatusCode,
    web::{self, Bytes},
};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use futures_core::Stream;
use percent_encoding::percent_decode;
use serde_json::{Number, Value};

use crate::{
    exceptions::{ApiException, Result},
    fields::MAX_INT_DIGITS,
    input::{Form, Part},
    renderers::python_float,
    request::MAX_FIELDS,
    settings::Settings,
};

/// A way to read bodies of one content type.
#[derive(Clone, Copy, Debug)]
pub struct Parser {
    /// The content type of such bodies; `*` stands for anything.
    pub media_type: &'static str,
    pub(crate) reads: Reads,
}

/// How a parser reads.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reads {
    /// All of it at once.
    Value(fn(&[u8], Option<&str>) -> Result<Value>),
    /// All of it at once, to a form.
    Form,
    /// Part by part, while they arrive.
    Parts,
    /// One file, while it arrives.
    File,
}

impl Parser {
    /// DRF's `JSONParser`.
    pub const JSON: Self = Self::new("application/json", parse_json);
    /// DRF's `FormParser`: `application/x-www-form-urlencoded`.
    pub const FORM: Self = Self {
        media_type: "application/x-www-form-urlencoded",
        reads: Reads::Form,
    };
    /// DRF's `MultiPartParser`: `multipart/form-data`, texts and files.
    pub const MULTI_PART: Self = Self {
        media_type: "multipart/form-data",
        reads: Reads::Parts,
    };
    /// DRF's `FileUploadParser`: a body of any type is the file `file` of a form. Its name is the part `filename` of
    /// the URL, or stands in `Content-Disposition`.
    pub const FILE_UPLOAD: Self = Self {
        media_type: "*/*",
        reads: Reads::File,
    };
    /// What a viewset reads that does not say it.
    pub const DEFAULT: &'static [Self] = &[Self::JSON, Self::FORM, Self::MULTI_PART];

    /// A parser of your own: `parse` gets the whole body and the charset that its content type names.
    pub const fn new(
        media_type: &'static str,
        parse: fn(&[u8], Option<&str>) -> Result<Value>,
    ) -> Self {
        Self {
            media_type,
            reads: Reads::Value(parse),
        }
    }
}

/// The first parser of this content type; `None` is answered with 415 (contract §3.1, §3.2).
pub fn select(parsers: &[Parser], content_type: &str) -> Option<Parser> {
    if content_type.len() > MAX_CONTENT_TYPE_LENGTH {
        return None;
    }
    let media = media_type(content_type);
    let is_of = |parser: &&Parser| {
        let includes = |media: &MediaType<'_>| media.includes(parser.media_type);
        parser.media_type == "*/*" || media.as_ref().is_some_and(includes)
    };
    parsers.iter().find(is_of).copied()
}

/// Whether no body of this content type is an empty form, and not an empty object (contract §3.3).
pub(crate) fn is_form(content_type: &str) -> bool {
    let forms = [Parser::FORM, Parser::MULTI_PART];
    let media = media_type(content_type);
    media.is_some_and(|media| {
        let mut types = forms.iter().map(|form| form.media_type);
        types.any(|form| media.is(form))
    })
}

/// What stands for half of a surrogate pair, which JSON can escape (`"\ud800"`) but a Rust string cannot hold.
///
/// It is a noncharacter, so nothing that people write is lost; text fields refuse it.
pub const LONE_SURROGATE: char = '\u{FDD0}';

const MAX_CONTENT_TYPE_LENGTH: usize = 256;

/// Python's codecs that turn bytes into bytes, or fail on purpose (contract §3.8).
const NO_CHARSETS: [&str; 17] = [
    "base-64",
    "base64",
    "base64-codec",
    "bz2",
    "bz2-codec",
    "hex",
    "hex-codec",
    "quopri",
    "quopri-codec",
    "rot-13",
    "rot13",
    "undefined",
    "uu",
    "uu-codec",
    "zip",
    "zlib",
    "zlib-codec",
];

/// A media type with its parameters, as it stands in `Content-Type` and `Accept`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType<'a> {
    pub(crate) kind: &'a str,
    pub(crate) subtype: &'a str,
    pub(crate) params: Vec<(&'a str, Cow<'a, str>)>,
}

impl MediaType<'_> {
    /// The last value of a parameter, without its quotes.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .rfind(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_ref())
    }

    /// Whether `media_type`, which has no parameters, is of this type; `*` stands for anything.
    pub fn includes(&self, media_type: &str) -> bool {
        let is_same =
            |pattern: &str, name: &str| pattern == "*" || pattern.eq_ignore_ascii_case(name);
        let parts = media_type.split_once('/');
        parts.is_some_and(|(kind, subtype)| {
            is_same(self.kind, kind) && is_same(self.subtype, subtype)
        })
    }

    /// Whether this is `media_type` itself.
    fn is(&self, media_type: &str) -> bool {
        self.includes(media_type) && self.kind != "*" && self.subtype != "*"
    }
}

/// The media type in a header's value; `None` for a text without a slash, which matches nothing.
pub fn media_type(text: &str) -> Option<MediaType<'_>> {
    let (full_type, params) = value_and_params(text);
    let (kind, subtype) = full_type.trim().split_once('/')?;
    Some(MediaType {
        kind,
        subtype,
        params,
    })
}

/// What a header says, and its parameters.
fn value_and_params(text: &str) -> (&str, Vec<(&str, Cow<'_, str>)>) {
    let (value, mut rest) = split_param(text);
    let mut params = Vec::new();
    while let Some(text) = rest {
        let (param, after) = split_param(text);
        let (name, value) = param.split_once('=').unwrap_or((param, ""));
        if !name.trim().is_empty() {
            params.push((name.trim(), unquote(value.trim())));
        }
        rest = after;
    }
    (value, params)
}

/// What `Content-Disposition` says of a part or a body.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Disposition {
    /// The name of the field.
    pub name: Option<String>,
    /// The client's name for the file.
    pub file_name: Option<String>,
}

impl Disposition {
    /// Reads a header's value; `filename*` (RFC 8187) wins over `filename`.
    pub fn parse(header: &str) -> Self {
        let mut read = Self::default();
        let mut extended = None;
        for (name, value) in value_and_params(header).1 {
            match name.to_ascii_lowercase().as_str() {
                "name" => read.name = Some(value.into_owned()),
                "filename" => read.file_name = Some(value.into_owned()),
                "filename*" => extended = extended_value(&value),
                _ => {}
            }
        }
        read.file_name = extended.or(read.file_name);
        read
    }
}

/// `UTF-8'en'na%C3%AFve.txt`
fn extended_value(value: &str) -> Option<String> {
    let mut parts = value.splitn(3, '\'');
    let (charset, text) = (parts.next()?, parts.nth(1)?);
    let encoding = Encoding::for_label(charset.as_bytes()).unwrap_or(UTF_8);
    let bytes: Cow<'_, [u8]> = percent_decode(text.as_bytes()).into();
    let (text, _) = encoding.decode_without_bom_handling(&bytes);
    Some(text.into_owned())
}

/// Splits at the first semicolon that stands in no quotes.
fn split_param(text: &str) -> (&str, Option<&str>) {
    let (mut quoted, mut last) = (false, 0);
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if last != b'\\' => quoted = !quoted,
            b';' if !quoted => return (&text[..index], Some(&text[index + 1..])),
            _ => {}
        }
        last = byte;
    }
    (text, None)
}

fn unquote(value: &str) -> Cow<'_, str> {
    match value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inner) if inner.contains('\\') => {
            inner.replace(r"\\", r"\").replace("\\\"", "\"").into()
        }
        Some(inner) => inner.into(),
        None => value.into(),
    }
}

/// Reads `application/x-www-form-urlencoded` as Django does: bytes that are no text become U+FFFD.
///
/// # Errors
/// 400 `parse_error` for more than [`MAX_FIELDS`] fields, and for a charset that holds no text.
pub fn parse_form(body: &[u8], charset: Option<&str>) -> Result<Form> {
    let pairs = body.split(|byte| *byte == b'&');
    if pairs.clone().count() > MAX_FIELDS {
        return Err(malformed(format!("holds more than {MAX_FIELDS} fields")));
    }
    decode(b"", charset)?;
    let decoded = |bytes: &[u8]| {
        let spaced: Vec<u8> = bytes
            .iter()
            .map(|byte| if *byte == b'+' { b' ' } else { *byte })
            .collect();
        let bytes: Cow<'_, [u8]> = percent_decode(&spaced).into();
        decode(&bytes, charset)
            .unwrap_or_else(|_| String::from_utf8_lossy(&bytes))
            .into_owned()
    };
    let field = |pair: &[u8]| {
        let equals = pair.iter().position(|byte| *byte == b'=');
        let (name, value) = pair.split_at(equals.unwrap_or(pair.len()));
        let value = value.strip_prefix(b"=").unwrap_or_default();
        (decoded(name), Part::Text(decoded(value)))
    };
    let pairs = pairs.filter(|pair| !pair.is_empty());
    Ok(Form::new(pairs.map(field).collect()))
}

/// Reads JSON as Python does: the last of equal keys counts, whole numbers are exact, others are 64 bit floats.
///
/// Numbers keep the text that Python writes for them, so `1.10` is `1.1` and `1e5` is `100000.0`; one that is too
/// large for a float keeps the client's, for the field to judge. `charset` is the parameter of the content type.
///
/// # Errors
/// 400 `parse_error` for anything that is not strictly JSON, for more than 127 levels, and for what the charset
/// cannot decode.
pub fn parse_json(body: &[u8], charset: Option<&str>) -> Result<Value> {
    let text = decode(body, charset)?;
    let text = replace_lone_surrogates(&text);
    let mut value =
        serde_json::from_str(&text).map_err(|error| malformed(format!("is not JSON: {error}")))?;
    normalize(&mut value)?;
    Ok(value)
}

/// 400 `parse_error`.
pub(crate) fn malformed(problem: impl std::fmt::Display) -> ApiException {
    ApiException::new(
        StatusCode::BAD_REQUEST,
        format!("The request body {problem}."),
        "parse_error",
    )
}

fn normal_charset(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace(['_', ' '], "-")
}

/// The text of a body; a charset that nobody knows is UTF-8.
fn decode<'a>(body: &'a [u8], charset: Option<&str>) -> Result<Cow<'a, str>> {
    let charset = normal_charset(charset.unwrap_or("utf-8"));
    let decoded = match charset.as_str() {
        name if NO_CHARSETS.contains(&name) => {
            return Err(malformed("has a charset that holds no text"));
        }
        // `encoding_rs` takes both for windows-1252, as browsers do.
        "latin-1" | "latin1" | "l1" | "iso-8859-1" | "iso8859-1" | "cp819" => {
            return Ok(body.iter().map(|byte| char::from(*byte)).collect());
        }
        "ascii" | "us-ascii" => body.is_ascii().then(|| String::from_utf8_lossy(body)),
        "utf-8-sig" => decode_as(UTF_8, body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)),
        "utf-16" => match Encoding::for_bom(body) {
            Some((encoding, length)) if encoding != UTF_8 => decode_as(encoding, &body[length..]),
            _ => None,
        },
        "utf-16-le" => decode_as(UTF_16LE, body),
        "utf-16-be" => decode_as(UTF_16BE, body),
        name => decode_as(Encoding::for_label(name.as_bytes()).unwrap_or(UTF_8), body),
    };
    decoded.ok_or_else(|| malformed(format!("is not valid {charset}")))
}

fn decode_as<'a>(encoding: &'static Encoding, body: &'a [u8]) -> Option<Cow<'a, str>> {
    encoding.decode_without_bom_handling_and_without_replacement(body)
}

/// The text with [`LONE_SURROGATE`] for every escape of half a surrogate pair.
fn replace_lone_surrogates(text: &str) -> Cow<'_, str> {
    let mut replaced = String::new();
    let (mut copied, mut index) = (0, 0);
    while let Some(found) = text.get(index..).and_then(|rest| rest.find('\\')) {
        let escape = index + found;
        index = escape
            + match (escaped_unit(text, escape), escaped_unit(text, escape + 6)) {
                (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
                (Some(0xD800..=0xDFFF), _) => {
                    replaced.push_str(&text[copied..escape]);
                    replaced.push(LONE_SURROGATE);
                    copied = escape + 6;
                    6
                }
                // Also past the second of two backslashes.
                _ => 1 + text[escape + 1..].chars().next().map_or(0, char::len_utf8),
            };
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    replaced.push_str(&text[copied..]);
    Cow::Owned(replaced)
}

/// The UTF-16 unit that stands at `index` as `\uXXXX`.
fn escaped_unit(text: &str, index: usize) -> Option<u16> {
    let hex = text
        .get(index..index + 6)?
        .strip_prefix("\\u")
        .filter(|hex| !hex.starts_with('+'))?;
    u16::from_str_radix(hex, 16).ok()
}

/// Gives every number the text that Python writes for it.
fn normalize(value: &mut Value) -> Result<()> {
    match value {
        Value::Number(number) => {
            if let Some(normal) = normal_number(number.as_str())? {
                *number = normal;
            }
            Ok(())
        }
        Value::Array(items) => items.iter_mut().try_for_each(normalize),
        Value::Object(entries) => entries.values_mut().try_for_each(normalize),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

/// The number as Python writes it, or `None` if it stands so already.
fn normal_number(text: &str) -> Result<Option<Number>> {
    if text == "-0" {
        return Ok(Some(0.into()));
    }
    if text.contains(['.', 'e', 'E']) {
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        return Ok(number.and_then(|number| python_float(number).to_string().parse().ok()));
    }
    if text.len() - usize::from(text.starts_with('-')) > MAX_INT_DIGITS {
        return Err(malformed(format!(
            "holds a number of more than {MAX_INT_DIGITS} digits"
        )));
    }
    Ok(None)
}

/// A body as it arrives: counted, and not waited for without end.
pub(crate) struct Chunks<'p> {
    payload: &'p mut web::Payload,
    left: u64,
    timeout: Duration,
}

impl<'p> Chunks<'p> {
    pub(crate) fn new(payload: &'p mut web::Payload, limit: u64, settings: &Settings) -> Self {
        Self {
            payload,
            left: limit,
            timeout: settings.body_timeout,
        }
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// 400 `parse_error` for a body that was cut off, 408 for a pause that is too long, 413 for more than the limit.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>> {
        let next = poll_fn(|context| Pin::new(&mut *self.payload).poll_next(context));
        let next = tokio::time::timeout(self.timeout, next).await;
        let chunk = next.map_err(|_| ApiException::request_timeout())?;
        let chunk = chunk.transpose().map_err(|_| ApiException::parse_error())?;
        if let Some(chunk) = &chunk {
            let left = self.left.checked_sub(chunk.len() as u64);
            self.left = left.ok_or_else(ApiException::too_large)?;
        }
        Ok(chunk)
    }

    /// All that is left.
    ///
    /// # Errors
    /// As [`Chunks::next`].
    pub(crate) async fn all(mut self) -> Result<Bytes> {
        let Some(first) = self.next().await? else {
            return Ok(Bytes::new());
        };
        let Some(second) = self.next().await? else {
            return Ok(first);
        };
        let mut all = [first, second].concat();
        while let Some(chunk) = self.next().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.into())
    }
}
