//! Kinds of values, as a grammar file names them: `int 1 5`, `csv key authors.id`, `pattern [A-Z]{3}`.

use std::str::FromStr;

use anyhow::{Context, Result, bail};
use chrono::{Datelike, NaiveDate};
use regex_syntax::{ParserBuilder, hir::Hir};
use serde::Deserialize;
use serde_json::Value;

/// What values a parameter or field takes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Kind {
    Bool,
    Int {
        min: i64,
        max: i64,
    },
    Float {
        min: f64,
        max: f64,
    },
    Decimal {
        min: i64,
        max: i64,
        places: u32,
    },
    /// Days since the first of January of the year 1.
    Date {
        from: i32,
        to: i32,
    },
    DateTime,
    Time,
    Duration,
    Uuid,
    Ip,
    Email,
    Url,
    Slug,
    Text {
        min: usize,
        max: usize,
    },
    Isbn13,
    Json,
    Choice(Vec<Value>),
    /// A value that rows of a resource have.
    Key(Place),
    /// A word or two from values that rows of a resource have.
    Search(Place),
    Ordering(Vec<String>),
    Csv(Box<Kind>),
    List {
        item: Box<Kind>,
        max: usize,
    },
    Object(Vec<(String, Kind)>),
    Pattern(Box<Hir>),
    /// The prefix and a number that was not used before.
    Sequence(String),
    Image,
    File,
}

/// A field of a resource's rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) resource: String,
    pub(crate) field: String,
}

impl Kind {
    /// From 1900 to 2020, so that neither the past nor the future is refused.
    pub(super) const ANY_DATE: Self = Self::Date {
        from: 693_596,
        to: 737_790,
    };
    pub(super) const DEFAULT_TEXT: Self = Self::Text { min: 1, max: 40 };
}

impl TryFrom<String> for Kind {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        text.parse().map_err(|error| format!("{error:#}"))
    }
}

impl FromStr for Kind {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let (word, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        let rest = rest.trim();
        let kind = match word {
            "csv" => Ok(Self::Csv(Box::new(rest.parse()?))),
            "list" => Ok(Self::List {
                item: Box::new(rest.parse()?),
                max: 4,
            }),
            "pattern" => pattern(rest),
            "sequence" => Ok(Self::Sequence(rest.to_owned())),
            _ => with_arguments(word, &rest.split_whitespace().collect::<Vec<_>>()),
        };
        kind.with_context(|| format!("in `{text}`"))
    }
}

fn with_arguments(word: &str, arguments: &[&str]) -> Result<Kind> {
    let kind = match (word, arguments) {
        ("bool", []) => Kind::Bool,
        ("int", _) => {
            let (min, max) = range(arguments, 0, 1000)?;
            Kind::Int { min, max }
        }
        ("float", _) => {
            let (min, max) = range(arguments, 0.0, 1000.0)?;
            Kind::Float { min, max }
        }
        ("decimal", [bounds @ .., places]) if bounds.len() == 2 => decimal(bounds, places)?,
        ("decimal", bounds) => decimal(bounds, "2")?,
        ("date", _) => date(arguments)?,
        ("text", []) => Kind::DEFAULT_TEXT,
        ("text", [max]) => Kind::Text {
            min: 1,
            max: max
                .parse()
                .context("behind `text` stands the greatest length")?,
        },
        ("choice", [_, ..]) => Kind::Choice(arguments.iter().map(|text| (*text).into()).collect()),
        ("ordering", [_, ..]) => {
            Kind::Ordering(arguments.iter().map(|name| (*name).to_owned()).collect())
        }
        ("key", [place]) => Kind::Key(place.parse()?),
        ("search", [place]) => Kind::Search(place.parse()?),
        (_, []) => by_name(word)?,
        _ => bail!("`{word}` does not take this; see the table of kinds in docs/parity.md"),
    };
    Ok(kind)
}

fn by_name(word: &str) -> Result<Kind> {
    Ok(match word {
        "datetime" => Kind::DateTime,
        "time" => Kind::Time,
        "duration" => Kind::Duration,
        "uuid" => Kind::Uuid,
        "ip" => Kind::Ip,
        "email" => Kind::Email,
        "url" => Kind::Url,
        "slug" => Kind::Slug,
        "isbn13" => Kind::Isbn13,
        "json" => Kind::Json,
        "image" => Kind::Image,
        "file" => Kind::File,
        _ => bail!("there is no kind of value `{word}`; docs/parity.md has a table of them"),
    })
}

