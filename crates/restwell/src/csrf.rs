//! Requests that a person's browser sends, but not for that person: Django's protection against cross-site request
//! forgery.
//!
//! A cookie holds a secret; an unsafe request must show that its sender can read it, in the header `X-CSRFToken` or in
//! the field `csrfmiddlewaretoken` of a form, and must not come from another site.

use actix_web::http::{Method, StatusCode, header};

use crate::{
    crypto::{ALPHANUMERIC, constant_time_compare, random_string},
    exceptions::{ApiException, Result},
    request::Request,
    response::Response,
    settings::Settings,
};

/// The field of a form that holds the token.
pub const FORM_FIELD: &str = "csrfmiddlewaretoken";
const HEADER: &str = "x-csrftoken";
const SECRET_LENGTH: usize = 32;

/// The token for a form, another each time; the answer will set the cookie that it belongs to.
pub fn get_token(request: &Request) -> String {
    let mut told = request.csrf_secret.borrow_mut();
    let secret = told.get_or_insert_with(|| cookie_secret(request).unwrap_or_else(new_secret));
    mask(secret)
}

/// Replaces the secret, so that tokens of before are worth nothing: called at sign-in.
pub fn rotate_token(request: &Request) {
    request.csrf_secret.replace(Some(new_secret()));
}

/// Lets safe verbs pass, and requests that prove where they come from. Call it for requests that are trusted because of a
/// cookie.
///
/// # Errors
/// 403 `permission_denied`; for a `POST`, whose body is looked at, also what is wrong with that (contract §0.4).
pub fn check_csrf(request: &Request) -> Result<()> {
    if request.is_safe() || request.method == Method::TRACE {
        return Ok(());
    }
    check_source(request)?;
    let secret = cookie_secret(request).ok_or_else(|| refused("The CSRF cookie is missing."))?;
    let token = match form_token(request)? {
        Some(token) => token,
        None => request.header(HEADER).unwrap_or_default(),
    };
    let unmasked = secret_of(token).ok_or_else(|| refused("The CSRF token is missing."))?;
    match constant_time_compare(unmasked.as_bytes(), secret.as_bytes()) {
        true => Ok(()),
        false => Err(refused("The CSRF token is wrong.")),
    }
}

fn refused(reason: &'static str) -> ApiException {
    ApiException::new(StatusCode::FORBIDDEN, reason, "permission_denied")
}

fn form_token(request: &Request) -> Result<Option<&str>> {
    if request.method != Method::POST || request.form()?.is_none() {
        return Ok(None);
    }
    let token = request.data()?[FORM_FIELD].as_str();
    Ok(token.filter(|token| !token.is_empty()))
}

/// Browsers say where a request comes from. Over TLS they must, since an attacker on the way can set cookies.
fn check_source(request: &Request) -> Result<()> {
    if let Some(origin) = request.headers.get(header::ORIGIN) {
        let origin = origin.to_str().unwrap_or_default();
        return match is_trusted_origin(origin, request) {
            true => Ok(()),
            false => Err(refused("The request comes from another site.")),
        };
    }
    if !request.origin().starts_with("https://") {
        return Ok(());
    }
    match request.header("referer") {
        None => Err(refused("The request does not say where it comes from.")),
        Some(referer) if is_trusted_referer(referer, request) => Ok(()),
        Some(_) => Err(refused("The request comes from another site.")),
    }
}

fn is_trusted_origin(origin: &str, request: &Request) -> bool {
    let is_trusted = |trusted: &String| match (scheme_and_host(trusted), scheme_and_host(origin)) {
        (Some((scheme, host)), Some(found)) if trusted.contains('*') => {
            found.0.eq_ignore_ascii_case(scheme) && is_same_domain(found.1, subdomains(host))
        }
        _ => trusted == origin,
    };
    origin == request.origin() || request.settings.csrf_trusted_origins.iter().any(is_trusted)
}

fn is_trusted_referer(referer: &str, request: &Request) -> bool {
    let Some((scheme, host)) = scheme_and_host(referer) else {
        return false;
    };
    let trusted = request.settings.csrf_trusted_origins.iter();
    let mut trusted = trusted.filter_map(|origin| Some(scheme_and_host(origin)?.1));
    scheme.eq_ignore_ascii_case("https")
        && !host.is_empty()
        && (trusted.any(|trusted| is_same_domain(host, subdomains(trusted)))
            || is_same_domain(host, &own_domain(request.host(), &request.settings)))
}

/// The domain of the cookie, with the port of this request, or the host itself.
fn own_domain(host: &str, settings: &Settings) -> String {
    let Some(domain) = &settings.csrf_cookie.domain else {
        return host.to_owned();
    };
    let port = host.rsplit_once(':').map(|(_, port)| port);
    match port.filter(|port| !matches!(*port, "443" | "80") && !port.ends_with(']')) {
        Some(port) => format!("{domain}:{port}"),
        None => domain.clone(),
    }
}

/// `https` and `example.org:8000` of `https://example.org:8000/path`.
fn scheme_and_host(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    Some((scheme, rest.split(['/', '?', '#']).next()?))
}

/// `.example.org` for `*.example.org`.
fn subdomains(host: &str) -> &str {
    host.trim_start_matches('*')
}

fn is_same_domain(host: &str, pattern: &str) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    match pattern.strip_prefix('.') {
        Some(domain) => host == domain || host.ends_with(&pattern),
        None => !pattern.is_empty() && host == pattern,
    }
}

fn new_secret() -> String {
    random_string(SECRET_LENGTH, ALPHANUMERIC)
}

/// The secret in the request's cookie, if it has the form of one.
fn cookie_secret(request: &Request) -> Option<String> {
    secret_of(request.cookie(&request.settings.csrf_cookie.name)?)
}

/// The secret in a token, which may be masked: as long again, and another each time, so that nobody can guess it from
/// how well pages that hold it can be compressed.
fn secret_of(token: &str) -> Option<String> {
    let places: Option<Vec<usize>> = token.bytes().map(place).collect();
    let places = places?;
    match places.len() {
        SECRET_LENGTH => Some(token.to_owned()),
        length if length == 2 * SECRET_LENGTH => {
            let (mask, cipher) = places.split_at(SECRET_LENGTH);
            let pairs = cipher.iter().zip(mask);
            Some(
                pairs
                    .map(|(cipher, mask)| character(cipher + ALPHANUMERIC.len() - mask))
                    .collect(),
            )
        }
        _ => None,
    }
}

fn mask(secret: &str) -> String {
    let mut token = new_secret();
    let pairs = secret.bytes().zip(token.clone().into_bytes());
    token.extend(pairs.filter_map(|(secret, mask)| Some(character(place(secret)? + place(mask)?))));
    token
}

fn place(byte: u8) -> Option<usize> {
    ALPHANUMERIC.iter().position(|known| *known == byte)
}

fn character(place: usize) -> char {
    char::from(ALPHANUMERIC[place % ALPHANUMERIC.len()])
}

/// Whether the answer sets the cookie, and depends on it.
pub(crate) fn is_used(request: &Request) -> bool {
    request.csrf_secret.borrow().is_some()
}

/// Tells the client of the secret, if the answer holds a token or replaces it.
pub(crate) fn with_cookie(response: Response, request: &Request) -> Response {
    let cookie = &request.settings.csrf_cookie;
    match &*request.csrf_secret.borrow() {
        Some(secret) => {
            let age = i64::try_from(cookie.age.as_secs()).ok();
            response.with_header(header::SET_COOKIE, &cookie.header(secret, age))
        }
        None => response,
    }
}
