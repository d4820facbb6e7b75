//! Two JSON values side by side: types, exact texts, numbers, the order of keys.

use serde_json::{Map, Number, Value};

use super::{Difference, Ruling};
use crate::json_path::{Place, Step};

/// Where two values differ; with `is_text_free`, texts need only both be texts.
pub(super) fn differences(
    left: &Value,
    right: &Value,
    ruling: &Ruling,
    is_text_free: bool,
) -> Vec<Difference> {
    let mut comparison = Comparison {
        ruling,
        is_text_free,
        place: Vec::new(),
        found: Vec::new(),
    };
    comparison.compare(left, right);
    comparison.found
}

struct Comparison<'a> {
    ruling: &'a Ruling,
    is_text_free: bool,
    place: Vec<Step>,
    found: Vec<Difference>,
}

impl Comparison<'_> {
    fn compare(&mut self, left: &Value, right: &Value) {
        let mut volatile = self.ruling.volatile.iter();
        if volatile.any(|path| path.matches(&self.place)) {
            if format_of(left) != format_of(right) {
                self.differ(&shown(left), &shown(right));
            }
            return;
        }
        match (left, right) {
            (Value::Object(left), Value::Object(right)) => self.compare_objects(left, right),
            (Value::Array(left), Value::Array(right)) => self.compare_lists(left, right),
            (Value::Number(left), Value::Number(right)) if is_same_number(left, right) => {}
            (Value::String(_), Value::String(_)) if self.is_text_free => {}
            (left, right) if left == right => {}
            (left, right) => self.differ(&shown(left), &shown(right)),
        }
    }

    fn compare_objects(&mut self, left: &Map<String, Value>, right: &Map<String, Value>) {
        for (key, left) in left {
            self.place.push(Step::Key(key.clone()));
            match right.get(key) {
                Some(right) => self.compare(left, right),
                None => self.differ(&shown(left), "absent"),
            }
            self.place.pop();
        }
        for (key, value) in right.iter().filter(|(key, _)| !left.contains_key(*key)) {
            self.place.push(Step::Key(key.clone()));
            self.differ("absent", &shown(value));
            self.place.pop();
        }
        let left_keys: Vec<_> = left.keys().filter(|key| right.contains_key(*key)).collect();
        let right_keys: Vec<_> = right.keys().filter(|key| left.contains_key(*key)).collect();
        if left_keys != right_keys {
            let at = format!("{}: order of keys", Place(&self.place));
            let (left, right) = (format!("{left_keys:?}"), format!("{right_keys:?}"));
            self.found.push(Difference::new(at, left, right));
        }
    }

    fn compare_lists(&mut self, left: &[Value], right: &[Value]) {
        if self.ruling.unordered.has_list(&self.place) {
            self.compare_sets(left, right);
            return;
        }
        if left.len() != right.len() {
            let items = |list: &[Value]| format!("{} items", list.len());
            self.differ(&items(left), &items(right));
        }
        for (index, (left, right)) in left.iter().zip(right).enumerate() {
            self.place.push(Step::Index(index));
            self.compare(left, right);
            self.place.pop();
        }
    }

    fn compare_sets(&mut self, left: &[Value], right: &[Value]) {
        let mut unmatched: Vec<_> = right.iter().collect();
        for (index, left) in left.iter().enumerate() {
            let place = [self.place.as_slice(), &[Step::Index(index)]].concat();
            let is_equal = |right: &&Value| self.is_equal_at(&place, left, right);
            match unmatched.iter().position(is_equal) {
                Some(position) => {
                    unmatched.swap_remove(position);
                }
                None => self.differ(&shown(left), "absent from the set"),
            }
        }
        for right in unmatched {
            self.differ("absent from the set", &shown(right));
        }
    }

    fn is_equal_at(&self, place: &[Step], left: &Value, right: &Value) -> bool {
        let mut comparison = Comparison {
            ruling: self.ruling,
            is_text_free: self.is_text_free,
            place: place.to_owned(),
            found: Vec::new(),
        };
        comparison.compare(left, right);
        comparison.found.is_empty()
    }

    fn differ(&mut self, left: &str, right: &str) {
        let at = Place(&self.place).to_string();
        self.found.push(Difference::new(at, left, right));
    }
}

/// `1e16` is `1e+16`, but `1` is not `1.0`: a client that knows integers sees that.
fn is_same_number(left: &Number, right: &Number) -> bool {
    let (left, right) = (left.to_string(), right.to_string());
    let is_float = |text: &str| text.contains(['.', 'e', 'E']);
    if left == right {
        return true;
    }
    let is_same = || left.parse::<f64>().ok() == right.parse::<f64>().ok();
    is_float(&left) && is_float(&right) && is_same()
}

/// What a volatile value must have in common with the other side's.
#[derive(Debug, PartialEq)]
enum Format {
    Null,
    Bool,
    Integer,
    Float,
    Blank,
    /// Its digits are zeros, and a fraction of seconds is left out.
    Time(String),
    Uuid,
    Text,
    List,
    Object,
}

fn format_of(value: &Value) -> Format {
    match value {
        Value::Null => Format::Null,
        Value::Bool(_) => Format::Bool,
        Value::Number(number) if number.is_f64() => Format::Float,
        Value::Number(_) => Format::Integer,
        Value::String(text) if text.is_empty() => Format::Blank,
        Value::String(text) if uuid::Uuid::try_parse(text).is_ok() => Format::Uuid,
        Value::String(text) => time_format(text).map_or(Format::Text, Format::Time),
        Value::Array(_) => Format::List,
        Value::Object(_) => Format::Object,
    }
}

fn time_format(text: &str) -> Option<String> {
    let zeros = text.replace(|letter: char| letter.is_ascii_digit(), "0");
    let (whole, behind) = zeros.split_once('.').unwrap_or((&zeros, ""));
    let zone = behind.trim_start_matches('0');
    let is_time = whole.starts_with("0000-00-00") || whole.starts_with("00:00");
    is_time.then(|| format!("{whole}{zone}"))
}

/// A value as it stands beside another one, cut if it is long.
fn shown(value: &Value) -> String {
    const SHOWN: usize = 120;
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
