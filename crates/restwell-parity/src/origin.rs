//! A server's own URL in its answers: both sides get the same word for it before they are compared.

use ureq::http::HeaderValue;

use crate::client::Answer;

/// What stands for a server's own URL, as case files write it.
pub(crate) const PLACEHOLDER: &str = "{{host}}";

/// The answer with the placeholder for the server's own URL, in headers and body, percent-encoded or not.
pub(crate) fn without_origin(answer: &Answer, origin: &str) -> Answer {
    let mut answer = answer.clone();
    answer.body = replace_origin(&answer.body, origin);
    for value in answer.headers.values_mut() {
        let replaced = replace_origin(value.as_bytes(), origin);
        if let Ok(replaced) = HeaderValue::from_bytes(&replaced) {
            *value = replaced;
        }
    }
    answer
}

fn replace_origin(text: &[u8], origin: &str) -> Vec<u8> {
    let mut result = Vec::with_capacity(text.len());
    let spellings = spellings(origin);
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        let found = spellings
            .iter()
            .find(|spelling| is_at_start(rest, spelling));
        if let Some(spelling) = found {
            result.extend_from_slice(PLACEHOLDER.as_bytes());
            rest = &rest[spelling.len()..];
        } else {
            result.push(*first);
            rest = behind;
        }
    }
    result
}

/// As it is, as Python's `quote` leaves it, and wholly percent-encoded.
fn spellings(origin: &str) -> [String; 4] {
    let quoted = origin.replace(':', "%3A");
    let encoded = quoted.replace('/', "%2F");
    let lower_case = encoded.replace("%3A", "%3a").replace("%2F", "%2f");
    [origin.to_owned(), quoted, encoded, lower_case]
}

/// `http://a` is not at the start of `http://ab`, and `http://a:80` not at that of `http://a:8000`.
fn is_at_start(text: &[u8], spelling: &str) -> bool {
    text.strip_prefix(spelling.as_bytes()).is_some_and(|rest| {
        let is_port = rest.starts_with(b":") || rest.to_ascii_lowercase().starts_with(b"%3a");
        let is_longer = |byte: &u8| byte.is_ascii_alphanumeric() || b"-.".contains(byte);
        !is_port && !rest.first().is_some_and(is_longer)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_replaced_in_every_spelling() {
        let origin = "http://localhost:8000";
        for (text, expected) in [
            ("http://localhost:8000/api/", "{{host}}/api/"),
            (
                r#"{"url":"http://localhost:8000"}"#,
                r#"{"url":"{{host}}"}"#,
            ),
            ("next=http%3A%2F%2Flocalhost%3A8000%2F", "next={{host}}%2F"),
            ("next=http%3a%2f%2flocalhost%3a8000%2f", "next={{host}}%2f"),
            ("next=http%3A//localhost%3A8000/", "next={{host}}/"),
            ("http://localhost:80001/", "http://localhost:80001/"),
            ("http://localhost:8001/", "http://localhost:8001/"),
            ("https://localhost:8000/", "https://localhost:8000/"),
        ] {
            let replaced = replace_origin(text.as_bytes(), origin);
            assert_eq!(String::from_utf8(replaced).unwrap(), expected);
        }
    }

    #[test]
    fn an_origin_without_a_port_is_not_one_with_a_port() {
        let text = b"http://localhost/a http://localhost:8000/a http://localhost.org";
        let expected = b"{{host}}/a http://localhost:8000/a http://localhost.org";
        assert_eq!(replace_origin(text, "http://localhost"), expected);
    }
}
