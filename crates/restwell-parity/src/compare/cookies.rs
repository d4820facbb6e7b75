//! The cookies that two answers set: names and attributes; values are chance.

use ureq::http::header;

use super::Difference;
use crate::client::Answer;

pub(super) fn difference(left: &Answer, right: &Answer) -> Option<Difference> {
    let (left, right) = (cookies(left), cookies(right));
    let shown = |cookies: &[String]| match cookies {
        [] => "absent".to_owned(),
        cookies => cookies.join(", "),
    };
    (left != right).then(|| Difference::new("header Set-Cookie", shown(&left), shown(&right)))
}

/// Each cookie as it is compared; browsers mind no order.
fn cookies(answer: &Answer) -> Vec<String> {
    let lines = answer.headers.get_all(header::SET_COOKIE).iter();
    let mut cookies: Vec<_> = lines
        .map(|line| form(&String::from_utf8_lossy(line.as_bytes())))
        .collect();
    cookies.sort_unstable();
    cookies
}

/// `sessionid=***; httponly; max-age=1209600`: whether there is a value, and the attributes in their order of letters.
/// `Max-Age` wins over `Expires`, which says the same by the clock of the server.
fn form(line: &str) -> String {
    let mut parts = line.split(';').map(str::trim);
    let (name, value) = parts
        .next()
        .and_then(|pair| pair.split_once('='))
        .unwrap_or_default();
    let value = match value {
        "" | "\"\"" => "",
        _ => "***",
    };
    let mut attributes: Vec<_> = parts.map(str::to_ascii_lowercase).collect();
    if attributes.iter().any(|part| part.starts_with("max-age=")) {
        attributes.retain(|part| !part.starts_with("expires="));
    }
    attributes.sort_unstable();
    attributes.insert(0, format!("{name}={value}"));
    attributes.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(cookies: &[&str]) -> Answer {
        let header = |cookie: &&str| (header::SET_COOKIE, cookie.parse().unwrap());
        Answer {
            headers: cookies.iter().map(header).collect(),
            ..Answer::default()
        }
    }

    #[test]
    fn names_and_attributes_are_compared_but_not_values() {
        for (left, right, is_same) in [
            (
                &["a=1; Path=/; HttpOnly"][..],
                &["a=2; httponly; path=/"][..],
                true,
            ),
            (&["a=1; Path=/"], &["a=1"], false),
            (&["a=1"], &["b=1"], false),
            (&["a=1"], &["a="], false),
            (&["a=\"\""], &["a="], true),
            (&["a=1", "b=2"], &["b=2", "a=1"], true),
            (&["a=1"], &[], false),
            (
                &["a=1; Max-Age=9; expires=Thu"],
                &["a=1; Max-Age=9; expires=Fri"],
                true,
            ),
            (&["a=1; expires=Thu"], &["a=1; expires=Fri"], false),
            (&["a=1; Max-Age=9"], &["a=1; Max-Age=8"], false),
        ] {
            let found = difference(&answer(left), &answer(right));
            assert_eq!(found.is_none(), is_same, "{left:?} {right:?}");
        }
    }
}
