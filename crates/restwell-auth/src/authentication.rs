//! Who asks, by a name and a password or by the session in which they were given: DRF's `SessionAuthentication` and
//! `BasicAuthentication`.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use restwell::{
    authentication::{Authentication, Identity, credentials},
    csrf::check_csrf,
    db::Conn,
    exceptions::{ApiException, Result},
    request::Request,
};

use crate::{authenticate, get_user};

/// The user that the client's session remembers, see [`crate::login`]. Browsers send its cookie with every request,
/// so that each of an unsafe verb must pass [`check_csrf`].
pub struct SessionAuthentication;

impl Authentication for SessionAuthentication {
    fn authenticate(&self, request: &Request, conn: &mut Conn) -> Result<Option<Identity>> {
        let Some(user) = get_user(request, conn)? else {
            return Ok(None);
        };
        check_csrf(request)?;
        Ok(Some(Identity::new(user)))
    }
}

/// `Authorization: Basic …`, a user name and a password with every request (RFC 7617).
pub struct BasicAuthentication;

impl BasicAuthentication {
    /// What the client is asked to sign in to.
    pub const REALM: &'static str = "api";
}

impl Authentication for BasicAuthentication {
    fn authenticate(&self, request: &Request, conn: &mut Conn) -> Result<Option<Identity>> {
        let Some(word) = credentials(request, "Basic") else {
            return Ok(None);
        };
        let failed = ApiException::authentication_failed;
        let decoded = BASE64.decode(word?).map_err(|_| failed())?;
        let text = String::from_utf8(decoded).unwrap_or_else(|error| {
            let latin1 = error.as_bytes().iter().copied().map(char::from);
            latin1.collect()
        });
        let (username, password) = text.split_once(':').ok_or_else(failed)?;
        let user = authenticate(username, password, request, conn)?;
        user.map(|user| Some(Identity::new(user)))
            .ok_or_else(failed)
    }

    fn authenticate_header(&self, _request: &Request) -> Option<String> {
        Some(format!("Basic realm=\"{}\"", Self::REALM))
    }
}
