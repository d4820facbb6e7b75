//! The rules file: which values differ by nature, which lists have no order, which differences are meant.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, anyhow};
use regex::Regex;
use serde::Deserialize;

use crate::{
    client::Answer,
    compare::{Difference, Ruling, Unordered},
    json_path::JsonPath,
};

/// A rules file, read.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Rules {
    /// Headers to compare besides those that are always compared.
    headers: Vec<String>,
    volatile: Vec<Volatile>,
    unordered: Vec<UnorderedRule>,
    deviation: Vec<MeantDifference>,
    pub(crate) tables: TableRules,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Volatile {
    url: Option<Pattern>,
    #[serde(default)]
    paths: Vec<JsonPath>,
    #[serde(default)]
    headers: Vec<String>,
    /// Headers that only one side needs to have.
    #[serde(default)]
    free: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnorderedRule {
    url: Option<Pattern>,
    names: Vec<String>,
}

/// A kind of difference that is meant wherever it occurs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MeantDifference {
    name: String,
    method: Option<String>,
    url: Option<Pattern>,
    #[serde(default)]
    left: LeftAnswer,
    /// What the right side answers; if nothing is said, the same status.
    right: Option<StatusPattern>,
    /// What stands in each place that differs; if nothing is said, anything.
    values: Option<Values>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftAnswer {
    status: Option<StatusPattern>,
    content_type: Option<String>,
}

/// A value as JSON writes it, and what the other side has instead.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Values {
    left: Pattern,
    /// May hold the groups of `left`: `$1`.
    right: String,
}

/// What of the two databases is compared.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TableRules {
    /// Tables that are not compared.
    pub(crate) skip: Vec<String>,
    /// Columns that are not compared, as `table.column`.
    pub(crate) ignore: Vec<String>,
    /// Columns, as `table.column`, and the SQL of a row's columns that is compared in their place.
    pub(crate) compare_as: BTreeMap<String, String>,
    /// Whether sequences are set to the higher of both values after each write.
    pub(crate) align_sequences: bool,
    /// Whether the right side gets the left one's rows after a write that only one side accepted.
    pub(crate) align_rows: bool,
}

/// A regular expression, which is searched in a text.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Pattern(Regex);

impl TryFrom<String> for Pattern {
    type Error = regex::Error;

    fn try_from(pattern: String) -> Result<Self, regex::Error> {
        Regex::new(&pattern).map(Self)
    }
}

/// `404`, or `4xx` for all of them.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
struct StatusPattern {
    from: u16,
    to: u16,
}

impl StatusPattern {
    fn matches(&self, status: u16) -> bool {
        (self.from..=self.to).contains(&status)
    }
}

impl TryFrom<String> for StatusPattern {
    type Error = anyhow::Error;

    fn try_from(text: String) -> Result<Self> {
        let unknown =
            || anyhow!("`{text}` is no status; write \"404\", or \"4xx\" for all of them");
        let status = |text: &str| {
            text.parse()
                .ok()
                .filter(|status| (100..=599).contains(status))
        };
        if let Some(class) = text.strip_suffix("xx") {
            let from = status(&format!("{class}00")).ok_or_else(unknown)?;
            return Ok(Self {
                from,
                to: from + 99,
            });
        }
        let status = status(&text).ok_or_else(unknown)?;
        Ok(Self {
            from: status,
            to: status,
        })
    }
}

impl Rules {
    /// # Errors
    /// Names the file, and the line of what cannot be read.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let place = || format!("{}", path.display());
        let text = fs::read_to_string(path).with_context(place)?;
        Self::parse(&text).with_context(place)
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        let rules: Self = toml::from_str(text)?;
        for rule in &rules.unordered {
            Unordered::default().add(rule.names.iter().map(String::as_str))?;
        }
        Ok(rules)
    }

    /// What holds for one request.
    ///
    /// # Errors
    /// Never for rules that were read, whose names have been checked.
    pub(crate) fn ruling(&self, target: &str, unordered: &Unordered) -> Result<Ruling> {
        let mut ruling = Ruling {
            headers: self.headers.clone(),
            unordered: unordered.clone(),
            ..Ruling::default()
        };
        for rule in self
            .volatile
            .iter()
            .filter(|rule| holds(rule.url.as_ref(), target))
        {
            ruling.volatile.extend(rule.paths.iter().cloned());
            ruling.volatile_headers.extend(rule.headers.iter().cloned());
            ruling.free_headers.extend(rule.free.iter().cloned());
        }
        for rule in self
            .unordered
            .iter()
            .filter(|rule| holds(rule.url.as_ref(), target))
        {
            ruling
                .unordered
                .add(rule.names.iter().map(String::as_str))?;
        }
        Ok(ruling)
    }

    /// The name of the rule that says that two answers which differ, and where they do, are meant to.
    pub(crate) fn deviation(
        &self,
        method: &str,
        target: &str,
        left: &Answer,
        right: &Answer,
        found: &[Difference],
    ) -> Option<&str> {
        let is_meant = |rule: &&MeantDifference| {
            rule.method.as_ref().is_none_or(|of| of == method)
                && holds(rule.url.as_ref(), target)
                && rule.is_meant(left, right)
                && (rule.values.as_ref()).is_none_or(|values| found.iter().all(|at| values.are(at)))
        };
        let rule = self.deviation.iter().find(is_meant)?;
        Some(&rule.name)
    }
}

