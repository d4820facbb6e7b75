//! Who the client of a session is: Django's `login`, `logout` and `get_user`, with its names in the session.

use chrono::Utc;
use diesel::prelude::*;
use restwell::{
    crypto::{SecretKey, constant_time_compare, hex, salted_hmac},
    csrf::rotate_token,
    db::Conn,
    exceptions::Result,
    request::Request,
    sessions::Session,
};
use serde_json::Value;

use crate::{User, schema::auth_user};

const USER_ID: &str = "_auth_user_id";
const USER_BACKEND: &str = "_auth_user_backend";
const USER_HASH: &str = "_auth_user_hash";
const MODEL_BACKEND: &str = "django.contrib.auth.backends.ModelBackend";
const HASH_SALT: &str = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash";

/// Remembers in the client's session that it is this user, and when that was. Four statements at most, with what saves the
/// session.
///
/// The session gets a new key, so that one that somebody else had put into the browser is worth nothing, and keeps its
/// values unless they are another user's. The secret of [`restwell::csrf`] is replaced too. The next request is the user's;
/// this one's stays who it was.
///
/// # Errors
/// The database's.
pub fn login(request: &Request, user: &User, conn: &mut Conn) -> Result<()> {
    let session = request.session(conn)?;
    let hash = session_auth_hash(user, &request.settings.secret_key);
    let is_others = match user_id(session) {
        Some(id) => id != user.id || !is_hash(session, &hash),
        None => session.get(USER_ID).is_some(),
    };
    match is_others {
        true => session.flush(),
        false => session.cycle_key(),
    }
    session.insert(USER_ID, user.id.to_string());
    session.insert(USER_BACKEND, MODEL_BACKEND);
    session.insert(USER_HASH, hash);
    rotate_token(request);
    diesel::update(auth_user::table.find(user.id))
        .set(auth_user::last_login.eq(Utc::now()))
        .execute(conn)?;
    Ok(())
}

/// Forgets the client's session.
///
/// # Errors
/// The database's.
pub fn logout(request: &Request, conn: &mut Conn) -> Result<()> {
    request.session(conn)?.flush();
    Ok(())
}

/// The active user that the client's session remembers: at most two statements.
///
/// A session ends when its user's password changes. One whose hash was made with a key of before is renewed.
///
/// # Errors
/// The database's.
pub fn get_user(request: &Request, conn: &mut Conn) -> Result<Option<User>> {
    let session = request.session(conn)?;
    let Some(id) = user_id(session) else {
        return Ok(None);
    };
    if session.get(USER_BACKEND).as_ref().and_then(Value::as_str) != Some(MODEL_BACKEND) {
        return Ok(None);
    }
    let query = auth_user::table.find(id).select(User::as_select());
    let user = query.first(conn).optional()?;
    let Some(user) = user.filter(|user: &User| user.is_active) else {
        return Ok(None);
    };
    let settings = &request.settings;
    let hash = session_auth_hash(&user, &settings.secret_key);
    if is_hash(session, &hash) {
        return Ok(Some(user));
    }
    let mut old_keys = settings.secret_key_fallbacks.iter();
    if old_keys.any(|key| is_hash(session, &session_auth_hash(&user, key))) {
        session.cycle_key();
        session.insert(USER_HASH, hash);
        return Ok(Some(user));
    }
    session.flush();
    Ok(None)
}

fn user_id(session: &Session) -> Option<i32> {
    session.get(USER_ID)?.as_str()?.parse().ok()
}

fn is_hash(session: &Session, hash: &str) -> bool {
    let stored = session.get(USER_HASH);
    let stored = stored.as_ref().and_then(Value::as_str).unwrap_or_default();
    constant_time_compare(stored.as_bytes(), hash.as_bytes())
}

/// What a session holds of the password, so that it ends with it.
fn session_auth_hash(user: &User, key: &SecretKey) -> String {
    hex(&salted_hmac(HASH_SALT, &user.password, key))
}
