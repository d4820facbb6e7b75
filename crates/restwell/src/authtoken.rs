//! One token a user, sent with every request: DRF's `rest_framework.authtoken` (contract §11.6, §11.8).

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::{
    auth::{
        User,
        schema::{auth_user, authtoken_token},
    },
    authentication::{Authentication, Identity, credentials},
    db::Conn,
    exceptions::{ApiException, Result},
    request::Request,
};

/// What a user is recognised by until it is deleted.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = authtoken_token)]
pub struct Token {
    /// 40 hexadecimal digits.
    pub key: String,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// Whose it is.
    pub user_id: i32,
}

/// `Authorization: Token 9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b`. One statement a request.
pub struct TokenAuthentication {
    /// What stands before the key, in any case.
    pub keyword: &'static str,
}

impl TokenAuthentication {
    /// DRF's keyword.
    pub const DEFAULT: Self = Self { keyword: "Token" };
}

impl Authentication for TokenAuthentication {
    fn authenticate(&self, request: &Request, conn: &mut Conn) -> Result<Option<Identity>> {
        let Some(key) = credentials(request, self.keyword) else {
            return Ok(None);
        };
        let found = authtoken_token::table
            .inner_join(auth_user::table.on(auth_user::id.eq(authtoken_token::user_id)))
            .filter(authtoken_token::key.eq(key?))
            .select((Token::as_select(), User::as_select()))
            .first(conn)
            .optional()?;
        match found {
            Some((token, user)) if user.is_active => Ok(Some(Identity::new(user).with_auth(token))),
            _ => Err(ApiException::authentication_failed()),
        }
    }

    fn authenticate_header(&self, _request: &Request) -> Option<String> {
        Some(self.keyword.to_owned())
    }
}
