//! Keys for programs, beyond DRF: as many a user as they want, each with a name, scopes, an end if it shall have one, and
//! a switch to turn it off. They are sent as DRF's tokens are.
//!
//! A key is `rw_`, a prefix that finds its row, `_` and a secret. Of the secret only a hash is stored. The guide
//! `docs/authentication.md` has the table.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use openssl::sha::sha256;
use restwell::{
    authentication::{Authentication, Identity, credentials},
    crypto::{ALPHANUMERIC, constant_time_compare, random_string},
    db::Conn,
    exceptions::{ApiException, ErrorDetail, Errors, Result},
    request::Request,
    scopes::Scopes,
};

use crate::{User, schema::auth_user};
use schema::restwell_api_key;

mod schema {
    use crate::schema::auth_user;

    diesel::table! {
        restwell_api_key (id) {
            id -> BigInt,
            user_id -> Integer,
            name -> Varchar,
            prefix -> Varchar,
            hash -> Binary,
            scopes -> Array<Text>,
            created_at -> Timestamptz,
            expires_at -> Nullable<Timestamptz>,
            revoked_at -> Nullable<Timestamptz>,
            last_used_at -> Nullable<Timestamptz>,
        }
    }
    diesel::allow_tables_to_appear_in_same_query!(restwell_api_key, auth_user);
}

const MARK: &str = "rw_";
const PREFIX_LENGTH: usize = 12;
/// As many letters and digits hold 256 bits, so that a hash without salt is enough.
const SECRET_LENGTH: usize = 43;
const MAX_NAME: usize = 100;
/// How exactly it is known when a key was used last.
const LAST_USED_PRECISION: TimeDelta = TimeDelta::hours(1);

/// A key that a program is recognised by; what `request.auth` gives then.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = restwell_api_key)]
pub struct ApiKey {
    /// The primary key.
    pub id: i64,
    /// Whose it is.
    pub user_id: i32,
    /// What its owner calls it.
    pub name: String,
    /// The part of the key that is no secret.
    pub prefix: String,
    hash: Vec<u8>,
    /// What it lets its user do ([`restwell::scopes`]).
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when on it is worth nothing.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was used last, an hour more or less.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A key to be made.
#[derive(Clone, Debug)]
pub struct NewApiKey<'a> {
    /// What its owner calls it: 1 to 100 characters.
    pub name: &'a str,
    /// What it lets its user do.
    pub scopes: &'a Scopes,
    /// From when on it is worth nothing, if ever.
    pub expires_at: Option<DateTime<Utc>>,
}

impl NewApiKey<'_> {
    fn check(&self, now: DateTime<Utc>) -> Result<()> {
        let mut errors = Errors::default();
        let mut add = |field: &'static str, message: &'static str, code: &'static str| {
            errors.add(field, ErrorDetail::new(message, code));
        };
        if self.name.trim().is_empty() {
            add("name", "Give the key a name.", "blank");
        }
        if self.name.chars().count() > MAX_NAME {
            add("name", "This name is too long.", "max_length");
        }
        if self.name.contains('\0') {
            let code = "null_characters_not_allowed";
            add("name", "A name has no null characters.", code);
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            add("expires_at", "This has passed.", "invalid");
        }
        errors.into_result()
    }
}

impl ApiKey {
    /// Makes a key for this user. The text is what clients send; nobody can read it again.
    ///
    /// # Errors
    /// 400 by field if the name or the end cannot be; the database's.
    pub fn create(user: &User, new: &NewApiKey<'_>, conn: &mut Conn) -> Result<(Self, String)> {
        let now = Utc::now();
        new.check(now)?;
        let prefix = random_string(PREFIX_LENGTH, ALPHANUMERIC);
        let secret = random_string(SECRET_LENGTH, ALPHANUMERIC);
        let hash = sha256(secret.as_bytes());
        let query = diesel::insert_into(restwell_api_key::table).values((
            restwell_api_key::user_id.eq(user.id),
            restwell_api_key::name.eq(new.name),
            restwell_api_key::prefix.eq(&prefix),
            restwell_api_key::hash.eq(hash.as_slice()),
            restwell_api_key::scopes.eq(new.scopes.names()),
            restwell_api_key::created_at.eq(now),
            restwell_api_key::expires_at.eq(new.expires_at),
        ));
        let key = query.returning(Self::as_returning()).get_result(conn)?;
        Ok((key, format!("{MARK}{prefix}_{secret}")))
    }

