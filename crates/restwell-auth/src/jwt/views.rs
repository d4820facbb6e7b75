//! Getting tokens, exchanging them, and giving them back.

use actix_web::http::StatusCode;
use restwell::{
    api_views::ApiView,
    authentication::{Authentication, Identity},
    db::Conn,
    exceptions::{ApiException, Result},
    prelude::{PlainSerializer, Serializer},
    renderers::JSON,
    request::Request,
    response::Response,
    throttling::Throttle,
    viewsets::Policies,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    Jwt, JwtAuthentication,
    claims::{Claims, Token, TokenType},
    families, token_not_valid,
};
use crate::{User, authenticate};

/// `POST` of a user name and a password gives a pair of tokens. Three statements.
pub fn token_obtain_pair(jwt: Jwt, throttles: &'static [&'static dyn Throttle]) -> ApiView {
    token_view("TokenObtainPair", throttles)
        .serializer::<TokenObtainPairSerializer>()
        .post(move |request, conn| {
            let TokenObtainPairData { username, password } =
                TokenObtainPairSerializer::validated(request, conn)?;
            let user = authenticate(&username, &password, request, conn)?;
            let user = user.ok_or_else(no_active_account)?;
            let family = Uuid::new_v4();
            let refresh = Claims::new(&jwt, &user, Some(family), &request.settings);
            families::start(family, &user, &refresh, conn)?;
            let (refresh, access) = (
                refresh.encode(&request.settings)?,
                access(&jwt, &user, request)?,
            );
            Response::ok(request, &json!({ "refresh": refresh, "access": access }))
        })
}

/// `POST` of a refresh token gives the next pair. A token that was used before is in two hands: all that descend from the
/// same sign-in are worth nothing from then on. Two statements.
pub fn token_refresh(jwt: Jwt, throttles: &'static [&'static dyn Throttle]) -> ApiView {
    token_view("TokenRefresh", throttles)
        .serializer::<TokenRefreshSerializer>()
        .post(move |request, conn| {
            let (token, family) = refresh_token(&jwt, request, conn)?;
            let Some(user) = token.user(conn)? else {
                families::end(family, conn)?;
                return Err(token_not_valid());
            };
            let next = Claims::new(&jwt, &user, Some(family), &request.settings);
            let (access, refresh) = (access(&jwt, &user, request)?, next.encode(&request.settings)?);
            if !families::rotate(family, &token.claims, &next, conn)? {
                if families::end(family, conn)? {
                    log::warn!(target: "restwell_auth::jwt", user = user.id; "a refresh token was used twice");
                }
                return Err(token_not_valid());
            }
            Response::ok(request, &json!({ "access": access, "refresh": refresh }))
        })
}

/// `POST` of a refresh token signs out: it can be exchanged no more. Access tokens last until they end. One statement.
pub fn token_blacklist(jwt: Jwt, throttles: &'static [&'static dyn Throttle]) -> ApiView {
    token_view("TokenBlacklist", throttles)
        .serializer::<TokenRefreshSerializer>()
        .post(move |request, conn| {
            let (_, family) = refresh_token(&jwt, request, conn)?;
            match families::end(family, conn)? {
                true => Response::ok(request, &json!({})),
                false => Err(token_not_valid()),
            }
        })
}

/// What is asked of who wants tokens.
#[derive(Serializer)]
#[serializer(plain)]
struct TokenObtainPairSerializer {
    username: String,
    #[field(trim_whitespace = false)]
    password: String,
}

/// What is asked of who has a refresh token.
#[derive(Serializer)]
#[serializer(plain)]
struct TokenRefreshSerializer {
    refresh: String,
}

/// Recognises nobody, but lets refusals be 401.
struct Challenge;

impl Authentication for Challenge {
    fn authenticate(&self, _request: &Request, _conn: &mut Conn) -> Result<Option<Identity>> {
        Ok(None)
    }

    fn authenticate_header(&self, _request: &Request) -> Option<String> {
        Some(JwtAuthentication::CHALLENGE.to_owned())
    }
}

/// What a refusal changes must stay, so that no handler is a transaction.
fn token_view(name: &'static str, throttles: &'static [&'static dyn Throttle]) -> ApiView {
    ApiView::new(name)
        .renderers(&[JSON])
        .policies(Policies {
            authentication: Some(&[&Challenge]),
            permissions: Some(&[]),
            throttles: Some(throttles),
            ..Policies::DEFAULT
        })
        .non_atomic()
}

fn refresh_token<'r>(
    jwt: &Jwt,
    request: &'r Request,
    conn: &mut Conn,
) -> Result<(Token<'r>, Uuid)> {
    let TokenRefreshData { refresh } = TokenRefreshSerializer::validated(request, conn)?;
    let token = jwt.decode(&refresh, TokenType::Refresh, &request.settings);
    let token = token.ok_or_else(token_not_valid)?;
    let family = token.claims.family.ok_or_else(token_not_valid)?;
    Ok((token, family))
}

fn access(jwt: &Jwt, user: &User, request: &Request) -> Result<String> {
    Claims::new(jwt, user, None, &request.settings).encode(&request.settings)
}

fn no_active_account() -> ApiException {
    ApiException::new(
        StatusCode::UNAUTHORIZED,
        "There is no such user, or this is not their password.",
        "no_active_account",
    )
}
