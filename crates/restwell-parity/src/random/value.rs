//! Values of a kind.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use fastrand::Rng;
use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::{Map, Value, json};

use super::kind::{Kind, Place};

/// A row of a resource, as a list shows it.
pub(super) type Row = Map<String, Value>;

/// Where values come from: chance, and the rows that there are.
pub(super) struct Source {
    pub(super) rng: Rng,
    pub(super) rows: BTreeMap<String, Vec<Row>>,
    /// The number of the next `sequence`.
    serial: u32,
}

impl Source {
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let serial = rng.u32(100_000..1_000_000_000);
        Self {
            rng,
            rows: BTreeMap::new(),
            serial,
        }
    }

    /// Whether something happens that happens so many times in a hundred.
    pub(super) fn happens(&mut self, percent: u8) -> bool {
        self.rng.u8(..100) < percent
    }

    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        (!items.is_empty()).then(|| &items[self.rng.usize(..items.len())])
    }

    /// The index of one of the weights, by chance; 0 if there are none.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let mut ticket = self.rng.u32(..weights.clone().sum::<u32>().max(1));
        let is_drawn = |weight| match ticket.checked_sub(weight) {
            Some(rest) => {
                ticket = rest;
                false
            }
            None => true,
        };
        weights
            .map(is_drawn)
            .position(|is_drawn| is_drawn)
            .unwrap_or(0)
    }

    /// A value of the kind; null if it depends on rows of which there are none.
    pub(super) fn value(&mut self, kind: &Kind) -> Value {
        match kind {
            Kind::Bool => self.rng.bool().into(),
            Kind::Int { min, max } => self.rng.i64(min..=max).into(),
            Kind::Float { min, max } => {
                let value = min + self.rng.f64() * (max - min);
                json!((value * 1000.0).round() / 1000.0)
            }
            Kind::Decimal { min, max, places } => self.decimal(*min, *max, *places),
            Kind::Choice(choices) => self.pick(choices).cloned().unwrap_or_default(),
            Kind::Key(place) => self.existing(place),
            Kind::Search(place) => self.search(place),
            Kind::Ordering(names) => self.ordering(names).into(),
            Kind::Csv(item) => self.csv(item).into(),
            Kind::List { item, max } => {
                let length = self.rng.usize(..=*max);
                let values = (0..length).map(|_| self.value(item));
                values.filter(|value| !value.is_null()).collect()
            }
            Kind::Object(fields) => {
                let pair = |(name, kind): &(String, Kind)| (name.clone(), self.value(kind));
                fields.iter().map(pair).collect()
            }
            Kind::Json => self.json(2),
            Kind::Image | Kind::File => Value::Null,
            text => self.text(text).into(),
        }
    }

    fn text(&mut self, kind: &Kind) -> String {
        match kind {
            Kind::Text { min, max } => self.sentence(*min, *max),
            Kind::Date { from, to } => self.date(*from, *to),
            Kind::DateTime => format!("{}T{}Z", self.date(710_000, 737_000), self.time()),
            Kind::Time => self.time(),
            Kind::Duration => format!("{} {}", self.rng.u8(..40), self.time()),
            Kind::Uuid => uuid::Builder::from_random_bytes(self.rng.u128(..).to_be_bytes())
                .into_uuid()
                .to_string(),
            Kind::Ip => format!(
                "10.{}.{}.{}",
                self.rng.u8(..),
                self.rng.u8(..),
                self.rng.u8(..)
            ),
            Kind::Email => format!("{}@example.org", self.word()),
            Kind::Url => format!("https://{}.example.org/{}", self.word(), self.word()),
            Kind::Slug => format!("{}-{}", self.word(), self.word()),
            Kind::Isbn13 => self.isbn13(),
            Kind::Pattern(hir) => {
                let mut text = String::new();
                self.push_pattern(hir, &mut text);
                text
            }
            Kind::Sequence(prefix) => {
                self.serial += 1;
                format!("{prefix}{}", self.serial)
            }
            _ => self.word(),
        }
    }

    pub(super) fn word(&mut self) -> String {
        let length = self.rng.usize(4..10);
        (0..length).map(|_| self.rng.lowercase()).collect()
    }

    fn sentence(&mut self, min: usize, max: usize) -> String {
        let mut text = self.word();
        while text.len() < min || (text.len() < 30 && self.rng.bool()) {
            text.push(' ');
            text.push_str(&self.word());
        }
        text.truncate(max);
        // A final space would be trimmed, and the text be too short.
        if text.ends_with(' ') {
            text.replace_range(text.len() - 1.., "x");
        }
        text
    }

    fn decimal(&mut self, min: i64, max: i64, places: u32) -> Value {
        let whole = self.rng.i64(min..=max);
        // A fraction would lead beyond the greatest value, or below the least if that is negative.
        let is_edge = whole == max || whole < 0;
        if places == 0 || is_edge {
            return whole.to_string().into();
        }
        let fraction = self.rng.u64(..10_u64.pow(places.min(18)));
        let text = format!("{whole}.{fraction:0width$}", width = places as usize);
        match self.rng.u8(..4) {
            0 => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            _ => text.into(),
        }
    }

    fn date(&mut self, from: i32, to: i32) -> String {
        let date = NaiveDate::from_num_days_from_ce_opt(self.rng.i32(from..=to));
        date.unwrap_or_default().to_string()
    }

    fn time(&mut self) -> String {
        let (hour, minute) = (self.rng.u8(..24), self.rng.u8(..60));
        format!("{hour:02}:{minute:02}:{:02}", self.rng.u8(..60))
    }

    fn isbn13(&mut self) -> String {
        let mut digits = vec![9, 7, 8];
        digits.extend((0..9).map(|_| self.rng.u32(..10)));
        let weighted = digits.iter().zip([1, 3].into_iter().cycle());
        let sum: u32 = weighted.map(|(digit, weight)| digit * weight).sum();
        digits.push((10 - sum % 10) % 10);
        digits
            .iter()
            .filter_map(|digit| char::from_digit(*digit, 10))
            .collect()
    }

    fn json(&mut self, depth: u32) -> Value {
        match self.rng.u8(..if depth == 0 { 5 } else { 8 }) {
            0 => Value::Null,
            1 => self.rng.bool().into(),
            2 => self.rng.i64(-1000..1000).into(),
            3 => json!(self.rng.f64()),
            4 => self.word().into(),
            5 => (0..self.rng.usize(..4))
                .map(|_| self.json(depth - 1))
                .collect(),
            _ => {
                let length = self.rng.usize(..4);
                (0..length)
                    .map(|_| (self.word(), self.json(depth - 1)))
                    .collect()
            }
        }
    }

    /// A value that rows have at a place; an item, if the value is a list.
    pub(super) fn existing(&mut self, place: &Place) -> Value {
        let rows = self.rows.get(&place.resource).into_iter().flatten();
        let values = rows.filter_map(|row| row.get(&place.field));
        let items: Vec<_> = values
            .flat_map(|value| match value {
                Value::Array(items) => items.as_slice(),
                value => std::slice::from_ref(value),
            })
            .filter(|value| !value.is_null())
            .collect();
        match items.len() {
            0 => Value::Null,
            count => items[self.rng.usize(..count)].clone(),
        }
    }

    fn search(&mut self, place: &Place) -> Value {
        let existing = self.existing(place);
        let text = existing.as_str().unwrap_or_default();
        let words: Vec<_> = text.split_whitespace().collect();
        let Some(word) = self.pick(&words) else {
            return self.word().into();
        };
        match self.rng.u8(..8) {
            0 => format!("\"{text}\"").into(),
            1 => format!("{word},{}", words[0]).into(),
            2 => format!("{word} {}", words[words.len() - 1]).into(),
            3 => word.to_uppercase().into(),
            4 => word.chars().take(3).collect::<String>().into(),
            _ => (*word).into(),
        }
    }

    fn ordering(&mut self, names: &[String]) -> String {
        let count = self.rng.usize(1..=2);
        let mut terms = Vec::new();
        for _ in 0..count {
            let name = self.pick(names).cloned().unwrap_or_default();
            let sign = if self.rng.bool() { "-" } else { "" };
            terms.push(format!("{sign}{name}"));
        }
        terms.join(",")
    }

    fn csv(&mut self, item: &Kind) -> String {
        let count = self.rng.usize(1..=3);
        let items: Vec<_> = (0..count).map(|_| to_text(&self.value(item))).collect();
        items.join(",")
    }

    fn push_pattern(&mut self, hir: &Hir, text: &mut String) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
            HirKind::Class(class) => text.extend(self.letter_of(class)),
            HirKind::Repetition(repetition) => {
                let max = repetition.max.unwrap_or(repetition.min + 5);
                for _ in 0..self.rng.u32(repetition.min..=max) {
                    self.push_pattern(&repetition.sub, text);
                }
            }
            HirKind::Capture(capture) => self.push_pattern(&capture.sub, text),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.push_pattern(part, text)),
            HirKind::Alternation(branches) => {
                if let Some(branch) = self.pick(branches) {
                    self.push_pattern(branch, text);
                }
            }
        }
    }

    fn letter_of(&mut self, class: &Class) -> Option<char> {
        match class {
            Class::Unicode(class) => {
                let range = *self.pick(class.ranges())?;
                Some(self.rng.char(range.start()..=range.end()))
            }
            Class::Bytes(class) => {
                let range = *self.pick(class.ranges())?;
                Some(self.rng.u8(range.start()..=range.end()).into())
            }
        }
    }
}

