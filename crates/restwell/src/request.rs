//! One request as a view sees it: synchronous, owned, its body parsed when it is first asked for.

use std::{cell::OnceCell, sync::Arc};

use actix_web::{
    http::{Method, header::HeaderMap},
    web::Bytes,
};
use serde_json::Value;

use crate::{
    exceptions::{ApiException, Result},
    negotiation::Accepted,
    parsers,
    query_params::QueryParams,
    routers::{Match, Urls},
    serializers::Checks,
    settings::Settings,
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
    /// Names this request in logs and in `X-Request-Id`.
    pub id: String,
    /// What the URL stands for.
    pub route: Match,
    /// The framework's settings.
    pub settings: Arc<Settings>,
    pub(crate) urls: Arc<Urls>,
    pub(crate) origin: String,
    pub(crate) body: Bytes,
    pub(crate) accepted: Accepted,
    /// The version that the client asks for, if the API has any.
    pub version: Option<String>,
    pub(crate) checks: Checks,
    pub(crate) data: OnceCell<Value>,
}

impl Request {
    /// The scheme and host that links start with, e.g. `http://localhost:8000`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The absolute URL of this request, without its query.
    pub fn absolute_url(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// The absolute URL of the route `name`, with the value of its lookup; `None` if there is no such route.
    pub fn reverse(&self, name: &str, lookup: Option<&str>) -> Option<String> {
        let mut url = self
            .urls
            .reverse(name, lookup, self.route.format.as_deref())?;
        url.insert_str(0, &self.origin);
        if let Some(format) = self.query.get("format") {
            url.push_str("?format=");
            url.extend(form_urlencoded::byte_serialize(format.as_bytes()));
        }
        Some(url)
    }

    /// The value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The parsed body: an empty object if there is none (contract §3.3).
    ///
    /// # Errors
    /// 415 for a content type that nothing parses, 400 `parse_error` for a body that is not what its type says.
    pub fn data(&self) -> Result<&Value> {
        if let Some(data) = self.data.get() {
            return Ok(data);
        }
        let data = self.parse()?;
        Ok(self.data.get_or_init(|| data))
    }

    fn parse(&self) -> Result<Value> {
        if self.body.is_empty() {
            return Ok(Value::Object(serde_json::Map::new()));
        }
        let content_type = self
            .headers
            .get("content-type")
            .map_or("", |value| value.to_str().unwrap_or(""));
        if !parsers::accepts(content_type) {
            return Err(ApiException::unsupported_media_type(content_type));
        }
        let charset = parsers::media_type(content_type)
            .and_then(|parsed| parsed.param("charset").map(str::to_owned));
        parsers::parse_json(&self.body, charset.as_deref())
    }

    /// Whether the verb only reads (contract §12.1).
    pub fn is_safe(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD | Method::OPTIONS)
    }
}
