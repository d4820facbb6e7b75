//! Who may do what: policies that a viewset lists and dispatch asks, in order; the first refusal wins.

use crate::{
    db::Conn,
    exceptions::{ApiException, Result},
    request::Request,
};

/// A rule about requests.
pub trait Permission: Send + Sync {
    /// Called before the verb is looked at: whether the request may go on.
    ///
    /// # Errors
    /// Only when the question itself cannot be answered, e.g. the database is gone.
    fn has_permission(&self, request: &Request, conn: &mut Conn) -> Result<bool>;
}

/// Everybody may do everything.
pub struct AllowAny;

impl Permission for AllowAny {
    fn has_permission(&self, _request: &Request, _conn: &mut Conn) -> Result<bool> {
        Ok(true)
    }
}

/// 403 if any of the permissions says no.
pub(crate) fn check_permissions(
    permissions: &[&dyn Permission],
    request: &Request,
    conn: &mut Conn,
) -> Result<()> {
    for permission in permissions {
        if !permission.has_permission(request, conn)? {
            return Err(ApiException::permission_denied());
        }
    }
    Ok(())
}