/// A value as it stands in a query or form.
pub(super) fn to_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[test]
    fn values_look_like_their_kind() {
        let mut source = Source::new(7);
        let row = json!({"id": 7, "tags": ["a"], "title": "one two", "none": null});
        let row = row.as_object().unwrap().clone();
        source.rows.insert("books".to_owned(), vec![row]);
        for (kind, expected) in [
            ("int 3 4", "^[34]$"),
            ("decimal 5 6 3", r"^(5\.\d{3}|6)$"),
            ("date 2020-02-01 2020-02-29", r"^2020-02-\d\d$"),
            ("datetime", r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"),
            ("duration", r"^\d+ \d\d:\d\d:\d\d$"),
            ("uuid", "^[0-9a-f-]{36}$"),
            ("text 5", "^.{1,5}$"),
            ("choice a b", "^[ab]$"),
            ("key books.id", "^7$"),
            ("key books.tags", "^a$"),
            ("key books.none", "^$"),
            ("csv key books.id", "^7(,7)*$"),
            ("search books.title", "(?i)one|two"),
            ("ordering x y", "^-?[xy](,-?[xy])?$"),
            ("pattern [A-C]{2}(x|y)?\\d+", r"^[A-C]{2}[xy]?\d+$"),
            ("sequence N-", r"^N-\d+$"),
            ("isbn13", r"^978\d{10}$"),
        ] {
            let expected = Regex::new(expected).unwrap();
            let parsed: Kind = kind.parse().unwrap();
            for _ in 0..50 {
                let value = to_text(&source.value(&parsed));
                assert!(expected.is_match(&value), "{kind}: {value}");
            }
        }
    }

    #[test]
    fn isbns_have_the_right_check_digit() {
        let mut source = Source::new(1);
        for _ in 0..50 {
            let isbn = source.isbn13();
            let digits = isbn.chars().filter_map(|digit| digit.to_digit(10));
            let sum: u32 = digits
                .zip([1, 3].into_iter().cycle())
                .map(|(a, b)| a * b)
                .sum();
            assert_eq!(sum % 10, 0, "{isbn}");
        }
    }
}
