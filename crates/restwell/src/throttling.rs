//! How often: throttles that a viewset lists; dispatch asks all of them, after permissions.

use crate::{
    db::Conn,
    exceptions::{ApiException, Result},
    request::Request,
};

/// A limit on the number of requests.
pub trait Throttle: Send + Sync {
    /// Called for each request that is permitted: `Some(seconds)` to wait, 0 if nobody knows how long, or `None` to go on.
    ///
    /// # Errors
    /// When the count itself cannot be had.
    fn wait(&self, request: &Request, conn: &mut Conn) -> Result<Option<u64>>;
}

/// 429 with the longest wait, after every throttle has counted the request (contract §13.4).
pub(crate) fn check_throttles(
    throttles: &[&dyn Throttle],
    request: &Request,
    conn: &mut Conn,
) -> Result<()> {
    let mut longest = None;
    for throttle in throttles {
        longest = longest.max(throttle.wait(request, conn)?);
    }
    match longest {
        None => Ok(()),
        wait => Err(ApiException::throttled(wait)),
    }
}
