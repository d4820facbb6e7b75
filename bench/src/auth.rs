//! Who asks: the token of `Authorization: Token …`, with one statement if there is one.

use actix_web::{HttpRequest, http::header};
use diesel::{PgConnection, prelude::*};
use restwell_auth::schema::{auth_user, authtoken_token};

use crate::answer::Failure;

/// What a request says of who sends it.
pub(crate) enum Credentials {
    Nothing,
    Key(String),
    Wrong,
}

impl Credentials {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let Some(header) = request.headers().get(header::AUTHORIZATION) else {
            return Self::Nothing;
        };
        let Ok(text) = header.to_str() else {
            return Self::Wrong;
        };
        let mut words = text.split_ascii_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some(scheme), Some(key), None) if scheme.eq_ignore_ascii_case("token") => {
                Self::Key(key.to_owned())
            }
            (Some(scheme), ..) if scheme.eq_ignore_ascii_case("token") => Self::Wrong,
            _ => Self::Nothing,
        }
    }

    /// Whether a known user asks, and whether that is a superuser.
    pub(crate) fn user(&self, conn: &mut PgConnection) -> Result<Option<bool>, Failure> {
        let key = match self {
            Self::Nothing => return Ok(None),
            Self::Wrong => return Err(Failure::WrongCredentials),
            Self::Key(key) => key,
        };
        let found = authtoken_token::table
            .inner_join(auth_user::table.on(auth_user::id.eq(authtoken_token::user_id)))
            .filter(authtoken_token::key.eq(key))
            .select((auth_user::is_active, auth_user::is_superuser))
            .first::<(bool, bool)>(conn)
            .optional()?;
        match found {
            Some((true, is_superuser)) => Ok(Some(is_superuser)),
            _ => Err(Failure::WrongCredentials),
        }
    }

    /// Refuses all but superusers.
    pub(crate) fn check_superuser(&self, conn: &mut PgConnection) -> Result<(), Failure> {
        match self.user(conn)? {
            Some(true) => Ok(()),
            Some(false) => Err(Failure::Forbidden),
            None => Err(Failure::Stranger),
        }
    }
}
