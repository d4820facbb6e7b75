//! One connection a request. r2d2's waiters overtake each other, so a fair queue stands in front of the pool.

use std::{sync::Arc, time::Duration};

use actix_web::web;
use diesel::{
    PgConnection,
    r2d2::{ConnectionManager, Pool},
};
use tokio::{sync::Semaphore, time::timeout};

use crate::answer::Failure;

const QUEUE_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The pool, and as many turns as it has connections.
pub(crate) struct Db {
    pool: Pool<ConnectionManager<PgConnection>>,
    turns: Arc<Semaphore>,
}

impl Db {
    /// At most `size` connections, opened when they are first needed.
    pub(crate) fn new(url: &str, size: u32) -> Self {
        let pool = Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .connection_timeout(CONNECT_TIMEOUT)
            .test_on_check_out(false)
            .build_unchecked(ConnectionManager::new(url));
        Self {
            pool,
            turns: Arc::new(Semaphore::new(size as usize)),
        }
    }

    /// Runs `job` off the async threads.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut PgConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let turn = timeout(QUEUE_TIMEOUT, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(Failure::Busy);
        };
        let pool = self.pool.clone();
        let done = web::block(move || {
            let _turn = turn;
            let mut conn = pool.get().map_err(|_| Failure::Busy)?;
            job(&mut conn)
        });
        done.await.unwrap_or(Err(Failure::Internal))
    }
}
