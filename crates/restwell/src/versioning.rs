//! Which version of an API a client asks for, and how links keep it (contract §14).
//!
//! A view names its scheme in [`crate::viewsets::Policies`]; what was asked for is `request.version`.

use std::sync::LazyLock;

use actix_web::http::header;
use regex::Regex;

use crate::{
    exceptions::{ApiException, Result},
    negotiation::accepted_param,
    request::Request,
    routers::route_of,
};

/// A way to name a version.
pub trait Versioning: Send + Sync {
    /// Called after negotiation: the version that the request asks for.
    ///
    /// # Errors
    /// 404 or 406 for a version that does not exist.
    fn determine_version(&self, request: &Request) -> Result<Option<String>>;

    /// Where links to routes of the API carry the version of the request.
    fn in_links(&self) -> InLinks {
        InLinks::Nowhere
    }
}

/// Where a link carries the version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InLinks {
    /// Not in the link.
    Nowhere,
    /// In the group of this name.
    Kwarg(&'static str),
    /// In the parameter of this name.
    Query(&'static str),
    /// In the namespace of the route.
    Namespace,
}

/// The versions that an API has.
#[derive(Clone, Copy, Debug)]
pub struct Versions {
    /// The versions that exist, besides the default; without any, all do.
    pub allowed: &'static [&'static str],
    /// The version of a request that names none.
    pub default: Option<&'static str>,
    /// The name of the group, or of the parameter.
    pub param: &'static str,
}

impl Versions {
    /// Any version, and none if the request names none.
    pub const ANY: Self = Self {
        allowed: &[],
        default: None,
        param: "version",
    };

    fn allow(&self, version: Option<&str>) -> bool {
        let known = |version| self.default == Some(version) || self.allowed.contains(&version);
        self.allowed.is_empty() || version.is_some_and(known)
    }

    /// The version that was named, or else the default, if it exists.
    fn checked(
        &self,
        named: Option<&str>,
        refused: fn() -> ApiException,
    ) -> Result<Option<String>> {
        let version = named.or(self.default);
        match self.allow(version) {
            true => Ok(version.map(str::to_owned)),
            false => Err(refused()),
        }
    }
}

/// `Accept: application/json; version=1.0`; a version that does not exist is 406.
pub struct AcceptHeaderVersioning(pub Versions);

impl Versioning for AcceptHeaderVersioning {
    fn determine_version(&self, request: &Request) -> Result<Option<String>> {
        let accept = request.accept();
        let named = accept
            .and_then(|accept| accepted_param(&accept, request.accepted.renderer, self.0.param));
        self.0
            .checked(named.as_deref(), ApiException::not_acceptable)
    }
}

/// `/v1/books/`, of a route with a group `version`: `Urls::new().include("/<version>/", router)`.
pub struct UrlPathVersioning(pub Versions);

impl Versioning for UrlPathVersioning {
    fn determine_version(&self, request: &Request) -> Result<Option<String>> {
        self.0
            .checked(request.kwarg(self.0.param), ApiException::not_found)
    }

    fn in_links(&self) -> InLinks {
        InLinks::Kwarg(self.0.param)
    }
}

/// `/v1/books/`, of a route in the namespace `v1`: `Urls::new().include_as("/v1/", "v1", router)`.
pub struct NamespaceVersioning(pub Versions);

impl Versioning for NamespaceVersioning {
    fn determine_version(&self, request: &Request) -> Result<Option<String>> {
        let route = route_of(request);
        if route.namespaces().next().is_none() {
            return Ok(self.0.default.map(str::to_owned));
        }
        let version = route.namespaces().find(|name| self.0.allow(Some(name)));
        let version = version.ok_or_else(ApiException::not_found)?;
        Ok(Some(version.to_owned()))
    }

    fn in_links(&self) -> InLinks {
        InLinks::Namespace
    }
}

/// `http://v1.example.com/books/`.
pub struct HostNameVersioning(pub Versions);

static HOST: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"^([a-zA-Z0-9]+)\.[a-zA-Z0-9]+\.[a-zA-Z0-9]+$";
    Regex::new(pattern).expect("the pattern is a constant")
});

impl Versioning for HostNameVersioning {
    fn determine_version(&self, request: &Request) -> Result<Option<String>> {
        let host = request.host();
        let name = host.split_once(':').map_or(host, |(name, _)| name);
        match HOST.captures(name) {
            Some(parts) => self.0.checked(Some(&parts[1]), ApiException::not_found),
            None => Ok(self.0.default.map(str::to_owned)),
        }
    }
}

/// `/books/?version=1.0`.
pub struct QueryParameterVersioning(pub Versions);

impl Versioning for QueryParameterVersioning {
    fn determine_version(&self, request: &Request) -> Result<Option<String>> {
        self.0
            .checked(request.query.get(self.0.param), ApiException::not_found)
    }

    fn in_links(&self) -> InLinks {
        InLinks::Query(self.0.param)
    }
}

impl Request {
    /// The `Accept` headers, as one list (RFC 9110 §5.3).
    pub(crate) fn accept(&self) -> Option<Vec<u8>> {
        let lines: Vec<&[u8]> = self
            .headers
            .get_all(header::ACCEPT)
            .map(header::HeaderValue::as_bytes)
            .collect();
        (!lines.is_empty()).then(|| lines.join(&b", "[..]))
    }
}
