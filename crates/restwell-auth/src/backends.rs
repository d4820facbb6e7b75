//! Which user a name and a password stand for: Django's `ModelBackend`.

use diesel::prelude::*;
use restwell::{db::Conn, exceptions::Result, request::Request};

use crate::{User, get_by_username, schema::auth_user};

/// The active user of this name, if the password is theirs. How long a refusal takes does not tell the reason.
///
/// A hash that is not what [`restwell::settings::Settings::password_hasher`] would store is replaced. No connection waits
/// while hashes are computed ([`Request::offload`]). One statement, two to replace a hash; as often as the handler runs.
///
/// # Errors
/// The database's, and 500 if the hasher costs more than it may.
pub fn authenticate(
    username: &str,
    password: &str,
    request: &Request,
    conn: &mut Conn,
) -> Result<Option<User>> {
    let known = get_by_username(username, conn)?;
    let encoded = known.as_ref().map(|user| user.password.as_str());
    let verdict = request.check_password(password, encoded)?;
    let Some(mut user) = known.filter(|_| verdict.matches) else {
        return Ok(None);
    };
    if verdict.must_update {
        let encoded = request.make_password(password)?;
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
