//! Text with `{{…}}` in it: variables, captures from earlier answers, and a few generated values.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, bail};
use chrono::{Days, NaiveDate, Utc};
use serde_json::Value;

use crate::{client::Answer, json_path::JsonPath};

const MAX_NESTING: usize = 20;
const MAX_REPEATED: usize = 16 << 20;

/// Text whose `{{…}}` have been read, but not yet replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Origin,
    Variable(String),
    Capture { request: String, part: Part },
    Date { days: i64 },
}

/// What of an answer is captured.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    WholeBody,
    Body(JsonPath),
    Header(String),
    Cookie(String),
}

/// What `{{…}}` stand for on one side.
pub(crate) struct Scope<'a> {
    pub(crate) origin: &'a str,
    pub(crate) variables: &'a BTreeMap<String, Template>,
    pub(crate) answers: &'a BTreeMap<String, Answer>,
}

impl Template {
    /// # Errors
    /// If something in `{{…}}` is none of the forms that there are.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("{{") {
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            let (inner, after) = behind.split_once("}}").context("`{{` without `}}`")?;
            pieces.push(parse_piece(inner.trim())?);
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self(pieces))
    }

    /// The text before the first `{{…}}`.
    pub(crate) fn leading_text(&self) -> &str {
        match self.0.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    /// Names of variables and of requests that the text needs.
    pub(crate) fn references(&self) -> impl Iterator<Item = Reference<'_>> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Variable(name) => Some(Reference::Variable(name)),
            Piece::Capture { request, .. } => Some(Reference::Request(request)),
            Piece::Text(_) | Piece::Origin | Piece::Date { .. } => None,
        })
    }

    /// The text for one side.
    ///
    /// # Errors
    /// If a capture is not in the answer, or variables refer to each other in a circle.
    pub(crate) fn render(&self, scope: &Scope<'_>) -> Result<String> {
        self.render_nested(scope, 0)
    }

    fn render_nested(&self, scope: &Scope<'_>, depth: usize) -> Result<String> {
        if depth > MAX_NESTING {
            bail!("variables refer to each other in a circle");
        }
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Origin => text.push_str(scope.origin),
                Piece::Variable(name) => {
                    let variable = scope.variables.get(name);
                    let variable = variable.with_context(|| format!("no variable `{name}`"))?;
                    text.push_str(&variable.render_nested(scope, depth + 1)?);
                }
                Piece::Capture { request, part } => {
                    let answer = scope.answers.get(request);
                    let answer =
                        answer.with_context(|| format!("`{request}` has no answer yet"))?;
                    let captured = part.capture(answer);
                    let missing = || format!("the answer to `{request}` lacks {part:?}");
                    text.push_str(&captured.with_context(missing)?);
                }
                Piece::Date { days } => text.push_str(&date_in(*days)?.to_string()),
            }
        }
        Ok(text)
    }
}

