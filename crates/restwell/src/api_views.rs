//! Views that have no model: DRF's `APIView`, as functions by verb, and its `@api_view`.

use actix_web::http::Method;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::{
    db::Conn,
    exceptions::{ApiException, Result},
    parsers::Parser,
    renderers::Renderer,
    request::Request,
    response::Response,
    serializers::{BaseSerializer, FieldInfo},
    settings::ExceptionHandler,
    viewsets::{Action, Policies, ViewSet},
};

/// What answers a verb.
type Handler = Box<dyn Fn(&Request, &mut Conn) -> Result<Response> + Send + Sync>;

/// A view of its own: a function for each verb, with the policies that hold for all of them.
///
/// ```
/// use restwell::{api_views::ApiView, prelude::*};
///
/// fn hello(request: &Request, _: &mut Conn) -> Result<Response> {
///     Response::ok(request, &serde_json::json!({ "hello": request.kwarg("name") }))
/// }
///
/// let urls = Urls::new().path("/hello/<name>/", "hello", ApiView::new("HelloView").get(hello));
/// assert_eq!(urls.reverse("hello", Some("ann"), None).as_deref(), Some("/hello/ann/"));
/// ```
pub struct ApiView {
    name: &'static str,
    description: &'static str,
    policies: Policies,
    parsers: &'static [Parser],
    renderers: Option<&'static [&'static dyn Renderer]>,
    exception_handler: Option<ExceptionHandler>,
    fields: &'static [FieldInfo],
    /// By verb, each with its name.
    handlers: Vec<(Method, &'static str, Handler)>,
    /// It answers the verbs that it names, and no others but `OPTIONS`.
    is_function: bool,
    is_api_root: bool,
    is_atomic: bool,
}

macro_rules! verbs {
    ($($(#[$doc:meta])* $verb:ident: $method:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $verb(
            self,
            handler: impl Fn(&Request, &mut Conn) -> Result<Response> + Send + Sync + 'static,
        ) -> Self {
            self.handle(Method::$method, stringify!($verb), Box::new(handler))
        }
    )*};
}

impl ApiView {
    /// A view that answers nothing yet; its name is shown without `View`, in words.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            description: "",
            policies: Policies::DEFAULT,
            parsers: Parser::DEFAULT,
            renderers: None,
            exception_handler: None,
            fields: &[],
            handlers: Vec::new(),
            is_function: false,
            is_api_root: false,
            is_atomic: true,
        }
    }

    /// What `OPTIONS` says of it.
    #[must_use]
    pub fn description(self, description: &'static str) -> Self {
        Self {
            description,
            ..self
        }
    }

    /// Versioning, authentication, permissions and throttles.
    #[must_use]
    pub fn policies(self, policies: Policies) -> Self {
        Self { policies, ..self }
    }

    /// Its handlers run outside of a transaction: Django's `@non_atomic_requests`. For what must stay although the
    /// request is refused, e.g. the end of a stolen token; [`crate::db::transaction`] is there for the rest.
    #[must_use]
    pub fn non_atomic(self) -> Self {
        Self {
            is_atomic: false,
            ..self
        }
    }

    /// The bodies that it reads, if they are not JSON and forms.
    #[must_use]
    pub fn parsers(self, parsers: &'static [Parser]) -> Self {
        Self { parsers, ..self }
    }

    /// The serializer of its bodies, of which `OPTIONS` tells.
    #[must_use]
    pub fn serializer<S: BaseSerializer>(self) -> Self {
        Self {
            fields: S::FIELDS,
            ..self
        }
    }

    /// The forms that its answers can have, if they are not the service's.
    #[must_use]
    pub fn renderers(self, renderers: &'static [&'static dyn Renderer]) -> Self {
        Self {
            renderers: Some(renderers),
            ..self
        }
    }

    /// What answers its errors, if it is not the service's.
    #[must_use]
    pub fn exception_handler(self, handler: ExceptionHandler) -> Self {
        Self {
            exception_handler: Some(handler),
            ..self
        }
    }

    verbs! {
        /// What answers `GET`, and `HEAD`.
        get: GET;
        /// What answers `POST`.
        post: POST;
        /// What answers `PUT`.
        put: PUT;
        /// What answers `PATCH`.
        patch: PATCH;
        /// What answers `DELETE`.
        delete: DELETE;
    }

    /// What its route answers, by verb.
    pub(crate) fn handlers(&self) -> Vec<(Method, Action)> {
        let action = |name| Action {
            name,
            detail: false,
            methods: &[],
            url_path: "",
            url_name: "",
            view_name: "",
            description: "",
            fields: self.fields,
            policies: Policies::DEFAULT,
        };
        let handlers = self.handlers.iter();
        handlers
            .map(|(method, name, _)| (method.clone(), action(name)))
            .collect()
    }

    fn handle(mut self, method: Method, name: &'static str, handler: Handler) -> Self {
        self.handlers.push((method, name, handler));
        self
    }
}

