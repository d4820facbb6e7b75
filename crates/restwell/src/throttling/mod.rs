//! How often: throttles that views list; dispatch asks all of them, after permissions (contract §13).
//!
//! A throttle says whom it counts, and in which scope; [`crate::settings::Settings::throttle_rates`] says how many
//! requests a scope lets through, and a [`ThrottleStore`] remembers those of the period.

use std::{borrow::Cow, fmt, str::FromStr, time::Duration};

use actix_web::http::{Method, header::HeaderName};
use openssl::sha::sha256;
use serde_json::Value;

use crate::{
    db::Conn,
    exceptions::{ApiException, Result},
    fields::{MAX_USERNAME, normalize_username, trim},
    request::Request,
    response::Response,
};

mod stores;

pub use stores::{MemoryStore, PostgresStore};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// A limit on the number of requests.
pub trait Throttle: Send + Sync {
    /// Called for each request that is permitted: `Some(seconds)` to wait, 0 if nobody knows how long, or `None` to go on.
    ///
    /// # Errors
    /// When the count itself cannot be had.
    fn wait(&self, request: &Request, conn: &mut Conn) -> Result<Option<u64>>;
}

/// A throttle that lets a number of requests through in a period; what implements it is a [`Throttle`].
pub trait SimpleRateThrottle: Send + Sync {
    /// The name of its rate in the settings; a scope without a rate counts nobody.
    fn scope(&self) -> &'static str;

    /// Called if the scope has a rate: whom the request counts for; `None` if it counts for nobody.
    fn get_ident<'r>(&self, request: &'r Request) -> Option<Cow<'r, str>>;
}

impl<T: SimpleRateThrottle> Throttle for T {
    fn wait(&self, request: &Request, conn: &mut Conn) -> Result<Option<u64>> {
        let Some(limit) = Limit::of(self.scope(), request) else {
            return Ok(None);
        };
        match self.get_ident(request) {
            Some(ident) => limit.count(&ident, request, conn),
            None => Ok(None),
        }
    }
}

/// Counts strangers by their address; users are not counted.
#[derive(Clone, Copy, Debug)]
pub struct AnonRateThrottle {
    /// The name of its rate.
    pub scope: &'static str,
}

impl AnonRateThrottle {
    /// At the rate `anon`.
    pub const DEFAULT: Self = Self { scope: "anon" };
}

impl SimpleRateThrottle for AnonRateThrottle {
    fn scope(&self) -> &'static str {
        self.scope
    }

    fn get_ident<'r>(&self, request: &'r Request) -> Option<Cow<'r, str>> {
        (!request.is_authenticated()).then(|| request.ident())
    }
}

/// Counts users, and strangers by their address. Two of them with scopes of their own allow bursts and still limit the
/// day.
#[derive(Clone, Copy, Debug)]
pub struct UserRateThrottle {
    /// The name of its rate.
    pub scope: &'static str,
}

impl UserRateThrottle {
    /// At the rate `user`.
    pub const DEFAULT: Self = Self { scope: "user" };
}

impl SimpleRateThrottle for UserRateThrottle {
    fn scope(&self) -> &'static str {
        self.scope
    }

    fn get_ident<'r>(&self, request: &'r Request) -> Option<Cow<'r, str>> {
        Some(user_or_address(request))
    }
}

/// Counts as [`UserRateThrottle`] does what all views of one scope do together: DRF's `throttle_scope`.
#[derive(Clone, Copy, Debug)]
pub struct ScopedRateThrottle {
    /// The name of its rate.
    pub scope: &'static str,
}

impl SimpleRateThrottle for ScopedRateThrottle {
    fn scope(&self) -> &'static str {
        self.scope
    }

    fn get_ident<'r>(&self, request: &'r Request) -> Option<Cow<'r, str>> {
        Some(user_or_address(request))
    }
}

fn user_or_address(request: &Request) -> Cow<'_, str> {
    let user = request.user_key();
    user.map_or_else(|| request.ident(), Cow::Owned)
}

