//! Who asks: authenticators that a viewset lists and dispatch tries in order.

use crate::{db::Conn, exceptions::Result, request::Request};

/// A way to recognise a client.
pub trait Authentication: Send + Sync {
    /// Called before permissions, also where everybody is allowed: whether the credentials are of this kind.
    ///
    /// # Errors
    /// 401 or 403 for credentials of this kind that are wrong.
    fn authenticate(&self, request: &Request, conn: &mut Conn) -> Result<bool>;
}

/// Tries each in turn; the first that recognises the client ends the search.
pub(crate) fn perform_authentication(
    authenticators: &[&dyn Authentication],
    request: &Request,
    conn: &mut Conn,
) -> Result<()> {
    for authenticator in authenticators {
        if authenticator.authenticate(request, conn)? {
            break;
        }
    }
    Ok(())
}
