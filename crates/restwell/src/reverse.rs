//! From the pattern of a route to the path of a link.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in the path of a link (RFC 3986 §3.3, as Django does it).
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b':')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// A pattern with its groups taken out, to be filled with values.
pub(crate) struct Template(Vec<Part>);

enum Part {
    Literal(String),
    /// A group and its name; a group without one is left out of links.
    Group(Option<String>),
}

impl Template {
    /// The parts of a route's pattern.
    pub(crate) fn new(pattern: &str) -> Self {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = pattern;
        while let Some(character) = rest.chars().next() {
            if character == '(' {
                let (group, after) = rest.split_at(group_length(rest));
                parts.push(Part::Literal(std::mem::take(&mut literal)));
                parts.push(Part::Group(group_name(group)));
                // What says how often the group may stand.
                rest = after.trim_start_matches(['?', '*', '+']);
                continue;
            }
            rest = &rest[character.len_utf8()..];
            match character {
                '\\' => {
                    literal.extend(rest.chars().next());
                    rest = rest.get(1..).unwrap_or_default();
                }
                '?' | '*' | '+' | '^' | '$' => {}
                character => literal.push(character),
            }
        }
        parts.push(Part::Literal(literal));
        Self(parts)
    }

    /// The path with a value in each named group; `None` if one is missing.
    pub(crate) fn fill<'a>(&self, value: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
        let mut path = String::new();
        for part in &self.0 {
            match part {
                Part::Literal(text) => path.push_str(text),
                Part::Group(Some(name)) => path.extend(utf8_percent_encode(value(name)?, PATH)),
                Part::Group(None) => {}
            }
        }
        Some(path)
    }
}

/// The name in `(?P<name>…)` or `(?<name>…)`.
fn group_name(group: &str) -> Option<String> {
    let start = group
        .strip_prefix("(?P<")
        .or_else(|| group.strip_prefix("(?<"))?;
    start.split_once('>').map(|(name, _)| name.to_owned())
}

/// The length of the group that `text` starts with, nested groups included.
fn group_length(text: &str) -> usize {
    let mut depth = 0usize;
    let mut escaped = false;
    for (index, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return index + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// A path with Django's converters, as a regular expression: `<name>`, `<int:name>`, `<slug:name>`, `<uuid:name>`,
/// `<path:name>`. All else stays as it is.
pub(crate) fn expand_converters(pattern: &str) -> String {
    let mut expanded = String::new();
    let mut rest = pattern;
    while let Some(start) = rest.find('<') {
        let (before, from) = rest.split_at(start);
        expanded.push_str(before);
        let converter = from
            .find('>')
            .filter(|_| !before.ends_with("?P") && !before.ends_with('?'));
        let Some((length, regex, name)) = converter.and_then(|end| {
            let (kind, name) = from[1..end]
                .split_once(':')
                .unwrap_or(("str", &from[1..end]));
            Some((end + 1, converter_regex(kind)?, name))
        }) else {
            expanded.push('<');
            rest = &from[1..];
            continue;
        };
        expanded.push_str(&format!("(?P<{name}>{regex})"));
        rest = &from[length..];
    }
    expanded.push_str(rest);
    expanded
}

fn converter_regex(kind: &str) -> Option<&'static str> {
    match kind {
        "str" => Some("[^/]+"),
        "int" => Some("[0-9]+"),
        "slug" => Some("[-a-zA-Z0-9_]+"),
        "uuid" => Some("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
        "path" => Some(".+"),
        _ => None,
    }
}
