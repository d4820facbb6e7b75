//! One request as a view sees it: synchronous, owned, its body parsed when it is first asked for.

use std::{
    cell::{OnceCell, RefCell},
    net::IpAddr,
    sync::Arc,
};

use actix_web::{
    http::{
        Method, StatusCode,
        header::{self, HeaderMap},
    },
    web::Bytes,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::{
    authentication::{Authentication, Identity},
    db::Hooks,
    exceptions::{ApiException, Result},
    input::{Form, UploadedFile},
    negotiation::Accepted,
    parsers::{self, Reads},
    queue::Offloaded,
    routers::{Match, Urls, route_of},
    serializers::Checks,
    sessions::Session,
    settings::Settings,
    throttling::RateLimit,
    versioning::{InLinks, Versioning},
    viewsets::Policies,
};

/// One HTTP request.
pub struct Request {
    /// The verb.
    pub method: Method,
    /// The path, percent-encoded as it was sent.
    pub path: String,
    /// The query string's parameters.
    pub query: QueryParams,
    /// Every header.
    pub headers: HeaderMap,
    /// The other end of the connection: the client, or the last proxy; [`Request::ident`] tells them apart.
    pub remote_addr: Option<IpAddr>,
    /// Names this request in logs and in `X-Request-Id`.
    pub id: String,
    /// What the URL stands for.
    pub route: Match,
    /// The framework's settings.
    pub settings: Arc<Settings>,
    pub(crate) urls: Arc<Urls>,
    pub(crate) origin: String,
    pub(crate) body: Body,
    pub(crate) accepted: Accepted,
    /// The version that the client asks for, if the API has any.
    pub version: Option<String>,
    pub(crate) versioning: Option<&'static dyn Versioning>,
    /// Those of the route and the service together; nothing is known before dispatch has looked.
    pub(crate) policies: Policies,
    /// Who asks, if an authenticator knows.
    pub(crate) identity: Option<Identity>,
    /// Its policies have let it pass.
    pub(crate) is_admitted: bool,
    pub(crate) offloaded: Offloaded,
    pub(crate) checks: Checks,
    pub(crate) data: OnceCell<Data>,
    pub(crate) hooks: RefCell<Hooks>,
    /// The limits that clients are told of.
    pub(crate) rate_limits: RefCell<Vec<RateLimit>>,
    /// The files that validation let through, with the names that they will have.
    pub(crate) uploads: RefCell<Vec<(String, UploadedFile)>>,
    pub(crate) session: Session,
    /// The secret that the client is to be told, see [`crate::csrf`].
    pub(crate) csrf_secret: RefCell<Option<String>>,
}

/// A body before it is parsed.
pub(crate) enum Body {
    /// All of it.
    Bytes(Bytes),
    /// What was wrong with it, to be told when it is asked for.
    Refused(ApiException),
    /// It was parsed while it arrived.
    Parsed(Data),
}

impl From<Result<Option<Form>>> for Body {
    fn from(read: Result<Option<Form>>) -> Self {
        match read {
            Ok(Some(form)) => Self::Parsed(form.into()),
            Ok(None) => Self::Bytes(Bytes::new()),
            Err(exception) => Self::Refused(exception),
        }
    }
}

/// A parsed body.
pub(crate) enum Data {
    Json(Value),
    Form {
        form: Form,
        /// The last text of each name.
        texts: Value,
    },
}

impl From<Form> for Data {
    fn from(form: Form) -> Self {
        let texts = form.texts();
        Self::Form { form, texts }
    }
}

impl Request {
    /// Who may recognise the client, in order.
    pub(crate) fn authenticators(&self) -> &'static [&'static dyn Authentication] {
        self.policies.authentication.unwrap_or_default()
    }

    /// The scheme and host that links start with, e.g. `http://localhost:8000`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The absolute URL of this request, without its query.
    pub fn absolute_url(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// The host that the client asked for, with its port if that was named.
    pub fn host(&self) -> &str {
        self.origin.split_once("://").map_or("", |(_, host)| host)
    }

    /// The value of a named group of the URL: the lookup value too.
    pub fn kwarg(&self, name: &str) -> Option<&str> {
        let kwarg = self.route.kwargs.iter().find(|(known, _)| known == name);
        kwarg.map(|(_, value)| value.as_str())
    }

    /// The name of the action that answers: `list`, `retrieve`, …; `None` for a verb that the route has none for.
    pub fn action(&self) -> Option<&'static str> {
        let action = route_of(self).action(&self.method)?;
        Some(action.name)
    }

    /// The absolute URL of the route `name`, with the value of its lookup; `None` if there is no such route.
    pub fn reverse(&self, name: &str, lookup: Option<&str>) -> Option<String> {
        self.reverse_with(name, lookup, &[])
    }

    /// The absolute URL of a route with more groups than its lookup: `kwargs` are their names and values.
    ///
    /// It keeps what the client chose: the version, and `?format=`.
    pub fn reverse_with(
        &self,
        name: &str,
        lookup: Option<&str>,
        kwargs: &[(&str, &str)],
    ) -> Option<String> {
        self.link(name, lookup, kwargs, None)
    }

    /// As [`Request::reverse_with`], with a format suffix.
    fn link(
        &self,
        name: &str,
        lookup: Option<&str>,
        kwargs: &[(&str, &str)],
        format: Option<&str>,
    ) -> Option<String> {
        let (kept, version) = (
            self.versioning.map(|scheme| scheme.in_links()),
            self.version.as_deref(),
        );
        let path = match (kept, version) {
            (Some(InLinks::Kwarg(param)), Some(version)) => {
                let kwargs: Vec<_> = kwargs.iter().copied().chain([(param, version)]).collect();
                self.urls.reverse_with(name, lookup, &kwargs, format)
            }
            (Some(InLinks::Namespace), Some(version)) => {
                let versioned = format!("{version}:{name}");
                let path = self.urls.reverse_with(&versioned, lookup, kwargs, format);
                path.or_else(|| self.urls.reverse_with(name, lookup, kwargs, format))
            }
            _ => self.urls.reverse_with(name, lookup, kwargs, format),
        };
        let mut url = path?;
        url.insert_str(0, &self.origin);
        let version = match kept {
            Some(InLinks::Query(param)) => version.map(|version| (param, version)),
            _ => None,
        };
        let format = self.query.get("format").map(|format| ("format", format));
        if version.is_none() && format.is_none() {
            return Some(url);
        }
        let set: Vec<_> = version.into_iter().chain(format).collect();
        Some(QueryParams::default().link(&url, &set, &[]))
    }

    /// As [`Request::reverse_with`], for an action of the same viewset by the end of its route's name, e.g. `list`.
    pub fn reverse_action(
        &self,
        url_name: &str,
        lookup: Option<&str>,
        kwargs: &[(&str, &str)],
    ) -> Option<String> {
        let name = format!("{}-{url_name}", route_of(self).basename);
        self.reverse_with(&name, lookup, kwargs)
    }

    /// The absolute URL of a route with the same groups as this request's; `None` if it has more.
    pub(crate) fn reverse_beside(&self, name: &str) -> Option<String> {
        let kwargs = self.route.kwargs.iter();
        let kwargs: Vec<_> = kwargs
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.link(name, None, &kwargs, self.route.format.as_deref())
    }

    /// As [`Request::reverse`], and with the format suffix of this request's URL.
    pub(crate) fn hyperlink(&self, name: &str, lookup: &str) -> Option<String> {
        self.link(name, Some(lookup), &[], self.route.format.as_deref())
    }

    /// The form that the answer will have.
    pub fn accepted(&self) -> Accepted {
        self.accepted
    }

    /// The value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The last cookie of this name, if it is text; what other sites of the domain have set need not be.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let headers = self.headers.get_all(header::COOKIE);
        let pairs = headers.flat_map(|header| header.as_bytes().split(|byte| *byte == b';'));
        let pairs = pairs.filter_map(|pair| str::from_utf8(pair).ok()?.split_once('='));
        let (_, value) = pairs.filter(|(known, _)| known.trim() == name).last()?;
        Some(value.trim().trim_matches('"'))
    }

    /// The parsed body: an empty object if there is none (contract §3.3). Of a form it is an object of the last text
    /// of each name; [`Request::form`] has the rest.
    ///
    /// # Errors
    /// 415 for a content type that nothing parses, 400 `parse_error` for a body that is not what its type says, 408 and
    /// 413 for one that took too long or is too large.
    pub fn data(&self) -> Result<&Value> {
        match self.parsed()? {
            Data::Json(value) => Ok(value),
            Data::Form { texts, .. } => Ok(texts),
        }
    }

    /// The form that the body is, if it is one.
    ///
    /// # Errors
    /// As [`Request::data`].
    pub fn form(&self) -> Result<Option<&Form>> {
        match self.parsed()? {
            Data::Json(_) => Ok(None),
            Data::Form { form, .. } => Ok(Some(form)),
        }
    }

    fn parsed(&self) -> Result<&Data> {
        match (&self.body, self.data.get()) {
            (Body::Refused(exception), _) => Err(exception.again()),
            (Body::Parsed(data), _) | (_, Some(data)) => Ok(data),
            (Body::Bytes(body), None) => {
                let data = self.parse(body)?;
                Ok(self.data.get_or_init(|| data))
            }
        }
    }

    fn parse(&self, body: &[u8]) -> Result<Data> {
        let content_type = self.header("content-type").unwrap_or_default();
        if body.is_empty() {
            return Ok(match parsers::is_form(content_type) {
                true => Form::default().into(),
                false => Data::Json(Value::Object(serde_json::Map::new())),
            });
        }
        let media = parsers::media_type(content_type);
        let charset = media.as_ref().and_then(|media| media.param("charset"));
        let parser = parsers::select(route_of(self).view.parsers(), content_type);
        match parser.map(|parser| parser.reads) {
            Some(Reads::Value(parse)) => parse(body, charset).map(Data::Json),
            Some(Reads::Form) => parsers::parse_form(body, charset).map(Data::from),
            _ => Err(ApiException::unsupported_media_type(content_type)),
        }
    }
}

