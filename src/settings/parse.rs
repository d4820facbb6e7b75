//! What the texts of variables stand for, each with what is wrong with it.

use std::{fmt, ops::RangeInclusive, str::FromStr};

use actix_web::http::header::HeaderName;
use percent_encoding::percent_decode_str;

use super::LogFormat;

pub(super) fn to_number<N: FromStr + PartialOrd + fmt::Display>(
    text: &str,
    range: RangeInclusive<N>,
) -> Result<N, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| {
        format!(
            "`{text}` is not a whole number from {} to {}",
            range.start(),
            range.end()
        )
    })
}

pub(super) fn to_bool(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(format!("`{text}` is neither true nor false")),
    }
}

pub(super) fn to_is_production(text: &str) -> Result<bool, String> {
    match text {
        "production" => Ok(true),
        "development" => Ok(false),
        _ => Err(format!("`{text}` is neither development nor production")),
    }
}

pub(super) fn to_log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("`{text}` is neither text nor json")),
    }
}

pub(super) fn to_log_filter(text: &str) -> Result<String, String> {
    let is_target = |name: &str| {
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-:".contains(&byte))
    };
    for directive in text.split(',').map(str::trim) {
        let (target, level) = directive.split_once('=').unwrap_or((directive, "trace"));
        if !is_target(target) || log::LevelFilter::from_str(level).is_err() {
            let levels = "off, error, warn, info, debug, trace";
            return Err(format!(
                "`{directive}` is neither a level ({levels}) nor module=level"
            ));
        }
    }
    Ok(text.to_owned())
}

pub(super) fn to_bind_addr(text: &str) -> Result<String, String> {
    let is_bare = |host: &str| {
        !host.is_empty() && (!host.contains(':') || host.starts_with('[') && host.ends_with(']'))
    };
    match text.rsplit_once(':') {
        Some((host, port)) if is_bare(host) && port.parse::<u16>().is_ok() => Ok(text.to_owned()),
        _ => Err(format!(
            "`{text}` is not an address and a port, such as 127.0.0.1:8000 or [::]:8000"
        )),
    }
}

pub(super) fn to_hosts(text: &str) -> Result<Vec<String>, String> {
    let hosts = text
        .split(',')
        .map(str::trim)
        .filter(|host| !host.is_empty());
    let is_host = |host: &str| {
        let name = host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        let allowed = if name.is_some() { ":." } else { "-._" };
        let name = name.unwrap_or(host);
        host == "*"
            || name
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || allowed.contains(character))
    };
    let checked = hosts.map(|host| match is_host(host) {
        true => Ok(host.to_owned()),
        false => Err(format!(
            "`{host}` is no host: a name or address without scheme and port, .example.org, or *"
        )),
    });
    checked.collect()
}

/// Schemes with hosts, such as `https://*.example.org`.
pub(super) fn to_origins(text: &str) -> Result<Vec<String>, String> {
    let origins = text
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty());
    origins
        .map(|origin| match origin.split_once("://") {
            Some(("http" | "https", host)) if !host.is_empty() && !host.contains('/') => {
                Ok(origin.to_owned())
            }
            _ => Err(format!(
                "`{origin}` is no origin such as https://example.org"
            )),
        })
        .collect()
}

/// The header by which a proxy says `https`.
pub(super) fn to_ssl_header(text: &str) -> Result<Option<(HeaderName, String)>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let name = HeaderName::from_str(text);
    let name = name.map_err(|_| format!("`{text}` is no name of a header"))?;
    Ok(Some((name, "https".to_owned())))
}

/// What libpq would refuse with a message that quotes the URL, password and all.
pub(super) fn url_problem(url: &str) -> Option<&'static str> {
    let Some(rest) = url
        .strip_prefix("postgres://")
        .or_else(|| url.strip_prefix("postgresql://"))
    else {
        return Some("does not start with postgres://");
    };
    let escape = |index: usize| {
        rest.as_bytes()
            .get(index + 1..index + 3)
            .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let hosts = authority
        .split_once('@')
        .map_or(authority, |(_, hosts)| hosts);
    let is_port = |port: &str| port.is_empty() || port.parse::<u16>().is_ok();
    let has_ports = hosts.split(',').all(|host| match host.rsplit_once(':') {
        Some((_, port)) if !port.ends_with(']') => is_port(port),
        _ => true,
    });
    let encode = "is no valid URL; percent-encode special characters in the password, or use letters and digits only";
    let is_plain = rest
        .chars()
        .all(|character| !character.is_whitespace() && !character.is_control());
    let is_escaped = rest.match_indices('%').all(|(index, _)| escape(index));
    (!is_plain || !is_escaped || !has_ports || hosts.contains('@')).then_some(encode)
}

/// Every password in a database URL: before the host, and among the parameters.
pub(super) fn passwords(url: &str) -> Vec<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (address, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let user = address
        .split('/')
        .next()
        .and_then(|authority| authority.split_once('@'));
    let before_host = user
        .and_then(|(user, _)| user.split_once(':'))
        .map(|(_, password)| password);
    let among_parameters = parameters
        .split('&')
        .filter_map(|parameter| parameter.strip_prefix("password="));
    let found = before_host.into_iter().chain(among_parameters);
    found
        .map(|password| {
            percent_decode_str(password)
                .decode_utf8_lossy()
                .into_owned()
        })
        .collect()
}
