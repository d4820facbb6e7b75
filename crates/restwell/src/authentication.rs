//! Who asks: authenticators that a viewset lists and dispatch tries in order.

use std::any::Any;

use crate::{
    db::Conn,
    exceptions::{ApiException, Result},
    request::Request,
    routers::route_of,
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

/// Whom an authenticator recognised: a user, of the application's own type.
pub struct Identity(Box<dyn Any + Send>);

impl Identity {
    /// This user.
    pub fn new<U: Any + Send>(user: U) -> Self {
        Self(Box::new(user))
    }
}

impl Request {
    /// The user who asks; `None` for a stranger, or a user of another type.
    pub fn user<U: Any>(&self) -> Option<&U> {
        self.identity.as_ref()?.0.downcast_ref()
    }

    /// Whether an authenticator recognised the client.
    pub fn is_authenticated(&self) -> bool {
        self.identity.is_some()
    }
}

/// Tries each in turn; the first that recognises the client ends the search.
pub(crate) fn perform_authentication(
    authenticators: &[&dyn Authentication],
    request: &Request,
    conn: &mut Conn,
) -> Result<Option<Identity>> {
    for authenticator in authenticators {
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
    let first = route_of(request).policies().authentication.first();
    match first.and_then(|first| first.authenticate_header(request)) {
        Some(challenge) => ApiException {
            challenge: Some(challenge.into_boxed_str()),
            ..exception
        },
        None => exception.forbidden(),
    }
}
