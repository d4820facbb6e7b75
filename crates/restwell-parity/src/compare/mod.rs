//! Two answers side by side: status, headers and body (contract §22.3).

use anyhow::Result;
use serde_json::Value;

use crate::{
    client::Answer,
    json_path::{JsonPath, Step},
};

mod cookies;
mod json;
mod spelling;

/// The headers that are part of DRF's contract. Of `Vary`, only `Accept` is compared: the rest belongs to middleware.
const HEADERS: [&str; 5] = [
    "Allow",
    "Content-Type",
    "Location",
    "WWW-Authenticate",
    "Retry-After",
];

/// One place where two answers differ, and what stands there on each side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) at: String,
    pub(crate) left: String,
    pub(crate) right: String,
}

impl Difference {
    pub(crate) fn new(
        at: impl Into<String>,
        left: impl Into<String>,
        right: impl Into<String>,
    ) -> Self {
        Self {
            at: at.into(),
            left: left.into(),
            right: right.into(),
        }
    }
}

/// What holds for the comparison of one pair of answers.
#[derive(Debug, Default)]
pub(crate) struct Ruling {
    /// Headers to compare besides the usual ones.
    pub(crate) headers: Vec<String>,
    /// Values of which only type and format are compared.
    pub(crate) volatile: Vec<JsonPath>,
    /// Headers of which only the presence is compared, and the size of a number.
    pub(crate) volatile_headers: Vec<String>,
    /// Headers that are not compared.
    pub(crate) free_headers: Vec<String>,
    pub(crate) unordered: Unordered,
    /// Whether the texts in answers of 400 and above are free.
    pub(crate) ignores_error_texts: bool,
}

/// Which lists are compared as sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unordered {
    is_everything: bool,
    headers: Vec<String>,
    paths: Vec<JsonPath>,
}

impl Unordered {
    /// `Allow` and every list of the body.
    pub(crate) fn everything() -> Self {
        Self {
            is_everything: true,
            ..Self::default()
        }
    }

    /// Adds names of headers, and paths, which begin with `$` or `*`.
    ///
    /// # Errors
    /// If one of the paths is none.
    pub(crate) fn add<'a>(&mut self, names: impl Iterator<Item = &'a str>) -> Result<()> {
        for name in names {
            if name.starts_with(['$', '*']) {
                self.paths.push(name.parse()?);
            } else {
                self.headers.push(name.to_owned());
            }
        }
        Ok(())
    }

    fn has_header(&self, name: &str) -> bool {
        is_among(&self.headers, name) || (self.is_everything && name == "Allow")
    }

    fn has_list(&self, place: &[Step]) -> bool {
        self.is_everything || self.paths.iter().any(|path| path.matches(place))
    }
}

/// Where two answers differ; the servers' own URLs must have been replaced before.
pub(crate) fn differences(left: &Answer, right: &Answer, ruling: &Ruling) -> Vec<Difference> {
    let mut found = Vec::new();
    if left.status != right.status {
        let (left, right) = (left.status.to_string(), right.status.to_string());
        found.push(Difference::new("status", left, right));
    }
    let also = ruling.headers.iter().map(String::as_str);
    let is_free = |name: &str| is_among(&ruling.free_headers, name);
    for name in HEADERS
        .into_iter()
        .chain(also)
        .filter(|name| !is_free(name))
    {
        found.extend(compare_header(name, left, right, ruling));
    }
    if !is_free("Vary") && varies_by_accept(left) != varies_by_accept(right) {
        let vary = |answer: &Answer| shown_header(answer.header("Vary"));
        found.push(Difference::new("header Vary", vary(left), vary(right)));
    }
    found.extend(cookies::difference(left, right));
    compare_bodies(left, right, ruling, &mut found);
    found
}

/// Where a body differs from the one that is expected.
pub(crate) fn value_differences(left: &Value, right: &Value, ruling: &Ruling) -> Vec<Difference> {
    json::differences(left, right, ruling, false)
}

fn is_among(headers: &[String], name: &str) -> bool {
    headers
        .iter()
        .any(|header| header.eq_ignore_ascii_case(name))
}

fn compare_header(
    name: &str,
    left: &Answer,
    right: &Answer,
    ruling: &Ruling,
) -> Option<Difference> {
    let (left, right) = (left.header(name), right.header(name));
    let is_volatile = is_among(&ruling.volatile_headers, name);
    let is_same = match (&left, &right) {
        (Some(left), Some(right)) if is_volatile => is_near(left, right),
        (Some(left), Some(right)) if ruling.unordered.has_header(name) => {
            sorted_items(left) == sorted_items(right)
        }
        (left, right) => left == right,
    };
    let shown = || (shown_header(left), shown_header(right));
    (!is_same).then(|| {
        let (left, right) = shown();
        Difference::new(format!("header {name}"), left, right)
    })
}

/// Two numbers may be a little apart; of other values nothing is asked.
fn is_near(left: &str, right: &str) -> bool {
    const TOLERANCE: u64 = 5;
    match (left.parse::<u64>(), right.parse()) {
        (Ok(left), Ok(right)) => left.abs_diff(right) <= TOLERANCE,
        (left, right) => left.is_ok() == right.is_ok(),
    }
}

fn sorted_items(header: &str) -> Vec<&str> {
    let mut items: Vec<_> = header.split(',').map(str::trim).collect();
    items.sort_unstable();
    items
}

fn shown_header(value: Option<String>) -> String {
    value.unwrap_or_else(|| "absent".to_owned())
}

fn varies_by_accept(answer: &Answer) -> bool {
    let vary = answer.header("Vary").unwrap_or_default();
    vary.split(',')
        .any(|name| name.trim().eq_ignore_ascii_case("accept"))
}

fn compare_bodies(left: &Answer, right: &Answer, ruling: &Ruling, found: &mut Vec<Difference>) {
    if left.body == right.body {
        return;
    }
    let both_json = left.is_json() && right.is_json();
    let (Some(left_value), Some(right_value), true) = (left.json(), right.json(), both_json) else {
        let is_volatile = ruling.volatile.iter().any(|path| path.matches(&[]));
        if is_volatile && left.body.is_empty() == right.body.is_empty() {
            return;
        }
        let (left, right) = (shown_bytes(&left.body), shown_bytes(&right.body));
        found.push(Difference::new("body", left, right));
        return;
    };
    let is_error = left.status >= 400 && right.status >= 400;
    let is_text_free = is_error && ruling.ignores_error_texts;
    let before = found.len();
    found.extend(json::differences(
        &left_value,
        &right_value,
        ruling,
        is_text_free,
    ));
    if found.len() == before && !is_text_free {
        found.extend(spelling::difference(&left.body, &right.body));
    }
}

fn shown_bytes(body: &[u8]) -> String {
    const SHOWN: usize = 60;
    let start = body.get(..SHOWN).unwrap_or(body);
    let text = String::from_utf8_lossy(start);
    let rest = if body.len() > SHOWN { "…" } else { "" };
    format!("{} bytes {text:?}{rest}", body.len())
}

#[cfg(test)]
mod tests;