/// What a template needs from its file.
pub(crate) enum Reference<'a> {
    Variable(&'a str),
    Request(&'a str),
}

fn parse_piece(inner: &str) -> Result<Piece> {
    let unknown = || anyhow!("`{{{{{inner}}}}}` is nothing that can be replaced");
    if let Some(arguments) = inner.strip_prefix("$datetime") {
        return parse_date(arguments).ok_or_else(unknown);
    }
    if let Some(arguments) = inner.strip_prefix("$repeat ") {
        return parse_repeat(arguments.trim()).ok_or_else(unknown);
    }
    if matches!(inner, "host" | "origin") {
        return Ok(Piece::Origin);
    }
    if let Some((request, part)) = inner.split_once(".response.") {
        return Ok(Piece::Capture {
            request: request.to_owned(),
            part: parse_part(part).with_context(|| format!("in `{{{{{inner}}}}}`"))?,
        });
    }
    let is_name = !inner.is_empty() && inner.chars().all(is_name_char);
    is_name
        .then(|| Piece::Variable(inner.to_owned()))
        .ok_or_else(unknown)
}

/// Whether a character can stand in the name of a variable or request.
pub(crate) fn is_name_char(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-')
}

fn parse_part(part: &str) -> Result<Part> {
    match part.split_once('.') {
        Some(("headers", name)) => Ok(Part::Header(name.to_owned())),
        Some(("cookies", name)) => Ok(Part::Cookie(name.to_owned())),
        Some(("body", "*")) => Ok(Part::WholeBody),
        Some(("body", path)) => {
            let path: JsonPath = path.parse()?;
            if !path.is_exact() {
                bail!("a capture takes one value, so its path has no wildcard");
            }
            Ok(Part::Body(path))
        }
        _ => bail!("behind `response.` stands `body.…`, `headers.…` or `cookies.…`"),
    }
}

/// `"YYYY-MM-DD" 1 d`: of REST Client's formats only this one.
fn parse_date(arguments: &str) -> Option<Piece> {
    let words: Vec<_> = arguments.split_whitespace().collect();
    let (format, offset) = words.split_first()?;
    let days = match offset {
        [] => 0,
        [count, "d"] => count.parse().ok()?,
        [count, "w"] => count.parse::<i64>().ok()?.checked_mul(7)?,
        _ => return None,
    };
    let is_known = format.trim_matches(['"', '\'']) == "YYYY-MM-DD";
    is_known.then_some(Piece::Date { days })
}

fn date_in(days: i64) -> Result<NaiveDate> {
    let today = Utc::now().date_naive();
    let distance = Days::new(days.unsigned_abs());
    let date = if days < 0 {
        today.checked_sub_days(distance)
    } else {
        today.checked_add_days(distance)
    };
    date.with_context(|| format!("the calendar does not go {days} days far"))
}

fn parse_repeat(arguments: &str) -> Option<Piece> {
    let (count, text) = arguments.split_once(' ')?;
    let count: usize = count.parse().ok()?;
    let text = text.trim().strip_prefix('"')?.strip_suffix('"')?;
    let is_small = count.checked_mul(text.len())? <= MAX_REPEATED;
    is_small.then(|| Piece::Text(text.repeat(count)))
}

impl Part {
    fn capture(&self, answer: &Answer) -> Option<String> {
        match self {
            Self::WholeBody => String::from_utf8(answer.body.clone()).ok(),
            Self::Header(name) => answer.header(name),
            Self::Cookie(name) => answer.cookie(name),
            Self::Body(path) => match path.get(&answer.json()?)? {
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(text: &str) -> Result<String> {
        let answer = Answer {
            status: 201,
            body: br#"{"id": 7, "user": {"tokens": ["t0k"]}, "none": null}"#.to_vec(),
            headers: [("location", "/x/7/"), ("set-cookie", "sid=abc; Path=/")]
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .into_iter()
                .collect(),
        };
        let variables = [("base", "{{host}}/api"), ("a", "{{b}}"), ("b", "{{a}}")];
        let variables = variables.map(|(name, text)| (name.to_owned(), text));
        let scope = Scope {
            origin: "http://left",
            variables: &variables
                .into_iter()
                .map(|(name, text)| (name, Template::parse(text).unwrap()))
                .collect(),
            answers: &[("made".to_owned(), answer)].into_iter().collect(),
        };
        Template::parse(text)?.render(&scope)
    }

    #[test]
    fn what_stands_in_braces_is_replaced() {
        for (text, expected) in [
            ("plain {text}", "plain {text}"),
            (
                "{{base}}/{{ made.response.body.$.id }}/",
                "http://left/api/7/",
            ),
            ("{{made.response.body.user.tokens[0]}}", "t0k"),
            ("{{made.response.body.$.none}}", "null"),
            ("{{made.response.headers.Location}}", "/x/7/"),
            ("{{made.response.cookies.sid}}", "abc"),
            ("{{$repeat 3 \"&a=\"}}", "&a=&a=&a="),
            ("{\"a\":{\"b\":{}}}", "{\"a\":{\"b\":{}}}"),
        ] {
            assert_eq!(render(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn dates_are_counted_from_today() {
        let tomorrow = Utc::now().date_naive() + Days::new(1);
        let text = render("{{$datetime \"YYYY-MM-DD\" 1 d}}").unwrap();
        assert_eq!(text, tomorrow.to_string());
        assert!(render("{{$datetime \"YYYY-MM-DD\" -2 w}}").unwrap() < text);
    }

    #[test]
    fn what_cannot_be_replaced_is_an_error() {
        for text in [
            "{{",
            "{{}}",
            "{{a b}}",
            "{{a}}",
            "{{nothing}}",
            "{{made.response.body.$.other}}",
            "{{made.response.body.$.a[*]}}",
            "{{made.response.status}}",
            "{{later.response.body.*}}",
            "{{$datetime rfc1123}}",
            "{{$repeat many \"x\"}}",
        ] {
            assert!(render(text).is_err(), "{text}");
        }
    }
}
