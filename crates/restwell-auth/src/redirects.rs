//! Where to go after signing in or out: only to pages of this site, whatever a link has put into `next`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use restwell::{exceptions::Result, fields::trim, request::Request};

/// What names the page to go to, in the query and in the form.
pub(super) const NEXT: &str = "next";
/// What Django takes for a URL at most.
const MAX_LENGTH: usize = 2048;
/// What Django's `iri_to_uri` keeps.
const URI: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b'#')
    .remove(b'%')
    .remove(b'[')
    .remove(b']')
    .remove(b'=')
    .remove(b':')
    .remove(b';')
    .remove(b'$')
    .remove(b'&')
    .remove(b'(')
    .remove(b')')
    .remove(b'+')
    .remove(b',')
    .remove(b'!')
    .remove(b'?')
    .remove(b'*')
    .remove(b'@')
    .remove(b'\'');

/// The page that the form or else the query names, if it is one of this site.
pub(super) fn next_page(request: &Request) -> Result<Option<&str>> {
    let of_form = request.data()?.get(NEXT).and_then(|next| next.as_str());
    let next = of_form.or_else(|| request.query.get(NEXT));
    Ok(next.filter(|url| is_safe_redirect(url, request.origin())))
}

/// What `Location` says of a URL: ASCII without spaces.
pub(super) fn location(url: &str) -> String {
    utf8_percent_encode(url, URI).to_string()
}

/// Whether no browser takes this URL for one of another site than `origin`, or for a script: Django's
/// `url_has_allowed_host_and_scheme`.
///
/// ```
/// use restwell_auth::is_safe_redirect;
///
/// assert!(is_safe_redirect("/api/books/?page=2", "https://library.example.org"));
/// assert!(!is_safe_redirect("//evil.example.com/", "https://library.example.org"));
/// ```
pub fn is_safe_redirect(url: &str, origin: &str) -> bool {
    let url = trim(url);
    // Browsers read a backslash as a slash, but not everywhere.
    is_of(url, origin) && is_of(&url.replace('\\', "/"), origin)
}

fn is_of(url: &str, origin: &str) -> bool {
    // Browsers skip many characters at the start that nobody sees, and take three slashes for two.
    let is_plain = |first: char| first.is_ascii_graphic() || first.is_alphanumeric();
    if !url.starts_with(is_plain) || url.starts_with("///") || url.chars().count() > MAX_LENGTH {
        return false;
    }
    let url = url.replace(['\t', '\r', '\n'], "");
    let (scheme, rest) = split_scheme(&url);
    let (own_scheme, own_host) = origin.split_once("://").unwrap_or(("", origin));
    let host = rest
        .strip_prefix("//")
        .and_then(|rest| rest.split(['/', '?', '#']).next());
    let is_scheme = |scheme: &str| scheme == "https" || scheme == "http" && own_scheme == "http";
    match (scheme, host) {
        (None, None) => true,
        (Some(_), None) => false,
        (scheme, Some(host)) => {
            host == own_host && is_scheme(&scheme.unwrap_or("http").to_ascii_lowercase())
        }
    }
}

/// The scheme of a URL, if it has one, and the rest.
fn split_scheme(url: &str) -> (Option<&str>, &str) {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    match url.split_once(':') {
        Some((scheme, rest))
            if scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.bytes().all(is_part) =>
        {
            (Some(scheme), rest)
        }
        _ => (None, url),
    }
}