/// One function as a view: DRF's `@api_view(["GET"])`. It answers these verbs and `OPTIONS` only: `HEAD` is 405 unless
/// it is named (contract §2.2).
pub fn api_view(
    name: &'static str,
    methods: &[&'static str],
    handler: impl Fn(&Request, &mut Conn) -> Result<Response> + Clone + Send + Sync + 'static,
) -> ApiView {
    let view = ApiView {
        is_function: true,
        ..ApiView::new(name)
    };
    methods.iter().fold(view, |view, verb| {
        let method = Method::from_bytes(verb.as_bytes());
        let method = method.unwrap_or_else(|_| panic!("`{verb}` is no verb: name it as in `GET`"));
        view.handle(method, name, Box::new(handler.clone()))
    })
}

impl ViewSet for ApiView {
    fn name(&self) -> &'static str {
        self.name
    }

    fn description(&self) -> &'static str {
        self.description
    }

    fn basename(&self) -> String {
        self.name.to_lowercase()
    }

    fn actions(&self) -> &'static [Action] {
        &[]
    }

    fn answers_head(&self) -> bool {
        !self.is_function
    }

    fn is_atomic(&self) -> bool {
        self.is_atomic
    }

    fn is_api_root(&self) -> bool {
        self.is_api_root
    }

    fn policies(&self) -> Policies {
        self.policies
    }

    fn parsers(&self) -> &'static [Parser] {
        self.parsers
    }

    fn renderers(&self) -> Option<&'static [&'static dyn Renderer]> {
        self.renderers
    }

    fn exception_handler(&self) -> Option<ExceptionHandler> {
        self.exception_handler
    }

    fn call(&self, action: &str, request: &Request, conn: &mut Conn) -> Result<Response> {
        let handler = self.handlers.iter().find(|(_, name, _)| *name == action);
        let (.., handler) = handler.ok_or_else(ApiException::not_found)?;
        handler(request, conn)
    }
}

/// The list of all lists: the root of a [`crate::routers::DefaultRouter`]; each entry is a prefix with the name of its
/// route.
pub(crate) fn api_root(entries: Vec<(String, String)>) -> ApiView {
    let view = ApiView {
        is_api_root: true,
        ..ApiView::new("ApiRoot")
    };
    view.description("The lists that this API has.")
        .get(move |request, _| {
            let lists = Lists {
                entries: &entries,
                request,
            };
            Response::ok(request, &lists)
        })
}

struct Lists<'a> {
    entries: &'a [(String, String)],
    request: &'a Request,
}

impl Serialize for Lists<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (prefix, name) in self.entries {
            // A list below other objects has no one place.
            if let Some(url) = self.request.reverse_beside(name) {
                map.serialize_entry(prefix, &url)?;
            }
        }
        map.end()
    }
}
