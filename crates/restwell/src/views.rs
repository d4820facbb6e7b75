//! Dispatch: everything that happens to a request between the router and the answer, in one function.

use actix_web::http::{Method, header};
use serde::ser::{SerializeMap, Serializer};

use crate::{
    authentication::perform_authentication,
    checks::Inserts,
    db::{self, Conn},
    exceptions::{ApiException, Constraint, Result},
    metadata,
    negotiation::{self, JSON},
    permissions::check_permissions,
    request::Request,
    response::Response,
    routers::route_of,
    serializers::Checks,
    throttling::check_throttles,
    viewsets::{Action, Policies, ViewSet},
};

/// The answer to a request; the order of the steps decides which error wins (contract §0.1, after routing).
///
/// # Errors
/// Only a lost connection, so that the caller may try another one.
pub(crate) fn dispatch(request: &mut Request, conn: &mut Conn) -> Result<Response> {
    let result = answer(request, conn);
    let request = &*request;
    let mut response = match result {
        Ok(response) => response,
        Err(exception) if exception.is_our_fault() => return Err(exception),
        Err(exception) => Response::from_exception(&exception, &request.settings, request.accepted),
    };
    let allowed = route_of(request).allowed_methods();
    let allowed: Vec<&str> = allowed.iter().map(Method::as_str).collect();
    response = response.with_header(header::ALLOW, &allowed.join(", "));
    Ok(response)
}

fn answer(request: &mut Request, conn: &mut Conn) -> Result<Response> {
    // 1. The renderer: 404 for an unknown format, 406 if nothing is acceptable.
    negotiate(request)?;
    if request.is_safe() {
        let result = handle(request, conn);
        return ended(result, request);
    }
    // An unsafe request is one transaction. What the database refuses is judged once more, all checks asked for.
    request.checks = Checks::Deferred;
    let first = transact(request, conn);
    match first {
        Err(exception) if exception.is_constraint_violation() => {
            request.checks = Checks::Immediate;
            transact(request, conn)
        }
        result => result,
    }
}

fn transact(request: &mut Request, conn: &mut Conn) -> Result<Response> {
    let result = db::transaction(conn, |conn| handle(request, conn));
    ended(result, request)
}

/// Does what waited for the end of the handler and its transaction.
fn ended(result: Result<Response>, request: &mut Request) -> Result<Response> {
    request.hooks.get_mut().run(db::ending(&result));
    result.map_err(|exception| refused(exception, request))
}

/// What the database refused, in the words of the route's serializer.
fn refused(exception: ApiException, request: &Request) -> ApiException {
    exception.refused(|name| route_of(request).view.constraint(name))
}

fn handle(request: &mut Request, conn: &mut Conn) -> Result<Response> {
    let Policies {
        versioning,
        authentication,
        permissions,
        throttles,
    } = route_of(request).view.policies();
    // 2. The version: 404 or 406.
    request.version =
        versioning.map_or(Ok(None), |versioning| versioning.determine_version(request))?;
    // 3. Who asks: 401.
    perform_authentication(authentication, request, conn)?;
    // 4. May they: 401 or 403.
    check_permissions(permissions, request, conn)?;
    // 5. How often: 429.
    check_throttles(throttles, request, conn)?;
    // 6. The verb: 405.
    if request.method == Method::OPTIONS {
        return metadata::options(request, conn);
    }
    let request = &*request;
    let route = route_of(request);
    let Some(action) = route.action(&request.method) else {
        return Err(ApiException::method_not_allowed(request.method.as_str()));
    };
    // 7. The action: filters, lookup, body, validation, in the order of the handler.
    route.view.call(action.name, request, conn)
}

fn negotiate(request: &mut Request) -> Result<()> {
    let format = request
        .route
        .format
        .as_deref()
        .or_else(|| request.query.get("format").filter(|name| !name.is_empty()));
    // Several lines of one header are one list (RFC 9110 §5.3).
    let accept: Vec<&[u8]> = request
        .headers
        .get_all(header::ACCEPT)
        .map(header::HeaderValue::as_bytes)
        .collect();
    let accept = (!accept.is_empty()).then(|| accept.join(&b", "[..]));
    request.accepted = negotiation::negotiate(&[JSON], accept.as_deref(), format)?;
    Ok(())
}

/// The list of all lists: the root of a [`crate::routers::DefaultRouter`].
pub(crate) struct ApiRoot {
    entries: Vec<(String, String)>,
}

impl ApiRoot {
    /// A root that shows these prefixes, each with the name of its list route.
    pub(crate) fn new(entries: Vec<(String, String)>) -> Self {
        Self { entries }
    }
}

impl ViewSet for ApiRoot {
    fn name(&self) -> &'static str {
        "ApiRoot"
    }

    fn description(&self) -> &'static str {
        "The lists that this API has."
    }

    fn basename(&self) -> String {
        "api-root".to_owned()
    }

    fn lookup_field(&self) -> &'static str {
        "pk"
    }

    fn lookup_value_regex(&self) -> &'static str {
        "[^/.]+"
    }

    fn actions(&self) -> &'static [Action] {
        &[]
    }

    fn policies(&self) -> Policies {
        Policies::DEFAULT
    }

    fn check_object(&self, _request: &Request, _conn: &mut Conn) -> Result<()> {
        Err(ApiException::not_found())
    }

    fn inserts(&self) -> Option<Inserts> {
        None
    }

    fn constraint(&self, _name: &str) -> Option<Constraint> {
        None
    }

    fn call(&self, _action: &str, request: &Request, _conn: &mut Conn) -> Result<Response> {
        Response::ok(
            request,
            &Lists {
                entries: &self.entries,
                request,
            },
        )
    }
}

struct Lists<'a> {
    entries: &'a [(String, String)],
    request: &'a Request,
}

impl serde::Serialize for Lists<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.entries.len()))?;
        for (prefix, name) in self.entries {
            map.serialize_entry(prefix, &self.request.reverse(name, None))?;
        }
        map.end()
    }
}
