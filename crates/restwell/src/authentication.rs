//! Who asks: authenticators that a viewset lists and dispatch tries in order.

use std::{any::Any, cell::OnceCell, collections::HashSet};

use actix_web::http::header;

use crate::{
    crypto::hashers::{self, HashError, Verdict},
    db::Conn,
    exceptions::{ApiException, Result},
    request::Request,
    scopes::{Limit, Scopes},
};

/// A way to recognise a client.
pub trait Authentication: Send + Sync {
    /// Called before permissions, also where everybody is allowed: who the client is, or `None` if the request has no
    /// credentials of this kind, so that the next authenticator is asked.
    ///
    /// # Errors
    /// [`ApiException::authentication_failed`] for credentials of this kind that are wrong.
    fn authenticate(&self, request: &Request, conn: &mut Conn) -> Result<Option<Identity>>;

    /// Called of a view's first authenticator: what `WWW-Authenticate` says of a request whose credentials are missing
    /// or wrong. Without it such a request is 403, not 401 (contract §11.2).
    fn authenticate_header(&self, _request: &Request) -> Option<String> {
        None
    }
}

/// Someone who can be recognised: Django's user, which is `restwell_auth::User`, or a type of the application's own.
pub trait AbstractUser: Any + Send {
    /// What throttles count by: the primary key, as text.
    fn key(&self) -> String;

    /// Called by [`crate::permissions::IsAdminUser`]: whether this is one of the staff.
    fn is_staff(&self) -> bool {
        false
    }

    /// Called at most once a request, when a permission is first asked for.
    ///
    /// # Errors
    /// The database's.
    fn permissions(&self, _conn: &mut Conn) -> Result<Permissions> {
        Ok(Permissions::Some(HashSet::new()))
    }
}

/// What a user may do with models, as Django names it: `catalog.add_book`.
pub enum Permissions {
    /// Everything.
    All,
    /// Just this.
    Some(HashSet<String>),
}

impl Permissions {
    /// Whether this one is among them.
    pub fn contains(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Some(names) => names.contains(name),
        }
    }
}

/// Whom an authenticator recognised, and by what.
pub struct Identity {
    user: Box<dyn AbstractUser>,
    auth: Option<Box<dyn Any + Send>>,
    permissions: OnceCell<Permissions>,
    /// What the credential lets its user do, if not everything.
    pub(crate) limit: Option<Limit>,
}

impl Identity {
    /// This user.
    pub fn new(user: impl AbstractUser) -> Self {
        Self {
            user: Box::new(user),
            auth: None,
            permissions: OnceCell::new(),
            limit: None,
        }
    }

    /// Recognised by this credential: DRF's `request.auth`.
    #[must_use]
    pub fn with_auth(self, auth: impl Any + Send) -> Self {
        Self {
            auth: Some(Box::new(auth)),
            ..self
        }
    }

    /// Of what this user may do, the credential lets them do only this ([`crate::scopes`]).
    #[must_use]
    pub fn with_scopes(self, scopes: Scopes) -> Self {
        Self {
            limit: Some(Limit::to(scopes)),
            ..self
        }
    }
}

impl Request {
    /// The user who asks; `None` for a stranger, or a user of another type.
    pub fn user<U: AbstractUser>(&self) -> Option<&U> {
        let user: &dyn Any = &*self.identity.as_ref()?.user;
        user.downcast_ref()
    }

    /// What the user was recognised by; `None` if that is of another type, or nothing that is kept.
    pub fn auth<A: Any>(&self) -> Option<&A> {
        self.identity.as_ref()?.auth.as_ref()?.downcast_ref()
    }

    /// Whether an authenticator recognised the client.
    pub fn is_authenticated(&self) -> bool {
        self.identity.is_some()
    }

    /// The primary key of the user who asks, as text.
    pub fn user_key(&self) -> Option<String> {
        Some(self.identity.as_ref()?.user.key())
    }

