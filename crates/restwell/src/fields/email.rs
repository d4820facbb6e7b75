//! What Django's `EmailValidator` accepts (contract §5.5).

use std::{net::IpAddr, sync::LazyLock};

use regex::Regex;

use super::string::is_domain;

/// The longest address, in code points.
const MAX_LENGTH: usize = 320;

/// The part before the `@`: words with single points between them, or anything in quotes. Case is ignored, so that
/// the two characters are letters here which Unicode folds to `k` and `s`.
static MAILBOX: LazyLock<Regex> = LazyLock::new(|| {
    let word = r"[-!#$%&'*+/=?^_`{}|~0-9A-Z]+";
    let quoted =
        r#""(?:[\x01-\x08\x0B\x0C\x0E-\x1F!\x23-\x5B\x5D-\x7F]|\\[\x01-\x09\x0B\x0C\x0E-\x7F])*""#;
    let pattern = format!(r"^(?i:{word}(?:\.{word})*|{quoted})$");
    Regex::new(&pattern).expect("the pattern is a constant")
});

/// Whether mail can be sent to this address, as far as its form says.
pub(super) fn is_email(text: &str) -> bool {
    text.chars().count() <= MAX_LENGTH
        && text
            .rsplit_once('@')
            .is_some_and(|(mailbox, host)| MAILBOX.is_match(mailbox) && is_host(host))
}

fn is_host(host: &str) -> bool {
    let literal = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match literal {
        Some(address) => address.parse::<IpAddr>().is_ok(),
        None => host == "localhost" || !host.ends_with('.') && is_domain(host),
    }
}
