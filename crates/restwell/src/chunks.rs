//! A body as it arrives: counted, and not waited for without end.

use std::{future::poll_fn, pin::Pin, time::Duration};

use actix_web::web::{self, Bytes};
use futures_core::Stream;

use crate::{
    exceptions::{ApiException, Result},
    settings::Settings,
};

pub(crate) struct Chunks<'p> {
    payload: &'p mut web::Payload,
    left: u64,
    timeout: Duration,
}

impl<'p> Chunks<'p> {
    pub(crate) fn new(payload: &'p mut web::Payload, limit: u64, settings: &Settings) -> Self {
        Self {
            payload,
            left: limit,
            timeout: settings.body_timeout,
        }
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// 400 `parse_error` for a body that was cut off, 408 for a pause that is too long, 413 for more than the limit.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>> {
        let next = poll_fn(|context| Pin::new(&mut *self.payload).poll_next(context));
        let next = tokio::time::timeout(self.timeout, next).await;
        let chunk = next.map_err(|_| ApiException::request_timeout())?;
        let chunk = chunk.transpose().map_err(|_| ApiException::parse_error())?;
        if let Some(chunk) = &chunk {
            let left = self.left.checked_sub(chunk.len() as u64);
            self.left = left.ok_or_else(ApiException::too_large)?;
        }
        Ok(chunk)
    }

    /// All that is left.
    ///
    /// # Errors
    /// As [`Chunks::next`].
    pub(crate) async fn all(mut self) -> Result<Bytes> {
        let Some(first) = self.next().await? else {
            return Ok(Bytes::new());
        };
        let Some(second) = self.next().await? else {
            return Ok(first);
        };
        let mut all = [first, second].concat();
        while let Some(chunk) = self.next().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.into())
    }
}