    /// Whether the user who asks is one of the staff.
    pub fn is_staff(&self) -> bool {
        let identity = self.identity.as_ref();
        identity.is_some_and(|identity| identity.user.is_staff())
    }

    /// Whether the user who asks has this permission, e.g. `catalog.add_book`, and their credential's scopes cover it: at
    /// most one statement a request.
    ///
    /// # Errors
    /// The database's.
    pub fn has_perm(&self, name: &str, conn: &mut Conn) -> Result<bool> {
        let Some(Identity {
            user, permissions, ..
        }) = &self.identity
        else {
            return Ok(false);
        };
        if !self.is_in_scope(name) {
            return Ok(false);
        }
        let known = match permissions.get() {
            Some(known) => known,
            None => {
                let loaded = user.permissions(conn)?;
                permissions.get_or_init(|| loaded)
            }
        };
        let is_held = known.contains(name);
        if is_held {
            self.note_coverage();
        }
        Ok(is_held)
    }
}

/// What stands behind `keyword` in `Authorization`, if that is its scheme in any case; 401 unless it is one word
/// (contract §11.5, §11.6).
pub fn credentials<'a>(request: &'a Request, keyword: &str) -> Option<Result<&'a str>> {
    let header = request.headers.get(header::AUTHORIZATION)?.as_bytes();
    let mut words = header
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    let scheme = words.next()?;
    if !scheme.eq_ignore_ascii_case(keyword.as_bytes()) {
        return None;
    }
    let word = match (words.next(), words.next()) {
        (Some(word), None) => std::str::from_utf8(word)
            .ok()
            .filter(|word| !word.contains('\0')),
        _ => None,
    };
    Some(word.ok_or_else(ApiException::authentication_failed))
}

/// Tries each in turn; the first that recognises the client ends the search.
pub(crate) fn perform_authentication(
    request: &Request,
    conn: &mut Conn,
) -> Result<Option<Identity>> {
    for authenticator in request.authenticators() {
        if let Some(identity) = authenticator.authenticate(request, conn)? {
            return Ok(Some(identity));
        }
    }
    Ok(None)
}

/// A 401 says how to authenticate; where the first authenticator does not, it is 403 (contract §11.2).
pub(crate) fn challenge(exception: ApiException, request: &Request) -> ApiException {
    if !exception.is_unauthorized() {
        return exception;
    }
    let first = request.authenticators().first();
    match first.and_then(|first| first.authenticate_header(request)) {
        Some(challenge) => ApiException {
            challenge: Some(challenge.into_boxed_str()),
            ..exception
        },
        None => exception.forbidden(),
    }
}

impl Request {
    /// What is stored for a password, by the service's hasher; the handler starts again after it
    /// ([`Request::offload`]).
    ///
    /// # Errors
    /// 500 if the hasher costs more than it may.
    pub fn make_password(&self, password: &str) -> Result<String> {
        let hasher = self.settings.password_hasher;
        let text = password.to_owned();
        let name = format!("make_password {password}");
        let encoded = self.offload(&name, move || hashers::make_password(&text, hasher))?;
        Ok(encoded?)
    }

    /// What is known of a password after a look at its hash; without one it takes as long.
    ///
    /// # Errors
    /// 500 if the hasher costs more than it may.
    pub fn check_password(&self, password: &str, encoded: Option<&str>) -> Result<Verdict> {
        let hasher = self.settings.password_hasher;
        let texts = (password.to_owned(), encoded.map(str::to_owned));
        let name = format!("check_password {encoded:?} {password}");
        let verdict = self.offload(&name, move || match texts {
            (password, Some(encoded)) => hashers::check_password(&password, &encoded, hasher),
            (password, None) => {
                hashers::check_unknown_user(&password, hasher).map(|()| Verdict::default())
            }
        })?;
        Ok(verdict?)
    }
}

/// A fault of ours: the settings', or the machine's.
impl From<HashError> for ApiException {
    fn from(error: HashError) -> Self {
        Self::internal(format!("{error}; see `Settings::password_hasher`"))
    }
}
