//! One token a user, sent with every request: DRF's `rest_framework.authtoken` (contract §11.6, §11.8).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use restwell::{
    api_views::ApiView,
    authentication::{Authentication, Identity, credentials},
    crypto::random_string,
    db::Conn,
    exceptions::{ApiException, ErrorDetail, NON_FIELD_ERRORS, Result},
    parsers::Parser,
    prelude::{PlainSerializer, Serializer},
    renderers::JSON,
    request::Request,
    response::Response,
    throttling::Throttle,
    viewsets::Policies,
};
use serde_json::json;

use crate::{
    User,
    api_keys::is_api_key,
    authenticate,
    schema::{auth_user, authtoken_token},
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

impl Token {
    /// The user's token; a new one if there is none yet. One statement, or two.
    ///
    /// # Errors
    /// The database's.
    pub fn get_or_create(user: &User, conn: &mut Conn) -> QueryResult<Self> {
        let mut known = authtoken_token::table
            .filter(authtoken_token::user_id.eq(user.id))
            .select(Self::as_select())
            .first(conn)
            .optional()?;
        if let Some(token) = known.take() {
            return Ok(token);
        }
        diesel::insert_into(authtoken_token::table)
            .values((
                authtoken_token::key.eq(random_string(40, b"0123456789abcdef")),
                authtoken_token::created.eq(Utc::now()),
                authtoken_token::user_id.eq(user.id),
            ))
            // Another request may have been faster: its token is taken.
            .on_conflict(authtoken_token::user_id)
            .do_update()
            .set(authtoken_token::user_id.eq(user.id))
            .returning(Self::as_select())
            .get_result(conn)
    }
}

/// What is asked of who wants a token.
#[derive(Serializer)]
#[serializer(plain)]
struct AuthTokenSerializer {
    username: String,
    #[field(trim_whitespace = false)]
    password: String,
    #[field(read_only)]
    token: String,
}

/// `POST` of a user name and a password gives the user's token: DRF's `obtain_auth_token`. Everybody may ask, as often
/// as these throttles let them.
pub fn obtain_auth_token(throttles: &'static [&'static dyn Throttle]) -> ApiView {
    ApiView::new("ObtainAuthToken")
        .serializer::<AuthTokenSerializer>()
        .parsers(&[Parser::FORM, Parser::MULTI_PART, Parser::JSON])
        .renderers(&[JSON])
        .policies(Policies {
            permissions: Some(&[]),
            throttles: Some(throttles),
            ..Policies::DEFAULT
        })
        .non_atomic()
        .post(|request, conn| {
            let AuthTokenData {
                username, password, ..
            } = AuthTokenSerializer::validated(request, conn)?;
            let user = authenticate(&username, &password, request, conn)?;
            let user = user.ok_or_else(|| {
                let message = "There is no such user, or this is not their password.";
                ApiException::field(NON_FIELD_ERRORS, ErrorDetail::new(message, "authorization"))
            })?;
            let token = Token::get_or_create(&user, conn)?;
            Response::ok(request, &json!({ "token": token.key }))
        })
}

/// `Authorization: Token 9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b`. One statement a request. What can only be an API key
/// is left to [`crate::api_keys::ApiKeyAuthentication`], wherever that stands.
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
        let key = key?;
        if is_api_key(key) {
            return Ok(None);
        }
        let found = authtoken_token::table
            .inner_join(auth_user::table.on(auth_user::id.eq(authtoken_token::user_id)))
            .filter(authtoken_token::key.eq(key))
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