/// Counts each `POST` of a view that signs in, at the rate `login`: by address, and by the body's `username`, so that
/// neither one guesser nor many together get far. An attempt that its address may not make does not count for the name.
#[derive(Clone, Copy, Debug)]
pub struct LoginRateThrottle;

impl Throttle for LoginRateThrottle {
    fn wait(&self, request: &Request, conn: &mut Conn) -> Result<Option<u64>> {
        let Some(limit) = Limit::of("login", request) else {
            return Ok(None);
        };
        if request.method != Method::POST {
            return Ok(None);
        }
        let wait = limit.count(&request.ident(), request, conn)?;
        if wait.is_some() {
            return Ok(wait);
        }
        match username(request) {
            Some(name) => limit.count(&format!("name_{name}"), request, conn),
            None => Ok(None),
        }
    }
}

/// The name as the view will read it, or else each way to write it would be counted by itself. A name that is too long
/// is nobody's. What is wrong with the body is the view's to tell.
fn username(request: &Request) -> Option<Cow<'_, str>> {
    let name = match request.data().ok()?.get("username")? {
        Value::String(text) => trim(text),
        Value::Number(number) => number.as_str(),
        _ => return None,
    };
    let is_short = name.chars().nth(MAX_USERNAME).is_none();
    is_short.then(|| normalize_username(name))
}

/// The limit of a scope.
#[derive(Clone, Copy)]
struct Limit {
    scope: &'static str,
    rate: Rate,
}

impl Limit {
    fn of(scope: &'static str, request: &Request) -> Option<Self> {
        let rate = request.settings.throttle_rates.get(scope)?;
        Some(Self { scope, rate: *rate })
    }

    fn count(self, ident: &str, request: &Request, conn: &mut Conn) -> Result<Option<u64>> {
        let key = Key::new(self.scope, ident);
        let usage = request
            .settings
            .throttle_store
            .count(&key, self.rate, conn)?;
        if request.settings.rate_limit_headers {
            request.note_limit(RateLimit { limit: self, usage });
        }
        Ok((!usage.is_allowed).then(|| usage.wait(self.rate)))
    }
}

/// What is left of a limit, as clients are told (draft-ietf-httpapi-ratelimit-headers).
pub(crate) struct RateLimit {
    limit: Limit,
    usage: Usage,
}

impl RateLimit {
    fn remaining(&self) -> u32 {
        self.limit.rate.requests.saturating_sub(self.usage.requests)
    }
}

impl Request {
    /// Where the request comes from, as far as `Settings::num_proxies` says whom to believe: DRF's `get_ident`
    /// (contract §13.6). It may be any text that a client has sent.
    pub fn ident(&self) -> Cow<'_, str> {
        let remote = || {
            let address = self.remote_addr.map(|address| address.to_string());
            address.unwrap_or_default().into()
        };
        match (self.settings.num_proxies, self.forwarded_for()) {
            (Some(0), _) | (_, None) => remote(),
            (Some(proxies), Some(addresses)) => {
                let address = addresses.rsplit(',').take(proxies).last();
                address.unwrap_or_default().trim().to_owned().into()
            }
            (None, Some(addresses)) if addresses.is_empty() => remote(),
            (None, Some(addresses)) => addresses.split_whitespace().collect(),
        }
    }

    /// The `X-Forwarded-For` headers, as one list.
    fn forwarded_for(&self) -> Option<String> {
        let lines = self.headers.get_all("x-forwarded-for");
        let lines: Vec<_> = lines
            .map(|line| String::from_utf8_lossy(line.as_bytes()))
            .collect();
        (!lines.is_empty()).then(|| lines.join(","))
    }

    /// Of two counts in one scope clients are told the one that leaves them less.
    fn note_limit(&self, new: RateLimit) {
        let mut limits = self.rate_limits.borrow_mut();
        let known = limits
            .iter_mut()
            .find(|known| known.limit.scope == new.limit.scope);
        match known {
            Some(known) if known.remaining() < new.remaining() => {}
            Some(known) => *known = new,
            None => limits.push(new),
        }
    }
}

