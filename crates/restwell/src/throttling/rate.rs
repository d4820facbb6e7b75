//! A number of requests in a period, and who remembers them.

use std::{fmt, str::FromStr, time::Duration};

use openssl::sha::sha256;

use crate::{db::Conn, exceptions::Result};

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
    pub(super) fn new(scope: &str, ident: &str) -> Self {
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
    pub(super) fn wait(&self, rate: Rate) -> u64 {
        match self.requests <= rate.requests {
            true => whole_seconds(self.renews_in),
            false => 0,
        }
    }
}

/// Rounded up.
pub(super) fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
