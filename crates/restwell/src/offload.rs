//! Work that takes long and needs no database, such as hashing a password: no connection waits for it.
//!
//! A handler that asks for such work is given up, its transaction rolled back and its connection returned. Once the
//! work is done, the handler starts again and finds the result. What was asked of policies is not asked again.

use std::{any::Any, cell::RefCell};

use crate::{
    exceptions::{ApiException, Cause, Result},
    request::Request,
};

pub(crate) type Value = Box<dyn Any + Send>;
pub(crate) type Work = Box<dyn FnOnce() -> Value + Send>;

/// What a request has asked for, by the names that it gave, and what came of it.
#[derive(Default)]
pub(crate) struct Offloaded {
    waiting: RefCell<Option<(String, Work)>>,
    done: Vec<(String, Value)>,
}

impl Offloaded {
    /// The work that the handler was given up for.
    pub(crate) fn take(&self) -> Option<(String, Work)> {
        self.waiting.take()
    }

    /// Notes what came of it.
    pub(crate) fn put(&mut self, name: String, value: Value) {
        self.done.push((name, value));
    }
}

impl Request {
    /// The result of `work`, which runs while the request holds no connection.
    ///
    /// The handler runs again from its start, so nothing outside of the database may have been done before. `name` says
    /// which work it is, with all that it depends on.
    ///
    /// # Errors
    /// The first time, to be passed on as it is.
    pub fn offload<T: Any + Clone + Send>(
        &self,
        name: &str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let mut done = self.offloaded.done.iter();
        let known = done.find(|(known, _)| known == name);
        if let Some(value) = known.and_then(|(_, value)| value.downcast_ref::<T>()) {
            return Ok(value.clone());
        }
        let work: Work = Box::new(|| Box::new(work()));
        self.offloaded
            .waiting
            .replace(Some((name.to_owned(), work)));
        Err(ApiException {
            cause: Some(Cause::Offloaded),
            ..ApiException::internal("work was left to run without a connection")
        })
    }
}

/// Whether a handler was given up until its work is done.
pub(crate) fn is_offloaded(exception: &ApiException) -> bool {
    matches!(exception.cause, Some(Cause::Offloaded))
}
