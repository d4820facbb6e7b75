//! A request as a line for a shell.

use std::fmt::Write as _;

use super::secrets::without_secrets;
use crate::client::Request;

/// The request as `curl` sends it, header for header, but without the secrets in it.
pub(crate) fn curl(request: &Request, origin: &str) -> String {
    let request = &without_secrets(request);
    let mut line = match request.method.as_str() {
        "HEAD" => "curl -sI".to_owned(),
        method => format!("curl -siX {}", quoted(method.as_bytes())),
    };
    let url = format!("{origin}{}", request.target);
    let _ = write!(line, " --globoff --path-as-is {}", quoted(url.as_bytes()));
    let has = |wanted: &str| {
        let mut names = request.headers.iter().map(|(name, _)| name);
        names.any(|name| name.eq_ignore_ascii_case(wanted))
    };
    // curl adds these by itself unless told not to.
    for added in ["Accept", "User-Agent", "Content-Type"] {
        let is_added = added != "Content-Type" || !request.body.is_empty();
        if is_added && !has(added) {
            let _ = write!(line, " -H '{added}:'");
        }
    }
    for (name, value) in &request.headers {
        // A semicolon is how curl is told to send an empty header.
        let header = match value.as_str() {
            "" => format!("{name};"),
            value => format!("{name}: {value}"),
        };
        let _ = write!(line, " -H {}", quoted(header.as_bytes()));
    }
    if !request.body.is_empty() {
        let _ = write!(line, " --data-binary {}", quoted(&request.body));
    } else if matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") {
        line.push_str(" -H 'Content-Length: 0'");
    }
    line
}

/// In plain quotes if they do, else in bash's `$'…'`.
fn quoted(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.contains(|letter: char| letter.is_control() || letter == '\'')
    {
        return format!("'{text}'");
    }
    let escaped: String = bytes
        .iter()
        .map(|byte| match byte {
            b'\'' | b'\\' => format!("\\{}", char::from(*byte)),
            b'\r' => "\\r".to_owned(),
            b'\n' => "\\n".to_owned(),
            b' '..=b'~' => char::from(*byte).to_string(),
            byte => format!("\\x{byte:02x}"),
        })
        .collect();
    format!("$'{escaped}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_can_be_pasted_into_a_shell() {
        let request = |method: &str, headers: &[(&str, &str)], body: &[u8]| {
            let request = Request {
                method: method.to_owned(),
                target: "/api/?a=[1]".to_owned(),
                headers: headers
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect(),
                body: body.to_vec(),
            };
            curl(&request, "http://h").replace(" --globoff --path-as-is 'http://h/api/?a=[1]'", "")
        };
        for (line, expected) in [
            (
                request("GET", &[], b""),
                "curl -siX 'GET' -H 'Accept:' -H 'User-Agent:'",
            ),
            (
                request("GET", &[("Accept", ""), ("User-Agent", "x")], b""),
                "curl -siX 'GET' -H 'Accept;' -H 'User-Agent: x'",
            ),
            (
                request(
                    "POST",
                    &[("accept", "*/*"), ("User-Agent", "x")],
                    b"it's\0\xff",
                ),
                "curl -siX 'POST' -H 'Content-Type:' -H 'accept: */*' -H 'User-Agent: x' \
                 --data-binary $'it\\'s\\x00\\xff'",
            ),
        ] {
            assert_eq!(line, expected);
        }
    }
}