fn range<T: FromStr + PartialOrd>(arguments: &[&str], min: T, max: T) -> Result<(T, T)> {
    let number = |text: &str| {
        text.parse()
            .ok()
            .with_context(|| format!("`{text}` is no number"))
    };
    let (min, max) = match arguments {
        [] => (min, max),
        [min, max] => (number(min)?, number(max)?),
        _ => bail!("there must be a least and a greatest value, or none"),
    };
    if min > max {
        bail!("the least value is above the greatest");
    }
    Ok((min, max))
}

fn decimal(bounds: &[&str], places: &str) -> Result<Kind> {
    let (min, max) = range(bounds, 0, 1000)?;
    let places = places.parse().ok().filter(|places| *places <= 18);
    let places = places.context("a decimal has 0 to 18 places")?;
    Ok(Kind::Decimal { min, max, places })
}

fn date(arguments: &[&str]) -> Result<Kind> {
    let day = |text: &str| -> Result<i32> {
        let date: NaiveDate = text
            .parse()
            .with_context(|| format!("`{text}` is no date"))?;
        Ok(date.num_days_from_ce())
    };
    let (from, to) = match arguments {
        [] => return Ok(Kind::ANY_DATE),
        [from, to] => (day(from)?, day(to)?),
        _ => bail!("there must be a first and a last date, or none"),
    };
    if from > to {
        bail!("the first date is behind the last");
    }
    Ok(Kind::Date { from, to })
}

fn pattern(regex: &str) -> Result<Kind> {
    // Classes such as `\d` mean ASCII, unless the pattern holds other letters.
    let mut builder = ParserBuilder::new();
    builder.unicode(!regex.is_ascii()).utf8(false);
    let hir = builder.build().parse(regex);
    Ok(Kind::Pattern(Box::new(
        hir.context("the pattern is no regular expression")?,
    )))
}

impl FromStr for Place {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let (resource, field) = text
            .split_once('.')
            .with_context(|| format!("`{text}` is not `resource.field`"))?;
        Ok(Self {
            resource: resource.to_owned(),
            field: field.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Kind> {
        text.parse()
    }

    #[test]
    fn kinds_are_read() {
        let place = |text: &str| text.parse::<Place>().unwrap();
        for (text, expected) in [
            ("bool", Kind::Bool),
            ("int", Kind::Int { min: 0, max: 1000 }),
            ("int -5 5", Kind::Int { min: -5, max: 5 }),
            (
                "decimal 0 9",
                Kind::Decimal {
                    min: 0,
                    max: 9,
                    places: 2,
                },
            ),
            (
                "decimal 0 9 3",
                Kind::Decimal {
                    min: 0,
                    max: 9,
                    places: 3,
                },
            ),
            ("float 0 0.5", Kind::Float { min: 0.0, max: 0.5 }),
            ("date 1900-01-01 2020-12-31", Kind::ANY_DATE),
            ("date 0001-01-01 0001-01-31", Kind::Date { from: 1, to: 31 }),
            ("text 5", Kind::Text { min: 1, max: 5 }),
            ("choice en fr", Kind::Choice(vec!["en".into(), "fr".into()])),
            ("key authors.id", Kind::Key(place("authors.id"))),
            (
                "csv key a.id",
                Kind::Csv(Box::new(Kind::Key(place("a.id")))),
            ),
            (
                "list bool",
                Kind::List {
                    item: Box::new(Kind::Bool),
                    max: 4,
                },
            ),
            ("sequence A-", Kind::Sequence("A-".to_owned())),
        ] {
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
        assert!(matches!(
            parse("pattern [A-Z]{3}\\d+").unwrap(),
            Kind::Pattern(_)
        ));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, expected) in [
            ("integer", "no kind of value `integer`"),
            ("int 5", "a least and a greatest"),
            ("int 5 1", "above the greatest"),
            ("int a b", "`a` is no number"),
            ("key authors", "is not `resource.field`"),
            ("choice", "no kind of value `choice`"),
            ("csv", "no kind of value ``"),
            ("date 2020-01-01 2019-01-01", "behind the last"),
            ("pattern (", "no regular expression"),
            ("bool true", "does not take this"),
        ] {
            let error = format!("{:#}", parse(text).unwrap_err());
            assert!(error.contains(expected), "{error}");
        }
    }
}