    /// The user's keys, the newest first, with those that have ended.
    ///
    /// # Errors
    /// The database's.
    pub fn list(user: &User, conn: &mut Conn) -> QueryResult<Vec<Self>> {
        restwell_api_key::table
            .filter(restwell_api_key::user_id.eq(user.id))
            .order(restwell_api_key::id.desc())
            .select(Self::as_select())
            .load(conn)
    }

    /// Ends a key of this user at once; false if they have no such key, or it was revoked before.
    ///
    /// # Errors
    /// The database's.
    pub fn revoke(id: i64, user: &User, conn: &mut Conn) -> QueryResult<bool> {
        let key = restwell_api_key::table
            .find(id)
            .filter(restwell_api_key::user_id.eq(user.id))
            .filter(restwell_api_key::revoked_at.is_null());
        let query = diesel::update(key).set(restwell_api_key::revoked_at.eq(Utc::now()));
        Ok(query.execute(conn)? > 0)
    }

    fn is_valid(&self, secret: &str, now: DateTime<Utc>) -> bool {
        constant_time_compare(&sha256(secret.as_bytes()), &self.hash)
            && self.revoked_at.is_none()
            && self.expires_at.is_none_or(|end| end > now)
    }

    /// Most requests write nothing.
    fn note_use(&self, now: DateTime<Utc>, conn: &mut Conn) -> QueryResult<()> {
        let due = now - LAST_USED_PRECISION;
        if self.last_used_at.is_some_and(|last| last > due) {
            return Ok(());
        }
        let last = restwell_api_key::last_used_at;
        let key = restwell_api_key::table
            .find(self.id)
            .filter(last.is_null().or(last.le(due)));
        diesel::update(key).set(last.eq(now)).execute(conn)?;
        Ok(())
    }
}

/// Prefix and secret, if the text can be a key.
fn split(text: &str) -> Option<(&str, &str)> {
    let (prefix, secret) = text.strip_prefix(MARK)?.split_once('_')?;
    let is_part = |part: &str, length| {
        part.len() == length && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    (is_part(prefix, PREFIX_LENGTH) && is_part(secret, SECRET_LENGTH)).then_some((prefix, secret))
}

/// Whether the text can be a key; if so, it is too long to be a token of [`crate::authtoken`].
pub(crate) fn is_api_key(text: &str) -> bool {
    split(text).is_some()
}

/// `Authorization: Token rw_…`. One statement a request, and once an hour another that notes the use. What is no API key
/// is left to other authenticators.
pub struct ApiKeyAuthentication {
    /// What stands before the key, in any case.
    pub keyword: &'static str,
}

impl ApiKeyAuthentication {
    /// That of DRF's tokens.
    pub const DEFAULT: Self = Self { keyword: "Token" };
}

impl Authentication for ApiKeyAuthentication {
    fn authenticate(&self, request: &Request, conn: &mut Conn) -> Result<Option<Identity>> {
        let Some(text) = credentials(request, self.keyword) else {
            return Ok(None);
        };
        let Some((prefix, secret)) = split(text?) else {
            return Ok(None);
        };
        let found: Option<(ApiKey, User)> = restwell_api_key::table
            .inner_join(auth_user::table.on(auth_user::id.eq(restwell_api_key::user_id)))
            .filter(restwell_api_key::prefix.eq(prefix))
            .select((ApiKey::as_select(), User::as_select()))
            .first(conn)
            .optional()?;
        let now = Utc::now();
        let (key, user) = found
            .filter(|(key, user)| key.is_valid(secret, now) && user.is_active)
            .ok_or_else(ApiException::authentication_failed)?;
        key.note_use(now, conn)?;
        let scopes = Scopes::stored(key.scopes.clone());
        let identity = Identity::new(user).with_scopes(scopes).with_auth(key);
        Ok(Some(identity))
    }

    fn authenticate_header(&self, _request: &Request) -> Option<String> {
        Some(self.keyword.to_owned())
    }
}
