//! The one route table of a service: from a path to its route, and from a name to the path of a link.

use std::{cell::Cell, collections::HashSet};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use regex::Regex;

use super::{Route, Router, SimpleRouter};
use crate::{api_views::ApiView, models::Meta};

/// What a path stands for.
#[derive(Clone, Debug, Default)]
pub struct Match {
    pub(crate) route: usize,
    /// The value that names one object.
    pub lookup: Option<String>,
    /// The format suffix, without its dot.
    pub format: Option<String>,
    /// Every named part of the pattern, the lookup value too, in its order.
    pub kwargs: Vec<(String, String)>,
}

struct Pattern {
    /// What every path of the route starts with.
    literal: String,
    template: Template,
    plain: Regex,
    suffixed: Option<Regex>,
}

/// The one table of a service's routes.
#[derive(Default)]
pub struct Urls {
    routes: Vec<Route>,
    patterns: Vec<Pattern>,
}

impl Urls {
    /// No routes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a router's routes below `path`, which starts with a slash, e.g. `/api/`.
    ///
    /// # Panics
    /// If a pattern is no regular expression, or two routes have one name.
    #[must_use]
    pub fn include(mut self, path: &str, router: impl Router) -> Self {
        self.add(path, router.into_routes());
        self
    }

    /// As [`Urls::include`], with `namespace:` before the names of the routes, so that the same viewsets can stand in more
    /// than one place, e.g. once for each version.
    ///
    /// # Panics
    /// As [`Urls::include`].
    #[must_use]
    pub fn include_as(mut self, path: &str, namespace: &str, router: impl Router) -> Self {
        let mut routes = router.into_routes();
        for route in &mut routes {
            route.name.insert_str(0, &format!("{namespace}:"));
            route.basename.insert_str(0, &format!("{namespace}:"));
        }
        self.add(path, routes);
        self
    }

    /// Puts one view at `path`, which starts with a slash.
    ///
    /// # Panics
    /// As [`Urls::include`].
    #[must_use]
    pub fn path(self, path: &str, name: &str, view: ApiView) -> Self {
        let router = SimpleRouter::new().without_trailing_slash();
        self.include("", router.view(path, name, view))
    }

    fn add(&mut self, path: &str, routes: Vec<Route>) {
        let path = expand_converters(path);
        let mut names: HashSet<String> =
            self.routes.iter().map(|route| route.name.clone()).collect();
        for mut route in routes {
            assert!(
                // Each router has a root.
                names.insert(route.name.clone()) || route.is_root(),
                "two routes are named `{}`: rename one of them",
                route.name
            );
            route.pattern.insert_str(0, &path);
            self.patterns.push(Pattern::new(&route));
            self.routes.push(route);
        }
    }

    /// All routes, in the order in which they are tried.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The models of all viewsets, each once, in the order of the routes.
    pub fn models(&self) -> Vec<Meta> {
        let mut models = Vec::new();
        for model in self.routes.iter().filter_map(|route| route.view.model()) {
            if !models.contains(&model) {
                models.push(model);
            }
        }
        models
    }

    /// What a path, percent-encoded, stands for.
    pub fn resolve(&self, path: &str) -> Option<Match> {
        let path = percent_decode_str(path).decode_utf8_lossy();
        let plain = self.patterns.iter().map(|pattern| Some(&pattern.plain));
        let suffixed = self
            .patterns
            .iter()
            .map(|pattern| pattern.suffixed.as_ref());
        // Django tries each pattern's suffixed twin right behind it; no path matches both, so the order is the same.
        let candidates = plain.enumerate().chain(suffixed.enumerate());
        for (index, regex) in candidates {
            let Some(regex) = regex.filter(|_| path.starts_with(&self.patterns[index].literal))
            else {
                continue;
            };
            if let Some(captures) = regex.captures(&path) {
                return Some(self.matched(index, regex, &captures));
            }
        }
        None
    }

