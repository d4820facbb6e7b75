//! Which user a name and a password stand for: Django's `ModelBackend`.

use diesel::prelude::*;

use super::{
    User, get_by_username,
    hashers::{check_password, check_unknown_user, make_password},
    schema::auth_user,
};
use crate::{db::Conn, exceptions::Result, settings::Settings};

/// The active user of this name, if the password is theirs. How long a refusal takes does not tell the reason.
///
/// A hash that is not what [`Settings::password_hasher`] would store is replaced. Hashing takes long on purpose: call
/// it outside of a transaction. One statement, two to replace a hash.
///
/// # Errors
/// The database's, and 500 if the hasher costs more than it may.
pub fn authenticate(
    username: &str,
    password: &str,
    settings: &Settings,
    conn: &mut Conn,
) -> Result<Option<User>> {
    let hasher = settings.password_hasher;
    let Some(mut user) = get_by_username(username, conn)? else {
        check_unknown_user(password, hasher)?;
        return Ok(None);
    };
    let verdict = check_password(password, &user.password, hasher)?;
    if !verdict.matches {
        return Ok(None);
    }
    if verdict.must_update {
        let encoded = make_password(password, hasher)?;
        let unchanged = auth_user::table
            .find(user.id)
            .filter(auth_user::password.eq(&user.password));
        let query = diesel::update(unchanged).set(auth_user::password.eq(&encoded));
        if query.execute(conn)? > 0 {
            user.password = encoded;
        }
    }
    Ok(Some(user).filter(|user| user.is_active))
}
