//! From URLs to actions and back (contract §1): routers register viewsets, [`Urls`] is the one route table.

use std::sync::Arc;

use actix_web::http::Method;

use crate::{
    api_views::{self, ApiView},
    checks::check_fields,
    request::Request,
    viewsets::{Action, METHODS, Policies, ViewSet},
};

mod urls;

use urls::expand_converters;
pub use urls::{Match, Urls};

struct Registration {
    /// What its routes start with, or the whole path of a view.
    prefix: String,
    basename: String,
    view: Arc<dyn ViewSet>,
    /// What the one route of an [`ApiView`] answers.
    handlers: Option<Vec<(Method, Action)>>,
}

impl Registration {
    fn of_view(path: &str, name: &str, view: ApiView) -> Self {
        Self {
            prefix: path.to_owned(),
            basename: name.to_owned(),
            handlers: Some(view.handlers()),
            view: Arc::new(view),
        }
    }
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

    /// Routes a viewset below `prefix`, with this start of its route names. The prefix may hold groups, for viewsets below
    /// another: `authors/<int:author>/books`.
    ///
    /// # Panics
    /// If two viewsets have one basename: use another; if a field has a notation or an expression that is none.
    #[must_use]
    pub fn register_as<V: ViewSet + 'static>(self, prefix: &str, basename: &str, view: V) -> Self {
        self.add(Registration {
            prefix: prefix.to_owned(),
            basename: basename.to_owned(),
            view: Arc::new(view),
            handlers: None,
        })
    }

    /// Routes one view at `path`, which has the router's slash at its end; `name` is that of its route.
    ///
    /// # Panics
    /// If two views have one name: use another.
    #[must_use]
    pub fn view(self, path: &str, name: &str, view: ApiView) -> Self {
        self.add(Registration::of_view(path, name, view))
    }

    fn add(mut self, registration: Registration) -> Self {
        let basename = &registration.basename;
        assert!(
            self.registrations
                .iter()
                .all(|known| known.basename != *basename),
            "the basename `{basename}` is registered twice: give one of them another with `register_as`"
        );
        check_fields(&*registration.view);
        self.registrations.push(registration);
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
            .flat_map(|registration| match &registration.handlers {
                Some(handlers) => vec![view_route(registration, handlers, slash)],
                None => routes_of(registration, slash),
            })
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

    /// As [`SimpleRouter::view`].
    #[must_use]
    pub fn view(self, path: &str, name: &str, view: ApiView) -> Self {
        Self(self.0.view(path, name, view))
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
        let lists =
            |route: &&Route| !route.detail && !route.is_view && route.actions[0].1.is_standard();
        let entries = routes
            .iter()
            .filter(lists)
            .map(|route| (route.prefix.clone(), route.name.clone()))
            .collect();
        let root = Registration::of_view("", "api-root", api_views::api_root(entries));
        let handlers = root.handlers.as_deref().unwrap_or_default();
        routes.insert(0, view_route(&root, handlers, ""));
        for route in &mut routes {
            route.suffix = true;
        }
        routes
    }
}

/// One URL pattern with what answers it.
pub struct Route {
    prefix: String,
    /// What the names of the viewset's routes start with.
    pub(crate) basename: String,
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
    /// It is a view of its own, not a part of a viewset.
    pub is_view: bool,
    suffix: bool,
}

impl Route {
    /// The verbs that this route answers, in the order of contract §2.3.
    pub fn allowed_methods(&self) -> Vec<Method> {
        let allowed = |method: &&Method| match **method {
            Method::OPTIONS => self.allows(method),
            ref method => self.action(method).is_some(),
        };
        METHODS.iter().filter(allowed).cloned().collect()
    }

    /// Whether `OPTIONS` is answered.
    pub(crate) fn has_metadata(&self) -> bool {
        self.allows(&Method::OPTIONS) && self.view.has_metadata()
    }

    fn allows(&self, method: &Method) -> bool {
        self.view.http_method_names().contains(&method.as_str())
    }

    /// The policies of this route: its action's own, and the view's for what they leave out.
    pub fn policies(&self) -> Policies {
        let actions = self.actions.iter();
        let own = actions.fold(Policies::DEFAULT, |own, (_, action)| {
            own.or(action.policies)
        });
        own.or(self.view.policies())
    }

    /// The action that answers a verb.
    pub fn action(&self, method: &Method) -> Option<&Action> {
        if !self.allows(method) {
            return None;
        }
        let method = if method == Method::HEAD && self.view.answers_head() {
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

/// The one route of a view.
fn view_route(registration: &Registration, handlers: &[(Method, Action)], slash: &str) -> Route {
    let slash = if registration.prefix.is_empty() {
        ""
    } else {
        slash
    };
    Route {
        prefix: registration.prefix.clone(),
        basename: registration.basename.clone(),
        pattern: expand_converters(&registration.prefix) + slash,
        name: registration.basename.clone(),
        view: Arc::clone(&registration.view),
        actions: handlers.to_vec(),
        detail: false,
        is_view: true,
        suffix: false,
    }
}

/// An action by each of its verbs.
fn by_method(action: &Action) -> impl Iterator<Item = (Method, Action)> {
    let methods = action.methods.iter();
    methods.filter_map(|name| Some((Method::from_bytes(name.as_bytes()).ok()?, *action)))
}

/// Contract §1.1: the list, its actions, the object, its actions.
fn routes_of(registration: &Registration, slash: &str) -> Vec<Route> {
    let Registration {
        prefix,
        basename,
        view,
        ..
    } = registration;
    let prefix = &expand_converters(prefix);
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
                let url_path = expand_converters(action.url_path);
                let pattern = match (url_path.as_str(), base.as_str()) {
                    ("", "") => String::new(),
                    ("", base) => format!("{base}{slash}"),
                    (path, "") => format!("{path}{slash}"),
                    (path, base) => format!("{base}/{path}{slash}"),
                };
                let actions: Vec<_> = by_method(action).collect();
                match routes.iter_mut().find(|route| route.pattern == pattern) {
                    Some(route) => route.actions.extend(actions),
                    None => routes.push(Route {
                        prefix: prefix.clone(),
                        basename: basename.clone(),
                        name: format!("{basename}-{}", action.url_name),
                        view: Arc::clone(view),
                        pattern,
                        actions,
                        detail,
                        is_view: false,
                        suffix: false,
                    }),
                }
            }
        }
    }
    routes
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
