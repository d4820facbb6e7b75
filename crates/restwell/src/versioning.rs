//! Which version of an API a client asks for.

use crate::{exceptions::Result, request::Request};

/// A way to name a version.
pub trait Versioning: Send + Sync {
    /// Called after negotiation: the version that the request asks for.
    ///
    /// # Errors
    /// 404 or 406 for a version that does not exist (contract §14).
    fn determine_version(&self, request: &Request) -> Result<Option<String>>;
}
