//! The parameters of a query string, read as Django reads them, and links that change some of them.

use actix_web::http::StatusCode;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::exceptions::{ApiException, Result};

/// What a query string may hold at most, as Django's `DATA_UPLOAD_MAX_NUMBER_FIELDS` has it (contract §3.11).
pub const MAX_FIELDS: usize = 1000;

/// What Python's `quote_plus` escapes; a space becomes `+` before.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The parameters in the order of the request; a name may stand more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryParams(Vec<(String, String)>);

impl QueryParams {
    /// Reads what stands behind the `?` of a URL; bytes that are no UTF-8 become U+FFFD.
    ///
    /// # Errors
    /// 400 `parse_error` for more than [`MAX_FIELDS`] parameters, empty ones included.
    pub fn parse(query: &str) -> Result<Self> {
        if query.bytes().filter(|byte| *byte == b'&').count() >= MAX_FIELDS {
            let message = format!("The query string holds more than {MAX_FIELDS} parameters.");
            return Err(ApiException::new(
                StatusCode::BAD_REQUEST,
                message,
                "parse_error",
            ));
        }
        Ok(Self(
            form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        ))
    }

    /// The last value of a parameter; an empty one counts.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.get_all(name).next_back()
    }

    /// Every value of a parameter, in the order of the request.
    pub fn get_all(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        self.iter()
            .filter(move |(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// Whether a parameter was sent, with or without a value.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Every parameter with its value, in the order of the request.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// `base_url` with these parameters, of which some are set and some removed (contract §9.1).
    ///
    /// Names are sorted; the values of a repeated name keep their order.
    pub fn link(&self, base_url: &str, set: &[(&str, &str)], remove: &[&str]) -> String {
        let is_kept = |name: &str| {
            !remove.contains(&name) && set.iter().all(|(replaced, _)| *replaced != name)
        };
        let kept = self.iter().filter(|(name, _)| is_kept(name));
        let mut pairs: Vec<_> = kept.chain(set.iter().copied()).collect();
        pairs.sort_by_key(|(name, _)| *name);
        let mut url = base_url.to_owned();
        let mut separator = '?';
        for (name, value) in pairs {
            url.push(separator);
            push_quoted(&mut url, name);
            url.push('=');
            push_quoted(&mut url, value);
            separator = '&';
        }
        url
    }
}

/// Appends what Python's `quote_plus` makes of a text.
pub(crate) fn push_quoted(url: &mut String, text: &str) {
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            url.push('+');
        }
        url.extend(utf8_percent_encode(word, ESCAPED));
    }
}
