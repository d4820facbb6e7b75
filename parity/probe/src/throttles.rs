//! `parity/oracle/probe/throttles.py`.

use std::collections::BTreeMap;

use restwell::{
    api_views::ApiView,
    permissions::{AllowAny, IsAuthenticated, Permission},
    prelude::*,
    throttling::{AnonRateThrottle, Rate, ScopedRateThrottle, Throttle, UserRateThrottle},
    viewsets::Policies,
};
use restwell_auth::{User, authtoken::TokenAuthentication};
use serde_json::json;

/// How often, by scope; `off` has no rate.
const RATES: [(&str, &str); 9] = [
    ("anon", "2/day"),
    ("user", "2/d"),
    ("burst", "2/hour"),
    ("sustained", "3/days"),
    ("shared", "2/day"),
    ("alone", "1/day"),
    ("never", "0/s"),
    ("month", "1/month"),
    ("closed", "1/day"),
];

/// The rates as settings hold them.
pub(crate) fn rates() -> Result<BTreeMap<&'static str, Rate>, String> {
    let rates = RATES.into_iter();
    rates
        .map(|(scope, rate)| Ok((scope, rate.parse()?)))
        .collect()
}

const fn anon(scope: &'static str) -> AnonRateThrottle {
    AnonRateThrottle { scope }
}

const fn user(scope: &'static str) -> UserRateThrottle {
    UserRateThrottle { scope }
}

const fn scoped(scope: &'static str) -> ScopedRateThrottle {
    ScopedRateThrottle { scope }
}

fn who(request: &Request, _: &mut Conn) -> Result<Response> {
    let user = request.user().map(|user: &User| &user.username);
    Response::ok(request, &json!({ "user": user }))
}

fn view(
    permissions: &'static [&'static dyn Permission],
    throttles: &'static [&'static dyn Throttle],
) -> ApiView {
    ApiView::new("ThrottledView")
        .description("May be asked for, but not too often.")
        .get(who)
        .policies(Policies {
            authentication: Some(&[&TokenAuthentication::DEFAULT]),
            permissions: Some(permissions),
            throttles: Some(throttles),
            ..Policies::DEFAULT
        })
}

macro_rules! throttled {
    ($urls:expr, $($name:literal: $permission:expr, [$($throttle:expr),*];)*) => {
        $urls$(.path(
            concat!("/probe/throttled/", $name, "/"),
            concat!("throttled-", $name),
            view(&[&$permission], &[$(const { &$throttle }),*]),
        ))*
    };
}

pub(crate) fn urls(urls: Urls) -> Urls {
    throttled! { urls,
        "anon": AllowAny, [anon("anon")];
        "user": AllowAny, [user("user")];
        "user-too": AllowAny, [user("user")];
        "both": AllowAny, [user("burst"), user("sustained")];
        "scoped-one": AllowAny, [scoped("shared")];
        "scoped-two": AllowAny, [scoped("shared")];
        "scoped-alone": AllowAny, [scoped("alone")];
        "scoped-none": AllowAny, [];
        "never": AllowAny, [anon("never")];
        "month": AllowAny, [anon("month")];
        "off": AllowAny, [anon("off")];
        "closed": IsAuthenticated, [user("closed")];
    }
}