/// The answer with what is left of each limit that the request was counted for.
pub(crate) fn add_rate_limits(response: Response, request: &Request) -> Response {
    let limits = request.rate_limits.borrow();
    if limits.is_empty() {
        return response;
    }
    let joined =
        |text: fn(&RateLimit) -> String| limits.iter().map(text).collect::<Vec<_>>().join(", ");
    let left = joined(|limit| {
        let seconds = whole_seconds(limit.usage.renews_in);
        format!(
            "{:?};r={};t={seconds}",
            limit.limit.scope,
            limit.remaining()
        )
    });
    let policies = joined(|RateLimit { limit, .. }| {
        let Rate { requests, period } = limit.rate;
        format!("{:?};q={requests};w={}", limit.scope, period.as_secs())
    });
    response
        .with_header(RATE_LIMIT, &left)
        .with_header(RATE_LIMIT_POLICY, &policies)
}

/// 429 with the longest wait, after every throttle has counted the request (contract §13.4).
pub(crate) fn check_throttles(
    throttles: &[&dyn Throttle],
    request: &Request,
    conn: &mut Conn,
) -> Result<()> {
    let mut longest = None;
    for throttle in throttles {
        longest = longest.max(throttle.wait(request, conn)?);
    }
    match longest {
        None => Ok(()),
        wait => Err(ApiException::throttled(wait)),
    }
}

/// A number of requests in a period: `"10/min".parse()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many requests; 0 lets none through.
    pub requests: u32,
    /// In which time.
    pub period: Duration,
}

impl FromStr for Rate {
    type Err = String;

    /// DRF's syntax: a number, a slash, and a word of which only the first letter counts (contract §13.1).
    fn from_str(text: &str) -> Result<Self, String> {
        let parse = || {
            let (requests, period) = text.split_once('/')?;
            let seconds = match period.chars().next()? {
                's' => 1,
                'm' => 60,
                'h' => 3600,
                'd' => 86400,
                _ => return None,
            };
            let requests = requests.trim().parse().ok()?;
            (!period.contains('/')).then_some(Self {
                requests,
                period: Duration::from_secs(seconds),
            })
        };
        parse().ok_or_else(|| {
            format!("`{text}` is not a rate such as 100/hour: a number, a slash, and s, m, h or d")
        })
    }
}

/// Whom a request counts for, in which scope: the SHA-256 of `throttle_<scope>_<ident>`, so that a key is short, and
/// tells nobody who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key(pub [u8; 32]);

impl Key {
    fn new(scope: &str, ident: &str) -> Self {
        Self(sha256(format!("throttle_{scope}_{ident}").as_bytes()))
    }
}

/// Who remembers the requests of a period.
pub trait ThrottleStore: fmt::Debug + Send + Sync {
    /// Called for each request that counts: forgets what is older than the period, and remembers this request if there
    /// is room for it (contract §13.2). Of requests at the same time no more than there is room for may be let through.
    ///
    /// # Errors
    /// When the count cannot be had: the request is answered with it.
    fn count(&self, key: &Key, rate: Rate, conn: &mut Conn) -> Result<Usage>;
}

/// What is known of a key once a request was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Whether there was room for the request.
    pub is_allowed: bool,
    /// The requests of the period that ends now, with this one if there was room.
    pub requests: u32,
    /// How long until the oldest of them is forgotten; the whole period if there are none.
    pub renews_in: Duration,
}

impl Usage {
    /// How many seconds a denied client should wait; 0 if nobody knows, as the rate was higher before (contract §13.3).
    fn wait(&self, rate: Rate) -> u64 {
        match self.requests <= rate.requests {
            true => whole_seconds(self.renews_in),
            false => 0,
        }
    }
}

/// Rounded up.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