/// What a query string may hold at most, as Django's `DATA_UPLOAD_MAX_NUMBER_FIELDS` has it (contract §3.11).
pub const MAX_FIELDS: usize = 1000;

/// What Python's `quote_plus` escapes; a space becomes `+` before.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The parameters in the order of the request; a name may stand more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryParams(Vec<(String, String)>);

impl QueryParams {
    /// Reads what stands behind the `?` of a URL; bytes that are no UTF-8 become U+FFFD.
    ///
    /// # Errors
    /// 400 `parse_error` for more than [`MAX_FIELDS`] parameters, empty ones included.
    pub fn parse(query: &str) -> Result<Self> {
        if query.bytes().filter(|byte| *byte == b'&').count() >= MAX_FIELDS {
            let message = format!("The query string holds more than {MAX_FIELDS} parameters.");
            return Err(ApiException::new(
                StatusCode::BAD_REQUEST,
                message,
                "parse_error",
            ));
        }
        Ok(Self(
            form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        ))
    }

    /// The last value of a parameter; an empty one counts.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.get_all(name).next_back()
    }

    /// Every value of a parameter, in the order of the request.
    pub fn get_all(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        self.iter()
            .filter(move |(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// Whether a parameter was sent, with or without a value.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Every parameter with its value, in the order of the request.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// `base_url` with these parameters, of which some are set and some removed (contract §9.1).
    ///
    /// Names are sorted; the values of a repeated name keep their order.
    pub fn link(&self, base_url: &str, set: &[(&str, &str)], remove: &[&str]) -> String {
        let is_kept = |name: &str| {
            !remove.contains(&name) && set.iter().all(|(replaced, _)| *replaced != name)
        };
        let kept = self.iter().filter(|(name, _)| is_kept(name));
        let mut pairs: Vec<_> = kept.chain(set.iter().copied()).collect();
        pairs.sort_by_key(|(name, _)| *name);
        let mut url = base_url.to_owned();
        let mut separator = '?';
        for (name, value) in pairs {
            url.push(separator);
            push_quoted(&mut url, name);
            url.push('=');
            push_quoted(&mut url, value);
            separator = '&';
        }
        url
    }
}

/// Appends what Python's `quote_plus` makes of a text.
pub(crate) fn push_quoted(url: &mut String, text: &str) {
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            url.push('+');
        }
        url.extend(utf8_percent_encode(word, ESCAPED));
    }
}