    fn matched(&self, index: usize, regex: &Regex, captures: &regex::Captures<'_>) -> Match {
        let lookup_field = self.routes[index].view.lookup_field();
        let value_of = |name| captures.name(name).map(|value| value.as_str().to_owned());
        let mut matched = Match {
            route: index,
            lookup: value_of(lookup_field),
            ..Match::default()
        };
        for name in regex.capture_names().flatten() {
            match (name, value_of(name)) {
                (_, None) => {}
                ("format", format) => matched.format = format,
                (name, Some(value)) => matched.kwargs.push((name.to_owned(), value)),
            }
        }
        matched
    }

    /// The route of a match.
    pub fn route(&self, matched: &Match) -> &Route {
        &self.routes[matched.route]
    }

    /// The name of a match's route.
    pub fn name_of(&self, matched: &Match) -> &str {
        &self.route(matched).name
    }

    /// The path of the route `name` with this lookup value and format suffix; `None` if there is no such route.
    pub fn reverse(
        &self,
        name: &str,
        lookup: Option<&str>,
        format: Option<&str>,
    ) -> Option<String> {
        self.reverse_with(name, lookup, &[], format)
    }

    /// As [`Urls::reverse`], with values for the groups of these names; `lookup` is for the first group that is none of
    /// them.
    pub fn reverse_with(
        &self,
        name: &str,
        lookup: Option<&str>,
        kwargs: &[(&str, &str)],
        format: Option<&str>,
    ) -> Option<String> {
        let index = self.routes.iter().position(|route| route.name == name)?;
        let (route, pattern) = (&self.routes[index], &self.patterns[index]);
        let lookup = Cell::new(lookup);
        let mut path = pattern.template.fill(|name| {
            let known = kwargs.iter().find(|(known, _)| *known == name);
            known.map_or_else(|| lookup.take(), |(_, value)| Some(value))
        })?;
        if let Some(format) = format.filter(|_| route.suffix) {
            let slash = path.ends_with('/') && !route.is_root();
            path.truncate(path.len() - usize::from(slash));
            path = format!("{path}.{format}");
        }
        Some(path)
    }
}

impl Route {
    fn is_root(&self) -> bool {
        self.name.rsplit(':').next() == Some("api-root")
    }

    /// The namespaces that it was included under, the outermost first.
    pub fn namespaces(&self) -> impl Iterator<Item = &str> {
        let names = self.name.rsplit_once(':').map(|(namespaces, _)| namespaces);
        names
            .into_iter()
            .flat_map(|namespaces| namespaces.split(':'))
    }
}

impl Pattern {
    fn new(route: &Route) -> Self {
        let compile = |pattern: String| match Regex::new(&pattern) {
            Ok(regex) => regex,
            Err(error) => panic!(
                "the route `{}` has a pattern that is no regular expression: {error}",
                route.name
            ),
        };
        let stem = match route.is_root() {
            true => route.pattern.as_str(),
            false => route.pattern.strip_suffix('/').unwrap_or(&route.pattern),
        };
        Self {
            literal: literal_start(&route.pattern).to_owned(),
            template: Template::new(&route.pattern),
            plain: compile(format!("^{}$", route.pattern)),
            suffixed: route
                .suffix
                .then(|| compile(format!(r"^{stem}\.(?P<format>[a-z0-9]+)/?$"))),
        }
    }
}

/// What every path starts with that matches the pattern, without a slash at its end.
fn literal_start(pattern: &str) -> &str {
    let special = ['(', '[', '\\', '.', '*', '+', '?', '{'];
    let start = match pattern.find(special) {
        _ if pattern.contains('|') => "",
        // It says how often the character before it stands.
        Some(end) if pattern[end..].starts_with(['*', '?', '{']) => {
            let before = &pattern[..end];
            before
                .char_indices()
                .last()
                .map_or("", |(index, _)| &before[..index])
        }
        Some(end) => &pattern[..end],
        None => pattern,
    };
    start.trim_end_matches('/')
}

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
