//! Tokens that say themselves whose they are, beyond DRF: what `djangorestframework-simplejwt` is to it.
//!
//! An access token is sent with every request and lasts minutes. A refresh token gets the next pair, once: the guide
//! `docs/authentication.md` has the table that remembers which one is next.

use std::time::Duration;

use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use restwell::{
    authentication::{Authentication, Identity, credentials},
    db::Conn,
    exceptions::{ApiException, ErrorDetail, Result},
    request::Request,
};

use claims::TokenType;

mod claims;
mod families;
mod hs256;
mod views;

pub use families::clear_expired;
pub use views::{token_blacklist, token_obtain_pair, token_refresh};

/// How tokens are made: simplejwt's `SIMPLE_JWT`. They are signed with a key that is derived from
/// [`restwell::settings::Settings::secret_key`], by HS256 and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Jwt {
    /// Who makes them; tokens of others are refused.
    pub issuer: Option<&'static str>,
    /// Whom they are for; tokens for others are refused.
    pub audience: Option<&'static str>,
    /// How long an access token lasts.
    pub access_lifetime: Duration,
    /// How long a refresh token lasts; each one that it is exchanged for lasts as long again.
    pub refresh_lifetime: Duration,
}

impl Jwt {
    /// Five minutes and a day, as in simplejwt.
    pub const DEFAULT: Self = Self {
        issuer: None,
        audience: None,
        access_lifetime: Duration::from_secs(5 * 60),
        refresh_lifetime: Duration::from_secs(24 * 60 * 60),
    };
}

/// What `request.auth` gives of a request with an access token.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// Its `jti`: no two tokens have the same.
    pub id: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// `Authorization: Bearer eyJ…`. One statement a request, for the user, who must be active and have the password that
/// they had when the token was made.
pub struct JwtAuthentication(pub Jwt);

impl JwtAuthentication {
    /// What `WWW-Authenticate` says.
    const CHALLENGE: &'static str = "Bearer realm=\"api\"";
}

impl Authentication for JwtAuthentication {
    fn authenticate(&self, request: &Request, conn: &mut Conn) -> Result<Option<Identity>> {
        let Some(text) = credentials(request, "Bearer") else {
            return Ok(None);
        };
        let token = self.0.decode(text?, TokenType::Access, &request.settings);
        let token = token.ok_or_else(token_not_valid)?;
        let user = token.user(conn)?.ok_or_else(token_not_valid)?;
        let auth = token.claims.access_token();
        Ok(Some(Identity::new(user).with_auth(auth)))
    }

    fn authenticate_header(&self, _request: &Request) -> Option<String> {
        Some(Self::CHALLENGE.to_owned())
    }
}

/// 401 `token_not_valid`, whatever the reason; the code is in the body too, as simplejwt has it.
fn token_not_valid() -> ApiException {
    const CODE: &str = "token_not_valid";
    let entry = |name: &'static str, text| (name.into(), ErrorDetail::new(text, CODE));
    let detail = vec![
        entry("detail", "This token is not valid."),
        entry("code", CODE),
    ];
    ApiException::with_detail(StatusCode::UNAUTHORIZED, ErrorDetail::Map(detail))
}
