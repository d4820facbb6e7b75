//! Which refresh token comes next: one row for each sign-in, with a hash of the one token that may be used.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use openssl::sha::sha256;
use restwell::db::Conn;
use uuid::Uuid;

use super::claims::Claims;
use crate::User;
use schema::restwell_refresh_token;

mod schema {
    diesel::table! {
        restwell_refresh_token (family) {
            family -> Uuid,
            user_id -> Integer,
            hash -> Binary,
            created_at -> Timestamptz,
            expires_at -> Timestamptz,
        }
    }
}

/// Someone has signed in, and gets this token.
pub(super) fn start(family: Uuid, user: &User, token: &Claims, conn: &mut Conn) -> QueryResult<()> {
    let query = diesel::insert_into(restwell_refresh_token::table).values((
        restwell_refresh_token::family.eq(family),
        restwell_refresh_token::user_id.eq(user.id),
        restwell_refresh_token::hash.eq(hash(token)),
        restwell_refresh_token::created_at.eq(Utc::now()),
        restwell_refresh_token::expires_at.eq(token.expires_at()),
    ));
    query.execute(conn)?;
    Ok(())
}

/// Spends a token for the next one; false if it is not the one that may be used. Of two requests with the same token the
/// second waits for the row that the first has changed, and then does not find it.
pub(super) fn rotate(
    family: Uuid,
    spent: &Claims,
    next: &Claims,
    conn: &mut Conn,
) -> QueryResult<bool> {
    let row = restwell_refresh_token::table
        .find(family)
        .filter(restwell_refresh_token::hash.eq(hash(spent)));
    let query = diesel::update(row).set((
        restwell_refresh_token::hash.eq(hash(next)),
        restwell_refresh_token::expires_at.eq(next.expires_at()),
    ));
    Ok(query.execute(conn)? > 0)
}

/// No token of this sign-in is worth anything any more; false if that was so before.
pub(super) fn end(family: Uuid, conn: &mut Conn) -> QueryResult<bool> {
    let query = diesel::delete(restwell_refresh_token::table.find(family));
    Ok(query.execute(conn)? > 0)
}

/// Deletes what is remembered of refresh tokens that have ended: simplejwt's `flushexpiredtokens`. How many there were.
///
/// # Errors
/// The database's.
pub fn clear_expired(conn: &mut Conn) -> QueryResult<usize> {
    let now: DateTime<Utc> = Utc::now();
    let ended = restwell_refresh_token::table.filter(restwell_refresh_token::expires_at.lt(now));
    diesel::delete(ended).execute(conn)
}

fn hash(token: &Claims) -> Vec<u8> {
    sha256(token.jti.as_bytes()).to_vec()
}
