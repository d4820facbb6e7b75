//! Places in a JSON body: where a value stands, and patterns such as `$.results[*].id` or `**.created_at`.

use std::{fmt, str::FromStr};

use anyhow::{Result, anyhow, bail};
use serde::Deserialize;
use serde_json::Value;

/// One step from a value down to a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// Where a value stands, as a person would write it.
pub(crate) struct Place<'a>(pub(crate) &'a [Step]);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in self.0 {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) if key.contains(['.', '[', ' ', '\'']) || key.is_empty() => {
                    write!(f, "['{key}']")?;
                }
                Step::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Exactly(Step),
    AnyKey,
    AnyIndex,
    AnyDepth,
}

/// A pattern for places.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct JsonPath(Vec<Segment>);

impl JsonPath {
    /// Whether a place fits the pattern as a whole.
    pub(crate) fn matches(&self, place: &[Step]) -> bool {
        is_match(&self.0, place)
    }

    /// The value at this path, if it holds no wildcard and the value is there.
    pub(crate) fn get<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        self.0
            .iter()
            .try_fold(value, |value, segment| match segment {
                Segment::Exactly(Step::Key(key)) => value.get(key),
                Segment::Exactly(Step::Index(index)) => value.get(index),
                Segment::AnyKey | Segment::AnyIndex | Segment::AnyDepth => None,
            })
    }

    /// Whether the path can name one value only.
    pub(crate) fn is_exact(&self) -> bool {
        let is_exact = |segment: &Segment| matches!(segment, Segment::Exactly(_));
        self.0.iter().all(is_exact)
    }
}

impl TryFrom<String> for JsonPath {
    type Error = anyhow::Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

fn is_match(pattern: &[Segment], place: &[Step]) -> bool {
    let Some((segment, rest)) = pattern.split_first() else {
        return place.is_empty();
    };
    if *segment == Segment::AnyDepth {
        return (0..=place.len()).any(|skipped| is_match(rest, &place[skipped..]));
    }
    let Some((step, below)) = place.split_first() else {
        return false;
    };
    let is_fit = match segment {
        Segment::Exactly(expected) => expected == step,
        Segment::AnyKey => matches!(step, Step::Key(_)),
        Segment::AnyIndex => matches!(step, Step::Index(_)),
        Segment::AnyDepth => true,
    };
    is_fit && is_match(rest, below)
}

impl FromStr for JsonPath {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut rest = text.strip_prefix('$').unwrap_or(text);
        let mut segments = Vec::new();
        while !rest.is_empty() {
            let (segment, behind) =
                next_segment(rest).ok_or_else(|| anyhow!("`{text}` is no JSON path"))?;
            segments.push(segment);
            rest = behind;
        }
        if segments.is_empty() && text != "$" {
            bail!("a JSON path is empty; `$` is the whole body");
        }
        Ok(Self(segments))
    }
}

fn next_segment(text: &str) -> Option<(Segment, &str)> {
    if let Some(inner) = text.strip_prefix('[') {
        let (inner, rest) = inner.split_once(']')?;
        let quoted = |quote: char| inner.strip_prefix(quote)?.strip_suffix(quote);
        let segment = match quoted('\'').or_else(|| quoted('"')) {
            Some(key) => Segment::Exactly(Step::Key(key.to_owned())),
            None if inner == "*" => Segment::AnyIndex,
            None => Segment::Exactly(Step::Index(inner.parse().ok()?)),
        };
        return Some((segment, rest));
    }
    let text = text.strip_prefix('.').unwrap_or(text);
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let segment = match name {
        "" => return None,
        "**" => Segment::AnyDepth,
        "*" => Segment::AnyKey,
        key => Segment::Exactly(Step::Key(key.to_owned())),
    };
    Some((segment, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Step {
        Step::Key(name.to_owned())
    }

    #[test]
    fn paths_match_places() {
        let created = [key("results"), Step::Index(3), key("created_at")];
        for (path, is_expected) in [
            ("$.results[3].created_at", true),
            ("results[3].created_at", true),
            ("$['results'][*].created_at", true),
            ("$.*[*].*", true),
            ("**.created_at", true),
            ("$.results.**", true),
            ("$.results[*]", false),
            ("$.results[4].created_at", false),
            ("$.results.*.created_at", false),
            ("$", false),
        ] {
            let parsed: JsonPath = path.parse().unwrap();
            assert_eq!(parsed.matches(&created), is_expected, "{path}");
        }
        assert!("$".parse::<JsonPath>().unwrap().matches(&[]));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", "$.", "$[", "$[x]", "$..a", "a..b"] {
            assert!(text.parse::<JsonPath>().is_err(), "{text}");
        }
    }

    #[test]
    fn places_are_written_as_paths() {
        let place = [key("a"), Step::Index(0), key("b c")];
        assert_eq!(Place(&place).to_string(), "$.a[0]['b c']");
    }
}
