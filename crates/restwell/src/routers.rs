//! From URLs to actions and back (contract §1): routers register viewsets, [`Urls`] is the one route table.

use std::{collections::HashSet, sync::Arc};

use actix_web::http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use regex::Regex;

use crate::{
    checks::check_fields,
    request::Request,
    views::ApiRoot,
    viewsets::{Action, METHODS, ViewSet},
};

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

struct Registration {
    prefix: String,
    basename: String,
    view: Arc<dyn ViewSet>,
}

/// Routes for viewsets, without an API root and without format suffixes.
#[derive(Default)]
pub struct SimpleRouter {
    registrations: Vec<Registration>,
    no_trailing_slash: bool,
}

impl SimpleRouter {
    /// No routes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Routes a viewset below `prefix`; its route names start with the model's name in lower case.
    #[must_use]
    pub fn register<V: ViewSet + 'static>(self, prefix: &str, view: V) -> Self {
        let basename = view.basename();
        self.register_as(prefix, &basename, view)
    }

    /// Routes a viewset below `prefix`, with this start of its route names.
    ///
    /// # Panics
    /// If two viewsets have one basename: use another; if a field has a notation or an expression that is none.
    #[must_use]
    pub fn register_as<V: ViewSet + 'static>(
        mut self,
        prefix: &str,
        basename: &str,
        view: V,
    ) -> Self {
        assert!(
            self.registrations
                .iter()
                .all(|known| known.basename != basename),
            "the basename `{basename}` is registered twice: give one of them another with `register_as`"
        );
        check_fields(&view);
        self.registrations.push(Registration {
            prefix: prefix.to_owned(),
            basename: basename.to_owned(),
            view: Arc::new(view),
        });
        self
    }

    /// Routes without a slash at their end.
    #[must_use]
    pub fn without_trailing_slash(mut self) -> Self {
        self.no_trailing_slash = true;
        self
    }

    fn routes(&self) -> Vec<Route> {
        let slash = if self.no_trailing_slash { "" } else { "/" };
        self.registrations
            .iter()
            .flat_map(|registration| routes_of(registration, slash))
            .collect()
    }
}

/// A [`SimpleRouter`] with an API root and format suffixes.
#[derive(Default)]
pub struct DefaultRouter(SimpleRouter);

impl DefaultRouter {
    /// No routes yet but the root.
    pub fn new() -> Self {
        Self::default()
    }

    /// As [`SimpleRouter::register`].
    #[must_use]
    pub fn register<V: ViewSet + 'static>(self, prefix: &str, view: V) -> Self {
        Self(self.0.register(prefix, view))
    }

    /// As [`SimpleRouter::register_as`].
    #[must_use]
    pub fn register_as<V: ViewSet + 'static>(self, prefix: &str, basename: &str, view: V) -> Self {
        Self(self.0.register_as(prefix, basename, view))
    }

    /// As [`SimpleRouter::without_trailing_slash`].
    #[must_use]
    pub fn without_trailing_slash(self) -> Self {
        Self(self.0.without_trailing_slash())
    }
}

/// Anything that has routes.
pub trait Router {
    /// Its routes, in the order in which they are tried; patterns have no start yet.
    fn into_routes(self) -> Vec<Route>;
}

impl Router for SimpleRouter {
    fn into_routes(self) -> Vec<Route> {
        self.routes()
    }
}

impl Router for DefaultRouter {
    fn into_routes(self) -> Vec<Route> {
        let mut routes = self.0.routes();
        let lists = |route: &&Route| !route.detail && route.actions[0].1.is_standard();
        let entries = routes
            .iter()
            .filter(lists)
            .map(|route| (route.prefix.clone(), route.name.clone()))
            .collect();
        let root = Action {
            name: "get",
            detail: false,
            methods: &["GET"],
            url_path: "",
            url_name: "api-root",
            description: "",
            fields: &[],
        };
        routes.insert(
            0,
            Route {
                prefix: String::new(),
                pattern: String::new(),
                name: "api-root".to_owned(),
                view: Arc::new(ApiRoot::new(entries)),
                actions: vec![(Method::GET, root)],
                detail: false,
                suffix: true,
            },
        );
        for route in &mut routes {
            route.suffix = true;
        }
        routes
    }
}

/// One URL pattern with what answers it.
pub struct Route {
    prefix: String,
    /// The pattern as a regular expression, from the start of the path.
    pub pattern: String,
    /// The name that links are made by.
    pub name: String,
    /// The viewset.
    pub view: Arc<dyn ViewSet>,
    /// The actions by verb, without `HEAD` and `OPTIONS`.
    pub actions: Vec<(Method, Action)>,
    /// It belongs to one object.
    pub detail: bool,
    suffix: bool,
}

impl Route {
    /// The verbs that this route answers, in the order of contract §2.3.
    pub fn allowed_methods(&self) -> Vec<Method> {
        let has = |method: &Method| self.actions.iter().any(|(known, _)| known == method);
        let allowed = |method: &&Method| match **method {
            Method::OPTIONS => true,
            Method::HEAD => has(&Method::GET),
            ref method => has(method),
        };
        METHODS.iter().filter(allowed).cloned().collect()
    }

