//! The framework's own settings; a service builds them once and hands them over. Cookies are written as theirs say.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use actix_web::http::header::HeaderName;
use chrono::Utc;

use crate::{
    crypto::{SecretKey, hashers::PasswordHasher},
    exceptions::{ApiException, ErrorFormat},
    renderers::{JSON, Renderer},
    request::Request,
    response::Response,
    storage::{FileSystemStorage, Storage},
    throttling::{MemoryStore, Rate, ThrottleStore},
    viewsets::Policies,
};

/// What a service may choose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Hosts that may be asked for, as in Django: names, `.example.org` for a domain and all below it, `*` for any.
    pub allowed_hosts: Vec<String>,
    /// What stands at the leaves of error bodies.
    pub error_format: ErrorFormat,
    /// Errors of the items of a list are an object by index, as DRF has them since 3.18; else a list, with `{}` for
    /// items that hold.
    pub list_errors_as_dict: bool,
    /// Items on a page where the viewset does not say it.
    pub page_size: u32,
    /// The largest body that is read, in bytes; of one that holds files, all that is not in a file.
    pub max_body: usize,
    /// The largest file that is read, in bytes.
    pub max_file: u64,
    /// The largest body with files that is read, in bytes.
    pub max_upload: u64,
    /// How many files one body may hold.
    pub max_files: usize,
    /// How many pixels an image may have.
    pub max_image_pixels: u64,
    /// How long a body may pause while it arrives; longer is 408.
    pub body_timeout: Duration,
    /// Where uploaded files are kept.
    pub storage: Arc<dyn Storage>,
    /// The forms that answers can have; the first where a client has no preference.
    pub renderers: Vec<&'static dyn Renderer>,
    /// JSON holds more than ASCII as it is; else it is escaped.
    pub unicode_json: bool,
    /// JSON has no spaces.
    pub compact_json: bool,
    /// Signs sessions, and what [`crate::signing`] signs; one that nobody knows unless it is set, so that signatures end
    /// with the process.
    pub secret_key: SecretKey,
    /// Keys of before: what they signed still holds.
    pub secret_key_fallbacks: Vec<SecretKey>,
    /// How new passwords are hashed, and old ones once they are used.
    pub password_hasher: PasswordHasher,
    /// The cookie that names a session; its age is the session's.
    pub session_cookie: CookieSettings,
    /// Sessions last from the last request on, not from the last change.
    pub session_save_every_request: bool,
    /// Browsers forget sessions when they are closed.
    pub session_expire_at_browser_close: bool,
    /// The cookie that holds the secret of [`crate::csrf`].
    pub csrf_cookie: CookieSettings,
    /// Origins of other sites that may send forms and scripts, `https://*.example.org` for all below a domain.
    pub csrf_trusted_origins: Vec<String>,
    /// The header and value by which a proxy says that the client came by TLS; only for a proxy that removes it from
    /// what clients send.
    pub secure_proxy_ssl_header: Option<(HeaderName, String)>,
    /// What views answer to an error, in the place of its own status and body; `None` from it is 500.
    pub exception_handler: Option<ExceptionHandler>,
    /// Versioning, authentication, permissions and throttles of the views that name none.
    pub policies: Policies,
    /// How often throttles let someone ask, by scope; a scope without a rate counts nobody.
    pub throttle_rates: BTreeMap<&'static str, Rate>,
    /// Where throttles remember requests.
    pub throttle_store: Arc<dyn ThrottleStore>,
    /// How many proxies stand before the service, each of which adds to `X-Forwarded-For` whom it was asked by; with
    /// `None` the header is believed as it is, though anybody can send one.
    pub num_proxies: Option<usize>,
    /// Answers tell what is left of each limit: `RateLimit` and `RateLimit-Policy`.
    pub rate_limit_headers: bool,
}

/// Answers an error of a view: DRF's `EXCEPTION_HANDLER`.
pub type ExceptionHandler = fn(&ApiException, &Request) -> Option<Response>;

impl Default for Settings {
    fn default() -> Self {
        Self {
            allowed_hosts: ["localhost", "127.0.0.1", "[::1]"]
                .map(str::to_owned)
                .to_vec(),
            error_format: ErrorFormat::Message,
            list_errors_as_dict: true,
            page_size: 20,
            max_body: 2_621_440,
            max_file: 10 << 20,
            max_upload: 25 << 20,
            max_files: 100,
            max_image_pixels: 89_478_485,
            body_timeout: Duration::from_secs(30),
            storage: Arc::new(FileSystemStorage::new("media", "/media/")),
            renderers: vec![JSON],
            unicode_json: true,
            compact_json: true,
            secret_key: SecretKey::random(),
            secret_key_fallbacks: Vec::new(),
            password_hasher: PasswordHasher::default(),
            session_cookie: CookieSettings::session(),
            session_save_every_request: false,
            session_expire_at_browser_close: false,
            csrf_cookie: CookieSettings::csrf(),
            csrf_trusted_origins: Vec::new(),
            secure_proxy_ssl_header: None,
            exception_handler: None,
            policies: Policies::DEFAULT,
            throttle_rates: BTreeMap::new(),
            throttle_store: Arc::new(MemoryStore::default()),
            num_proxies: None,
            rate_limit_headers: false,
        }
    }
}

impl Settings {
    /// Whether a `Host` header names this service (Django's rules: the port does not count, case neither).
    pub fn allows_host(&self, header: &str) -> bool {
        let host = header.to_ascii_lowercase();
        let name = match host.rsplit_once(':') {
            Some((name, port))
                if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                name
            }
            _ => &host,
        };
        let name = name.strip_suffix('.').unwrap_or(name);
        is_host_name(name)
            && self
                .allowed_hosts
                .iter()
                .any(|pattern| matches_host(&pattern.to_ascii_lowercase(), name))
    }
}

fn is_host_name(name: &str) -> bool {
    let bracketed = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match bracketed {
        Some(address) => address.split_once(':').is_some_and(|(first, rest)| {
            let is_digit = |byte: u8| byte.is_ascii_hexdigit();
            first.bytes().all(is_digit)
                && !rest.is_empty()
                && rest
                    .bytes()
                    .all(|byte| is_digit(byte) || matches!(byte, b':' | b'.'))
        }),
        None => {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
        }
    }
}

fn matches_host(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix('.') {
        Some(domain) => name == domain || name.ends_with(pattern),
        None => pattern == "*" || pattern == name,
    }
}

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
