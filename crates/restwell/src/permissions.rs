//! Who may do what: policies that a viewset lists and dispatch asks, in order; the first refusal wins.

use std::any::Any;

use crate::{
    db::Conn,
    exceptions::{ApiException, Result},
    request::Request,
    routers::route_of,
};

/// A rule about requests, and about the objects that they name.
pub trait Permission: Send + Sync {
    /// Called before the verb is looked at: whether the request may go on.
    ///
    /// # Errors
    /// A refusal in words of its own, or when the question itself cannot be answered, e.g. the database is gone.
    fn has_permission(&self, request: &Request, conn: &mut Conn) -> Result<bool>;

    /// Called when a detail action has found its object, which is a row of the viewset's model:
    /// `object.downcast_ref::<Book>()`. Lists and `create` never ask.
    ///
    /// # Errors
    /// As [`Permission::has_permission`].
    fn has_object_permission(
        &self,
        _request: &Request,
        _object: &dyn Any,
        _conn: &mut Conn,
    ) -> Result<bool> {
        Ok(true)
    }
}

/// Everybody may do everything.
pub struct AllowAny;

impl Permission for AllowAny {
    fn has_permission(&self, _request: &Request, _conn: &mut Conn) -> Result<bool> {
        Ok(true)
    }
}

/// Clients that an authenticator recognised may do everything.
pub struct IsAuthenticated;

impl Permission for IsAuthenticated {
    fn has_permission(&self, request: &Request, _conn: &mut Conn) -> Result<bool> {
        Ok(request.is_authenticated())
    }
}

/// 401 or 403 if any of the permissions says no.
pub(crate) fn check_permissions(
    permissions: &[&dyn Permission],
    request: &Request,
    conn: &mut Conn,
) -> Result<()> {
    for permission in permissions {
        if !permission.has_permission(request, conn)? {
            return Err(denied(request));
        }
    }
    Ok(())
}

/// 401 or 403 if any of the permissions of the request's route says no to this object.
pub(crate) fn check_object_permissions(
    request: &Request,
    object: &dyn Any,
    conn: &mut Conn,
) -> Result<()> {
    for permission in route_of(request).policies().permissions {
        if !permission.has_object_permission(request, object, conn)? {
            return Err(denied(request));
        }
    }
    Ok(())
}

/// A stranger might be allowed once they say who they are, if the view can recognise anyone (contract §11.3).
fn denied(request: &Request) -> ApiException {
    let recognises = !route_of(request).policies().authentication.is_empty();
    match recognises && !request.is_authenticated() {
        true => ApiException::not_authenticated(),
        false => ApiException::permission_denied(),
    }
}
