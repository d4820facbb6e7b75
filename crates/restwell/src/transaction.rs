//! What waits for the end of a request's transaction (Django's `transaction.on_commit`).
//!
//! A handler may run more than once, and what it did in the database is undone in between; a hook does the same for
//! what lies outside of it. Hooks of an attempt are forgotten with it.

use crate::request::Request;

type Hook = Box<dyn FnOnce() + Send>;

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Committed,
    RolledBack,
    /// The connection was lost during `COMMIT`.
    Unknown,
}

/// What one attempt of a handler leaves to be done.
#[derive(Default)]
pub(crate) struct Hooks {
    committed: Vec<Hook>,
    rolled_back: Vec<Hook>,
}

impl Hooks {
    /// Runs what was left for this ending, in order, and forgets the rest.
    pub(crate) fn run(&mut self, ending: Ending) {
        let Self {
            committed,
            rolled_back,
        } = &mut *self;
        let (committed, rolled_back) = (std::mem::take(committed), std::mem::take(rolled_back));
        let hooks = match ending {
            Ending::Committed => committed,
            Ending::RolledBack => rolled_back,
            Ending::Unknown => Vec::new(),
        };
        hooks.into_iter().for_each(|hook| hook());
    }
}

/// A handler that panics rolls back.
impl Drop for Hooks {
    fn drop(&mut self) {
        self.run(Ending::RolledBack);
    }
}

impl Request {
    /// Calls `hook` when the request's transaction is committed, and never if it is not.
    pub fn on_commit(&self, hook: impl FnOnce() + Send + 'static) {
        self.hooks.borrow_mut().committed.push(Box::new(hook));
    }

    /// Calls `hook` when the request's transaction is rolled back: the handler fails, or will run again. If the
    /// connection is lost while it is committed, neither kind of hook is called.
    pub fn on_rollback(&self, hook: impl FnOnce() + Send + 'static) {
        self.hooks.borrow_mut().rolled_back.push(Box::new(hook));
    }
}
