//! What a report must not tell: it is kept and sent around, and what opens a service must not be.

use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

use crate::{client::Request, compare::Difference};

const HIDDEN: &str = "***";

/// Fields of bodies, in JSON and in forms, whose values are passwords, tokens, or what is made of one.
const FIELDS: &str = "(?:[a-z_]*password[0-9]?|token|csrfmiddlewaretoken)";

/// What stands before such a value, and the value.
static VALUES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let patterns = [
        format!(r#"(?i)("{FIELDS}"\s*:\s*")(?:[^"\\]|\\.)+"#),
        format!(r"(?i)((?:^|&){FIELDS}=)[^&\s]+"),
        format!(r#"(?i)(name="{FIELDS}"\r?\n\r?\n)[^\r\n]+"#),
        format!(r#"(?i)(name="{FIELDS}" value=")[^"]+"#),
    ];
    let patterns = patterns.iter().map(|pattern| Regex::new(pattern));
    patterns
        .map(|regex| regex.expect("they are tested"))
        .collect()
});

/// The request without the secrets in it.
pub(super) fn without_secrets(request: &Request) -> Request {
    let headers = request.headers.iter();
    let headers = headers.map(|(name, value)| (name.clone(), without_secret(name, value)));
    Request {
        headers: headers.collect(),
        body: body_without_secrets(&request.body),
        ..request.clone()
    }
}

/// A body without the passwords and tokens in it.
pub(super) fn body_without_secrets(body: &[u8]) -> Vec<u8> {
    let mut body = body.to_vec();
    for regex in VALUES.iter() {
        let hide = |found: &Captures<'_>| [&found[1], HIDDEN.as_bytes()].concat();
        body = regex.replace_all(&body, hide).into_owned();
    }
    body
}

/// A header's value without what it lets one do.
pub(super) fn without_secret(header: &str, value: &str) -> String {
    let hide_pair = |pair: &str| match pair.split_once('=') {
        Some((name, value)) if !value.is_empty() => format!("{name}={HIDDEN}"),
        _ => pair.to_owned(),
    };
    match header.to_ascii_lowercase().as_str() {
        "authorization" => match value.split_once(' ') {
            Some((scheme, _)) => format!("{scheme} {HIDDEN}"),
            None => value.to_owned(),
        },
        "cookie" => value
            .split(';')
            .map(hide_pair)
            .collect::<Vec<_>>()
            .join(";"),
        "set-cookie" => {
            let (pair, attributes) = value.split_at(value.find(';').unwrap_or(value.len()));
            format!("{}{attributes}", hide_pair(pair))
        }
        "x-csrftoken" if !value.is_empty() => HIDDEN.to_owned(),
        _ => value.to_owned(),
    }
}

/// What stands on both sides of a difference, unless that is a secret.
pub(super) fn sides(difference: &Difference) -> [&str; 2] {
    let is_secret = difference.at.ends_with(".token") || difference.at.ends_with("password");
    match is_secret {
        true => [HIDDEN; 2],
        false => [&difference.left, &difference.right],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_keep_their_form() {
        for (name, value, expected) in [
            ("Authorization", "Token abc", "Token ***"),
            ("authorization", "Basic a b", "Basic ***"),
            ("Authorization", "Basic", "Basic"),
            ("Cookie", "a=1; sessionid=abc; b", "a=***; sessionid=***; b"),
            (
                "set-cookie",
                "sessionid=abc; Path=/",
                "sessionid=***; Path=/",
            ),
            ("set-cookie", "sessionid=", "sessionid="),
            ("X-CSRFToken", "abc", "***"),
            ("Accept", "a=b", "a=b"),
        ] {
            assert_eq!(without_secret(name, value), expected);
        }
    }

    #[test]
    fn bodies_keep_what_is_no_secret() {
        for (body, expected) in [
            (
                r#"{"username": "ann", "password": "a\"b", "n": 1}"#,
                r#"{"username": "ann", "password": "***", "n": 1}"#,
            ),
            (r#"{"token":"abc"}"#, r#"{"token":"***"}"#),
            (r#"{"password":["blank"]}"#, r#"{"password":["blank"]}"#),
            (r#"{"password":""}"#, r#"{"password":""}"#),
            (
                "username=ann&password=a%20b&x=1",
                "username=ann&password=***&x=1",
            ),
            ("new_password1=abc", "new_password1=***"),
            (
                "name=\"password\"\r\n\r\nabc\r\n--x",
                "name=\"password\"\r\n\r\n***\r\n--x",
            ),
            (
                r#"<input name="csrfmiddlewaretoken" value="abc">"#,
                r#"<input name="csrfmiddlewaretoken" value="***">"#,
            ),
            ("\u{e9}=1", "\u{e9}=1"),
        ] {
            let hidden = body_without_secrets(body.as_bytes());
            assert_eq!(String::from_utf8(hidden).unwrap(), expected);
        }
    }
}
