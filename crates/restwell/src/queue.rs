//! A fair queue in front of what is scarce: first come, first served, and none without end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::exceptions::{ApiException, Result};

/// How many may wait for one turn before the next is refused.
const WAITING_PER_TURN: usize = 64;
/// How long one may wait.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Clones are one queue.
#[derive(Clone)]
pub(crate) struct Queue {
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    places: usize,
    /// What is waited for, as logs say it.
    scarce: &'static str,
}

impl Queue {
    /// As many turns at once as there is of what is `scarce`.
    pub(crate) fn new(turns: usize, scarce: &'static str) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(turns)),
            waiting: Arc::default(),
            places: turns * WAITING_PER_TURN,
            scarce,
        }
    }

    /// Waits for a turn, which ends when it is dropped.
    ///
    /// # Errors
    /// 503 if too many wait, or after too long.
    pub(crate) async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        let _place = Place::take(&self.waiting);
        if self.waiting.load(Ordering::Relaxed) > self.places {
            return Err(self.unavailable("too many requests wait for"));
        }
        match tokio::time::timeout(TIMEOUT, Arc::clone(&self.turns).acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) => Err(self.unavailable("nobody waits any more for")),
            Err(_) => Err(self.unavailable("a request waited too long for")),
        }
    }

    fn unavailable(&self, what: &str) -> ApiException {
        ApiException::unavailable(format!("{what} {}", self.scarce))
    }
}

/// A place in the queue, given up when dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