    /// The action that answers a verb.
    pub fn action(&self, method: &Method) -> Option<&Action> {
        let method = if method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        self.actions
            .iter()
            .find(|(known, _)| known == method)
            .map(|(_, action)| action)
    }
}

/// Contract §1.1: the list, its actions, the object, its actions.
fn routes_of(registration: &Registration, slash: &str) -> Vec<Route> {
    let Registration {
        prefix,
        basename,
        view,
    } = registration;
    let lookup = format!("(?P<{}>{})", view.lookup_field(), view.lookup_value_regex());
    let mut routes: Vec<Route> = Vec::new();
    for detail in [false, true] {
        for standard in [true, false] {
            let base = match (detail, prefix.is_empty()) {
                (false, _) => prefix.clone(),
                (true, false) => format!("{prefix}/{lookup}"),
                (true, true) => lookup.clone(),
            };
            let wanted =
                |action: &&Action| action.detail == detail && action.is_standard() == standard;
            for action in view.actions().iter().filter(wanted) {
                let pattern = match (action.url_path, base.as_str()) {
                    ("", "") => String::new(),
                    ("", base) => format!("{base}{slash}"),
                    (path, "") => format!("{path}{slash}"),
                    (path, base) => format!("{base}/{path}{slash}"),
                };
                let methods = action
                    .methods
                    .iter()
                    .filter_map(|name| Method::from_bytes(name.as_bytes()).ok());
                let actions: Vec<_> = methods.map(|method| (method, *action)).collect();
                match routes.iter_mut().find(|route| route.pattern == pattern) {
                    Some(route) => route.actions.extend(actions),
                    None => routes.push(Route {
                        prefix: prefix.clone(),
                        name: format!("{basename}-{}", action.url_name),
                        view: Arc::clone(view),
                        pattern,
                        actions,
                        detail,
                        suffix: false,
                    }),
                }
            }
        }
    }
    routes
}

/// What a path stands for.
#[derive(Clone, Debug, Default)]
pub struct Match {
    pub(crate) route: usize,
    /// The value that names one object.
    pub lookup: Option<String>,
    /// The format suffix, without its dot.
    pub format: Option<String>,
    /// Every named part of the pattern.
    pub kwargs: Vec<(String, String)>,
}

struct Pattern {
    literal: String,
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
        let mut names: HashSet<String> =
            self.routes.iter().map(|route| route.name.clone()).collect();
        for mut route in router.into_routes() {
            assert!(
                names.insert(route.name.clone()),
                "two routes are named `{}`: rename one of them",
                route.name
            );
            route.pattern.insert_str(0, path);
            self.patterns.push(Pattern::new(&route));
            self.routes.push(route);
        }
        self
    }

    /// All routes, in the order in which they are tried.
    pub fn routes(&self) -> &[Route] {
        &self.routes
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
        let mut matched = Match {
            route: index,
            ..Match::default()
        };
        for name in regex.capture_names().flatten() {
            let Some(value) = captures.name(name).map(|value| value.as_str().to_owned()) else {
                continue;
            };
            match name {
                "format" => matched.format = Some(value),
                name if name == lookup_field => matched.lookup = Some(value),
                name => matched.kwargs.push((name.to_owned(), value)),
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
        let route = self.routes.iter().find(|route| route.name == name)?;
        let mut path = route.pattern.clone();
        if let Some(start) = path.find("(?P<") {
            let end = start + group_length(&path[start..]);
            let value = utf8_percent_encode(lookup?, PATH).to_string();
            path.replace_range(start..end, &value);
        }
        if let Some(format) = format.filter(|_| route.suffix) {
            let slash = path.ends_with('/') && !route.pattern_is_root();
            path.truncate(path.len() - usize::from(slash));
            path = format!("{path}.{format}");
        }
        Some(path)
    }
}

impl Route {
    fn pattern_is_root(&self) -> bool {
        self.name == "api-root"
    }
}

impl Pattern {
    fn new(route: &Route) -> Self {
        let literal_end = route
            .pattern
            .find(['(', '[', '\\', '.', '*', '+', '?'])
            .unwrap_or(route.pattern.len());
        let compile = |pattern: String| match Regex::new(&pattern) {
            Ok(regex) => regex,
            Err(error) => panic!(
                "the route `{}` has a pattern that is no regular expression: {error}",
                route.name
            ),
        };
        let stem = match route.pattern_is_root() {
            true => route.pattern.as_str(),
            false => route.pattern.strip_suffix('/').unwrap_or(&route.pattern),
        };
        let literal = route.pattern[..literal_end]
            .trim_end_matches('/')
            .to_owned();
        Self {
            literal,
            plain: compile(format!("^{}$", route.pattern)),
            suffixed: route
                .suffix
                .then(|| compile(format!(r"^{stem}\.(?P<format>[a-z0-9]+)/?$"))),
        }
    }
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

/// Where a path without its slash at the end leads, if the path with it leads somewhere (contract §1.4).
pub(crate) fn slash_redirect(urls: &Urls, path: &str, query: &str) -> Option<String> {
    if path.ends_with('/') {
        return None;
    }
    let slashed = format!("{path}/");
    urls.resolve(&slashed)?;
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{query}")
    };
    Some(format!("{slashed}{query}"))
}

/// The route that a request was sent to.
pub(crate) fn route_of(request: &Request) -> &Route {
    request.urls.route(&request.route)
}
