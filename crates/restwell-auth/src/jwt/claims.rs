//! What tokens say, and whether it is to be believed.

use std::{collections::HashSet, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use restwell::{
    crypto::{SecretKey, constant_time_compare, salted_hmac},
    db::Conn,
    exceptions::{ApiException, Result},
    settings::Settings,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AccessToken, Jwt, hs256};
use crate::{User, schema::auth_user};

/// Clocks of two machines may differ by so many seconds.
const LEEWAY: i64 = 10;
const SIGNING_SALT: &str = "restwell.jwt";
const PASSWORD_SALT: &str = "restwell.jwt.password";

/// What a token is for; none stands in for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum TokenType {
    Access,
    Refresh,
}

/// The body of a token; the names are simplejwt's where it has them.
#[derive(Serialize, Deserialize)]
pub(super) struct Claims {
    token_type: TokenType,
    exp: i64,
    iat: i64,
    pub(super) jti: String,
    user_id: String,
    /// What of the password a token may show, so that it ends with it.
    hash_password: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
    /// Of refresh tokens: the one sign-in that they descend from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) family: Option<Uuid>,
}

impl Claims {
    pub(super) fn new(jwt: &Jwt, user: &User, family: Option<Uuid>, settings: &Settings) -> Self {
        let now = Utc::now().timestamp();
        let (token_type, lifetime) = match family {
            None => (TokenType::Access, jwt.access_lifetime),
            Some(_) => (TokenType::Refresh, jwt.refresh_lifetime),
        };
        Self {
            token_type,
            exp: now.saturating_add(seconds(lifetime)),
            iat: now,
            jti: Uuid::new_v4().simple().to_string(),
            user_id: user.id.to_string(),
            hash_password: password_hash(user, &settings.secret_key),
            iss: jwt.issuer.map(str::to_owned),
            aud: jwt.audience.map(str::to_owned),
            family,
        }
    }

    /// The token that says this.
    pub(super) fn encode(&self, settings: &Settings) -> Result<String> {
        hs256::install();
        let key = EncodingKey::from_secret(&signing_key(&settings.secret_key));
        encode(&Header::new(Algorithm::HS256), self, &key)
            .map_err(|error| ApiException::internal(format!("a token: {error}")))
    }

    pub(super) fn expires_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.exp, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    pub(super) fn access_token(&self) -> AccessToken {
        AccessToken {
            id: self.jti.clone(),
            expires_at: self.expires_at(),
        }
    }
}

/// A token that we have made and that has not ended.
pub(super) struct Token<'a> {
    pub(super) claims: Claims,
    /// What it was signed with.
    key: &'a SecretKey,
}

impl Token<'_> {
    /// Its user, if they are still who they were. One statement.
    pub(super) fn user(&self, conn: &mut Conn) -> QueryResult<Option<User>> {
        let Ok(id) = self.claims.user_id.parse::<i32>() else {
            return Ok(None);
        };
        let query = auth_user::table.find(id).select(User::as_select());
        let user: Option<User> = query.first(conn).optional()?;
        Ok(user.filter(|user| {
            let hash = password_hash(user, self.key);
            let is_same =
                constant_time_compare(hash.as_bytes(), self.claims.hash_password.as_bytes());
            user.is_active && is_same
        }))
    }
}

impl Jwt {
    /// What a token says, if it is ours, of this type, and has not ended.
    pub(super) fn decode<'s>(
        &self,
        text: &str,
        token_type: TokenType,
        settings: &'s Settings,
    ) -> Option<Token<'s>> {
        hs256::install();
        let validation = self.validation();
        let mut keys = [&settings.secret_key]
            .into_iter()
            .chain(&settings.secret_key_fallbacks);
        let token = keys.find_map(|key| {
            let secret = DecodingKey::from_secret(&signing_key(key));
            let claims = decode::<Claims>(text, &secret, &validation).ok()?.claims;
            Some(Token { claims, key })
        });
        token.filter(|Token { claims, .. }| {
            let has_ended = claims.exp.saturating_add(LEEWAY) <= Utc::now().timestamp();
            claims.token_type == token_type && !has_ended
        })
    }

    /// The crate cannot read `exp` where `serde_json` keeps numbers as they were written: [`Jwt::decode`] looks at it.
    fn validation(&self) -> Validation {
        let mut validation = Validation::new(Algorithm::HS256);
        let mut required = HashSet::new();
        validation.validate_exp = false;
        if let Some(issuer) = self.issuer {
            validation.set_issuer(&[issuer]);
            required.insert("iss".to_owned());
        }
        if let Some(audience) = self.audience {
            validation.set_audience(&[audience]);
            required.insert("aud".to_owned());
        }
        validation.required_spec_claims = required;
        validation
    }
}

/// A key for this purpose only.
fn signing_key(key: &SecretKey) -> [u8; 32] {
    salted_hmac(SIGNING_SALT, "HS256", key)
}

fn password_hash(user: &User, key: &SecretKey) -> String {
    URL_SAFE_NO_PAD.encode(salted_hmac(PASSWORD_SALT, &user.password, key))
}

fn seconds(lifetime: Duration) -> i64 {
    i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX)
}