impl MeantDifference {
    fn is_meant(&self, left: &Answer, right: &Answer) -> bool {
        let is_left = |pattern: &StatusPattern| pattern.matches(left.status);
        let is_right = match &self.right {
            Some(pattern) => pattern.matches(right.status),
            None => left.status == right.status,
        };
        let has_type = |expected: &String| left.media_type().as_ref() == Some(expected);
        is_right
            && self.left.status.as_ref().is_none_or(is_left)
            && self.left.content_type.as_ref().is_none_or(has_type)
    }
}

impl Values {
    fn are(&self, difference: &Difference) -> bool {
        let left = &difference.left;
        self.left.0.is_match(left) && self.left.0.replace(left, &self.right) == difference.right
    }
}

fn holds(url: Option<&Pattern>, target: &str) -> bool {
    url.is_none_or(|pattern| pattern.0.is_match(target))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
        headers = ["X-Total-Count"]

        [[volatile]]
        paths = ["**.created_at"]

        [[volatile]]
        url = "^/api/login/"
        paths = ["$.token"]
        headers = ["Retry-After"]
        free = ["Allow"]

        [[unordered]]
        url = "^/api/hello/"
        names = ["Allow", "$.tags"]

        [[deviation]]
        name = "HTML pages"
        left = { status = "4xx", content_type = "text/html" }

        [[deviation]]
        name = "server errors"
        left = { status = "500" }
        right = "4xx"

        [tables]
        skip = ["django_session"]
        ignore = ["catalog_book.updated_at"]
    "#;

    fn answer(status: u16, content_type: &str) -> Answer {
        let content_type = (
            "content-type".parse().unwrap(),
            content_type.parse().unwrap(),
        );
        Answer {
            status,
            headers: [content_type].into_iter().collect(),
            body: Vec::new(),
        }
    }

    #[test]
    fn rules_hold_for_their_urls() {
        let rules = Rules::parse(RULES).unwrap();
        let ruling = |target| rules.ruling(target, &Unordered::default()).unwrap();
        assert_eq!(ruling("/api/books/").volatile.len(), 1);
        let login = ruling("/api/login/?next=/");
        assert_eq!(login.volatile.len(), 2);
        assert_eq!(login.volatile_headers, ["Retry-After"]);
        assert_eq!(login.free_headers, ["Allow"]);
        assert_eq!(login.unordered, Unordered::default());
        assert_ne!(ruling("/api/hello/").unordered, Unordered::default());
    }

    #[test]
    fn deviations_need_the_statuses_and_type_they_name() {
        let rules = Rules::parse(RULES).unwrap();
        let html = "text/html; charset=utf-8";
        let json = "application/json";
        for (left, right, expected) in [
            ((404, html), (404, json), Some("HTML pages")),
            ((404, html), (400, json), None),
            ((404, json), (404, json), None),
            ((500, html), (400, json), Some("server errors")),
            ((500, html), (500, json), None),
        ] {
            let (left, right) = (answer(left.0, left.1), answer(right.0, right.1));
            assert_eq!(rules.deviation("GET", "/", &left, &right, &[]), expected);
        }
    }

    #[test]
    fn a_deviation_can_be_of_one_method() {
        let rules = "[[deviation]]\nname = 'asked about'\nmethod = 'OPTIONS'\nright = '200'";
        let rules = Rules::parse(rules).unwrap();
        let (left, right) = (answer(500, "text/html"), answer(200, "application/json"));
        for (method, expected) in [("OPTIONS", Some("asked about")), ("GET", None)] {
            assert_eq!(
                rules.deviation(method, "/", &left, &right, &[]),
                expected,
                "{method}"
            );
        }
    }

    #[test]
    fn a_deviation_can_be_of_certain_values() {
        let rules = r#"
            [[deviation]]
            name = "negative zero"
            values = { left = '^"-(0(\.0+)?)"$', right = '"$1"' }
        "#;
        let rules = Rules::parse(rules).unwrap();
        for (found, is_meant) in [
            (&[(r#""-0.00""#, r#""0.00""#)][..], true),
            (&[(r#""-0""#, r#""0""#)], true),
            (&[(r#""-0.00""#, r#""0.0""#)], false),
            (&[(r#""-0.01""#, r#""0.01""#)], false),
            (&[("-0.0", "0.0")], false),
            (&[(r#""0.00""#, r#""-0.00""#)], false),
            (&[(r#""-0.0""#, r#""0.0""#), ("1", "2")], false),
            (&[(r#""-0.0""#, r#""0.0""#), (r#""-0""#, r#""0""#)], true),
        ] {
            let found = found.iter();
            let found: Vec<_> = found
                .map(|(left, right)| Difference::new("$.price", *left, *right))
                .collect();
            let answer = answer(200, "application/json");
            let expected = is_meant.then_some("negative zero");
            assert_eq!(
                rules.deviation("GET", "/", &answer, &answer, &found),
                expected,
                "{found:?}"
            );
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (text, expected) in [
            ("volatiles = []", "unknown field"),
            ("[[volatile]]\npaths = [\"$[\"]", "is no JSON path"),
            ("[[unordered]]\nnames = [\"$[\"]", "is no JSON path"),
            ("[[volatile]]\nurl = \"(\"\npaths = []", "unclosed group"),
            (
                "[[deviation]]\nname = \"x\"\nright = \"6xx\"",
                "is no status",
            ),
        ] {
            let error = format!("{:#}", Rules::parse(text).unwrap_err());
            assert!(error.contains(expected), "{error}");
        }
    }
}
