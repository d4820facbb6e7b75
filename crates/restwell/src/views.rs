//! Dispatch: everything that happens to a request between the router and the answer, in one function.

use actix_web::http::{Method, header};

use crate::{
    authentication::{challenge, perform_authentication},
    csrf,
    db::{self, Conn},
    exceptions::{ApiException, Result},
    metadata,
    negotiation::{self, Accepted},
    permissions::check_permissions,
    queue::is_offloaded,
    renderers::{JSON, Renderer},
    request::Request,
    response::Response,
    routers::route_of,
    serializers::Checks,
    sessions,
    throttling::{add_rate_limits, check_throttles},
};

/// The answer to a request; the order of the steps decides which error wins (contract §0.1, after routing).
///
/// # Errors
/// A lost connection, so that the caller may try another one; work that is to be done without a connection.
pub(crate) fn dispatch(request: &mut Request, conn: &mut Conn) -> Result<Response> {
    request.session.rewind();
    let result = answer(request, conn);
    let request = &*request;
    let result = sessions::close(result, request, conn);
    let response = match result {
        Ok(response) => response,
        Err(exception) => failed(exception, request)?,
    };
    let mut response = add_rate_limits(response, request);
    let allowed = route_of(request).allowed_methods();
    let allowed: Vec<&str> = allowed.iter().map(Method::as_str).collect();
    response = response.with_header(header::ALLOW, &allowed.join(", "));
    if let Some(vary) = varies_with(request) {
        response = response.with_header(header::VARY, vary);
    }
    response = sessions::with_cookie(response, request);
    Ok(csrf::with_cookie(response, request))
}

/// What the answer depends on besides the URL (contract §0.6).
fn varies_with(request: &Request) -> Option<&'static str> {
    let has_cookie = request.session.is_accessed() || csrf::is_used(request);
    match (renderers_of(request).len() > 1, has_cookie) {
        (true, true) => Some("Accept, Cookie"),
        (true, false) => Some("Accept"),
        (false, true) => Some("Cookie"),
        (false, false) => None,
    }
}

/// The answer to an error. What another connection may do better, and what no handler has an answer to, goes on as it is.
fn failed(exception: ApiException, request: &Request) -> Result<Response> {
    let exception = challenge(exception, request);
    let own = route_of(request).view.exception_handler();
    match own.or(request.settings.exception_handler) {
        _ if db::is_lost(&exception) || is_offloaded(&exception) => Err(exception),
        None => {
            if exception.is_our_fault() {
                exception.log(&request.id);
            }
            Ok(Response::from_exception(
                &exception,
                &request.settings,
                request.accepted,
            ))
        }
        Some(handle) => handle(&exception, request).ok_or_else(|| match exception.is_our_fault() {
            true => exception,
            false => ApiException::internal(format!("no answer to {exception}")),
        }),
    }
}

/// The forms that an answer to this request can have.
pub(crate) fn renderers_of(request: &Request) -> &[&'static dyn Renderer] {
    let own = route_of(request).view.renderers();
    own.unwrap_or(&request.settings.renderers)
}

fn answer(request: &mut Request, conn: &mut Conn) -> Result<Response> {
    // 1. The renderer: 404 for an unknown format, 406 if nothing is acceptable.
    negotiate(request)?;
    if !request.is_admitted {
        admit(request, conn)?;
        request.is_admitted = true;
        request.session.admit();
    }
    // 6. The verb: 405.
    if request.method == Method::OPTIONS && route_of(request).has_metadata() {
        return metadata::options(request, conn);
    }
    let Some(name) = request.action() else {
        return Err(ApiException::method_not_allowed(request.method.as_str()));
    };
    if request.is_safe() || !route_of(request).view.is_atomic() {
        let result = call(name, request, conn);
        return ended(result, request);
    }
    // An unsafe action is one transaction. What the database refuses is judged once more, all checks asked for.
    request.checks = Checks::Deferred;
    let first = transact(name, request, conn);
    match first {
        Err(exception) if exception.is_constraint_violation() => {
            request.checks = Checks::Immediate;
            transact(name, request, conn)
        }
        result => result,
    }
}

/// Steps 2 to 5, once a request and outside of its transaction: what was counted stays, whatever becomes of the action.
fn admit(request: &mut Request, conn: &mut Conn) -> Result<()> {
    let policies = route_of(request).policies().or(request.settings.policies);
    request.policies = policies;
    // 2. The version: 404 or 406.
    let versioning = policies.versioning;
    request.versioning = versioning;
    request.version =
        versioning.map_or(Ok(None), |versioning| versioning.determine_version(request))?;
    // 3. Who asks: 401 or 403.
    request.identity = perform_authentication(request, conn)?;
    // 4. May they: 401 or 403.
    check_permissions(request, conn)?;
    // 5. How often: 429.
    check_throttles(policies.throttles.unwrap_or_default(), request, conn)
}

fn transact(name: &str, request: &mut Request, conn: &mut Conn) -> Result<Response> {
    let before = request.session.snapshot();
    let result = db::transaction(conn, |conn| {
        let response = call(name, request, conn)?;
        sessions::save(request, response.status, conn)?;
        Ok(response)
    });
    if result.is_err() {
        request.session.restore(before);
    }
    ended(result, request)
}

/// 7. The action: filters, lookup, body, validation, in the order of the handler.
fn call(name: &str, request: &Request, conn: &mut Conn) -> Result<Response> {
    route_of(request).view.call(name, request, conn)
}

/// Does what waited for the end of the handler and its transaction.
fn ended(result: Result<Response>, request: &mut Request) -> Result<Response> {
    request.hooks.get_mut().run(db::ending(&result));
    result.map_err(|exception| refused(exception, request))
}

/// What the database refused, in the words of the route's serializer.
fn refused(exception: ApiException, request: &Request) -> ApiException {
    let exception = match request.method == Method::DELETE {
        true => exception.still_referenced(),
        false => exception,
    };
    exception.refused(|name| route_of(request).view.constraint(name))
}

fn negotiate(request: &mut Request) -> Result<()> {
    let format = request
        .route
        .format
        .as_deref()
        .or_else(|| request.query.get("format").filter(|name| !name.is_empty()));
    let renderers = renderers_of(request);
    let accepted = negotiation::negotiate(renderers, request.accept().as_deref(), format);
    // What was refused is told in the first form (contract §0.5).
    request.accepted = Accepted::of(renderers.first().copied().unwrap_or(JSON));
    request.accepted = accepted?;
    Ok(())
}
