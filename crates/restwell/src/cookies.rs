//! Cookies: read from requests, and written as Django writes them.

use std::time::Duration;

use actix_web::http::header;
use chrono::Utc;

use crate::request::Request;

const DAY: u64 = 24 * 60 * 60;

/// How a cookie is sent: Django's `SESSION_COOKIE_…` and `CSRF_COOKIE_…`.
#[derive(Clone, Debug)]
pub struct CookieSettings {
    /// Its name.
    pub name: String,
    /// How long it is good for.
    pub age: Duration,
    /// The domain that browsers send it to, subdomains included; `None`: the host that set it.
    pub domain: Option<String>,
    /// The path that browsers send it to.
    pub path: String,
    /// Browsers send it over TLS only.
    pub secure: bool,
    /// Scripts cannot read it.
    pub http_only: bool,
    /// Whether browsers send it with requests that other sites cause.
    pub same_site: SameSite,
}

/// Whether browsers send a cookie with requests that other sites cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// When people follow a link.
    Lax,
    /// Never.
    Strict,
    /// Always; browsers want it to be secure then.
    None,
}

impl CookieSettings {
    /// Django's `sessionid`: two weeks, hidden from scripts.
    pub fn session() -> Self {
        Self {
            name: "sessionid".to_owned(),
            age: Duration::from_secs(14 * DAY),
            domain: None,
            path: "/".to_owned(),
            secure: false,
            http_only: true,
            same_site: SameSite::Lax,
        }
    }

    /// Django's `csrftoken`: a year, for scripts to read.
    pub fn csrf() -> Self {
        Self {
            name: "csrftoken".to_owned(),
            age: Duration::from_secs(52 * 7 * DAY),
            http_only: false,
            ..Self::session()
        }
    }

    /// What `Set-Cookie` says; a cookie without an age ends with the browser.
    pub(crate) fn header(&self, value: &str, age: Option<i64>) -> String {
        let mut text = format!("{}={value}", self.name);
        if let Some(domain) = &self.domain {
            text += &format!("; Domain={domain}");
        }
        if let Some(seconds) = age {
            // A cookie that is deleted ended long ago.
            let now = if seconds > 0 {
                Utc::now().timestamp()
            } else {
                0
            };
            let end = chrono::DateTime::from_timestamp(now.saturating_add(seconds), 0);
            let end = end.unwrap_or_default().format("%a, %d %b %Y %H:%M:%S GMT");
            text += &format!("; expires={end}");
        }
        if self.http_only {
            text += "; HttpOnly";
        }
        if let Some(seconds) = age {
            text += &format!("; Max-Age={seconds}");
        }
        text += &format!("; Path={}; SameSite={:?}", self.path, self.same_site);
        if self.secure {
            text += "; Secure";
        }
        text
    }

    /// What `Set-Cookie` says so that a browser forgets the cookie; what has no value needs no hiding.
    pub(crate) fn deletion(&self) -> String {
        let visible = Self {
            http_only: false,
            ..self.clone()
        };
        visible.header("\"\"", Some(0))
    }
}

impl Request {
    /// The last cookie of this name, if it is text; what other sites of the domain have set need not be.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let headers = self.headers.get_all(header::COOKIE);
        let pairs = headers.flat_map(|header| header.as_bytes().split(|byte| *byte == b';'));
        let pairs = pairs.filter_map(|pair| str::from_utf8(pair).ok()?.split_once('='));
        let (_, value) = pairs.filter(|(known, _)| known.trim() == name).last()?;
        Some(value.trim().trim_matches('"'))
    }
}
