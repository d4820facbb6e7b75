//! Viewsets as the router and dispatch see them: a list of actions, and a way to call them.
//!
//! `#[viewset]` turns `impl ModelViewSet for BookViewSet { … }` into the traits of [`crate::generics`] and
//! [`crate::mixins`], and erases the type into [`ViewSet`], so that routing and dispatch are compiled once.

use std::fmt;

use actix_web::http::Method;

use crate::{
    authentication::Authentication,
    checks::Inserts,
    db::Conn,
    exceptions::{ApiException, Constraint, Result},
    mixins::{
        CreateModelMixin, DestroyModelMixin, ListModelMixin, RetrieveModelMixin, UpdateModelMixin,
    },
    models::Meta,
    parsers::Parser,
    permissions::Permission,
    renderers::Renderer,
    request::Request,
    response::Response,
    serializers::FieldInfo,
    settings::ExceptionHandler,
    throttling::Throttle,
    versioning::Versioning,
};

/// All standard actions: list, create, retrieve, update, partial update, destroy.
pub trait ModelViewSet:
    ListModelMixin + CreateModelMixin + RetrieveModelMixin + UpdateModelMixin + DestroyModelMixin
{
}

/// The standard actions that only read: list and retrieve.
pub trait ReadOnlyModelViewSet: ListModelMixin + RetrieveModelMixin {}

/// The policies of a view, asked by dispatch in this order. What an action leaves out is its viewset's, what that leaves
/// out the service's ([`crate::settings::Settings::policies`]), and what that leaves out is not asked.
#[derive(Clone, Copy, Default)]
pub struct Policies {
    /// How a client names a version, if the API has any.
    pub versioning: Option<&'static dyn Versioning>,
    /// Who a client may be; the first that recognises the credentials wins.
    pub authentication: Option<&'static [&'static dyn Authentication]>,
    /// Who may do what; all must agree.
    pub permissions: Option<&'static [&'static dyn Permission]>,
    /// How often; all are asked.
    pub throttles: Option<&'static [&'static dyn Throttle]>,
}

impl fmt::Debug for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Policies")
    }
}

impl Policies {
    /// All of them those of the service.
    pub const DEFAULT: Self = Self {
        versioning: None,
        authentication: None,
        permissions: None,
        throttles: None,
    };

    /// These, and `others` for what they leave out.
    pub(crate) const fn or(self, others: Self) -> Self {
        Self {
            versioning: either(self.versioning, others.versioning),
            authentication: either(self.authentication, others.authentication),
            permissions: either(self.permissions, others.permissions),
            throttles: either(self.throttles, others.throttles),
        }
    }
}

const fn either<T: Copy>(first: Option<T>, second: Option<T>) -> Option<T> {
    match first {
        Some(_) => first,
        None => second,
    }
}

/// One action of a viewset.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// The method's name: `list`, `retrieve`, …, or that of an `#[action]`.
    pub name: &'static str,
    /// It belongs to one object.
    pub detail: bool,
    /// The verbs that it answers, upper case; `HEAD` follows from `GET`.
    pub methods: &'static [&'static str],
    /// What stands behind the prefix or the lookup in the URL; empty for the standard actions.
    pub url_path: &'static str,
    /// What stands behind the basename in the route's name.
    pub url_name: &'static str,
    /// What `OPTIONS` calls it; empty for its own name in words.
    pub view_name: &'static str,
    /// What the documentation of an extra action says.
    pub description: &'static str,
    /// The fields of the serializer that reads its body.
    pub fields: &'static [FieldInfo],
    /// Its own policies; what they leave out is the viewset's.
    pub policies: Policies,
}

impl Action {
    /// Whether this is one of the six standard actions.
    pub fn is_standard(&self) -> bool {
        self.url_path.is_empty()
    }
}

/// A viewset with its type erased.
pub trait ViewSet: Send + Sync {
    /// The viewset's own name, e.g. `BookViewSet`.
    fn name(&self) -> &'static str;
    /// What its documentation says.
    fn description(&self) -> &'static str;
    /// What its route names start with: the model's name in lower case.
    fn basename(&self) -> String;
    /// Whether it is the list of all lists, which everybody may see whom the service lets read at all.
    fn is_api_root(&self) -> bool {
        false
    }
    /// Its model, whose permissions [`crate::permissions::DjangoModelPermissions`] asks for.
    fn model(&self) -> Option<Meta> {
        None
    }
    /// The name of the lookup value in routes.
    fn lookup_field(&self) -> &'static str {
        "pk"
    }
    /// What the lookup value may look like.
    fn lookup_value_regex(&self) -> &'static str {
        "[^/.]+"
    }
    /// Its actions: the standard ones, then the others by name.
    fn actions(&self) -> &'static [Action];
    /// The verbs that it may answer; `OPTIONS` is one of them.
    fn http_method_names(&self) -> &'static [&'static str] {
        METHOD_NAMES
    }
    /// Whether `HEAD` follows from `GET`.
    fn answers_head(&self) -> bool {
        true
    }
    /// Whether an action of an unsafe verb is one transaction, so that it may run more than once.
    fn is_atomic(&self) -> bool {
        true
    }
    /// Its policies.
    fn policies(&self) -> Policies;
    /// The bodies that it reads.
    fn parsers(&self) -> &'static [Parser] {
        Parser::DEFAULT
    }
    /// The forms that its answers can have; `None` for the service's.
    fn renderers(&self) -> Option<&'static [&'static dyn Renderer]> {
        None
    }
    /// What answers its errors; `None` for the service's.
    fn exception_handler(&self) -> Option<ExceptionHandler> {
        None
    }
    /// Whether `OPTIONS` describes it; if not, that is 405.
    fn has_metadata(&self) -> bool {
        true
    }
    /// Whether the object that the URL names exists for this request, which `OPTIONS` asks before it tells of `PUT`.
    ///
    /// # Errors
    /// Those of a `PUT` before its body is read.
    fn check_object(&self, _request: &Request, _conn: &mut Conn) -> Result<()> {
        Err(ApiException::not_found())
    }
    /// What `create` sets, unless it is the viewset's own.
    fn inserts(&self) -> Option<Inserts> {
        None
    }
    /// The field and code that the violation of a constraint stands for.
    fn constraint(&self, _name: &str) -> Option<Constraint> {
        None
    }
    /// Answers with the action of this name.
    ///
    /// # Errors
    /// Whatever the action refuses.
    fn call(&self, action: &str, request: &Request, conn: &mut Conn) -> Result<Response>;
}

/// Every verb that a view may answer: DRF's `http_method_names`.
pub const METHOD_NAMES: &[&str] = &[
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE",
];

/// The verbs in the order in which `Allow` lists them (contract §2.3).
pub(crate) const METHODS: [Method; 8] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::HEAD,
    Method::OPTIONS,
    Method::TRACE,
];
