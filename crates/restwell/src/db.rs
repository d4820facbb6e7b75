//! The database side of a request: one connection, one statement counter, one transaction if it may write.
//!
//! r2d2 lets waiting threads overtake each other, so a fair queue stands in front of it, with as many threads as there
//! are connections: none of them waits for one.
//!
//! A handler may run more than once, and what it did in the database is undone in between; a hook
//! ([`Request::on_commit`]) does the same for what lies outside of it. Hooks of an attempt are forgotten with it.

use std::{cell::Cell, time::Duration};

use diesel::{
    Connection, PgConnection,
    connection::InstrumentationEvent,
    r2d2::{ConnectionManager, ManageConnection, Pool},
    result::{DatabaseErrorKind, Error as DieselError},
};

use crate::{
    exceptions::{ApiException, Cause, Result},
    queue::Queue,
    request::Request,
};

/// One connection to Postgres.
pub type Conn = PgConnection;

/// diesel forgets no prepared statement: a connection that holds more than these, of clients' rare combinations of
/// filters or fields, is replaced.
const MAX_PREPARED: u32 = 256;
/// How long opening a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

thread_local! {
    static STATEMENTS: Cell<u32> = const { Cell::new(0) };
    /// The statements that were prepared, to be kept, for the present job.
    static PREPARED: Cell<u32> = const { Cell::new(0) };
    /// Whether the job is done and only its `COMMIT` is under way.
    static COMMITTING: Cell<bool> = const { Cell::new(false) };
}

/// The pool of connections, and the queue in front of it.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Manager>,
    queue: Queue,
}

/// What a job gave, and how many statements it took.
pub struct Outcome<T> {
    /// The job's own result.
    pub result: Result<T>,
    /// The statements that were sent for it, `BEGIN` and `COMMIT` included.
    pub statements: u32,
}

impl Db {
    /// A pool of at most `size` connections; none is opened before the first is needed.
    pub fn new(url: &str, size: u32) -> Self {
        let pool = Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .connection_timeout(CONNECT_TIMEOUT)
            .test_on_check_out(false)
            .error_handler(Box::new(LogErrors))
            .build_unchecked(Manager(ConnectionManager::new(url)));
        Self {
            pool,
            queue: Queue::new(size as usize, "a connection to the database"),
        }
    }

    /// Runs `job` with a connection of its own, off the async threads.
    ///
    /// A job may run more than once: on another connection if the first turned out to be lost before anything was
    /// committed. A full queue, or a database that does not answer, is 503.
    pub async fn run<T, F>(&self, job: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T> + Send + 'static,
    {
        let pool = self.pool.clone();
        let outcome = self.queue.run(move || {
            STATEMENTS.set(0);
            let result = attempt(&pool, job);
            Outcome {
                result,
                statements: STATEMENTS.get(),
            }
        });
        outcome.await.unwrap_or_else(|exception| Outcome {
            result: Err(exception),
            statements: 0,
        })
    }
}

/// Every pooled connection may have died with the server, and each attempt throws one away. A `COMMIT` whose answer
/// was lost may have happened: it is not repeated.
fn attempt<T>(pool: &Pool<Manager>, mut job: impl FnMut(&mut Conn) -> Result<T>) -> Result<T> {
    COMMITTING.set(false);
    for _ in 0..=pool.max_size() {
        let mut pooled = pool
            .get()
            .map_err(|error| ApiException::unavailable(error.to_string()))?;
        PREPARED.set(0);
        let result = job(&mut pooled.conn);
        pooled.prepared += PREPARED.get();
        match &result {
            Err(exception) if is_lost(exception) => pooled.lost = true,
            _ => return result,
        }
        if COMMITTING.get() {
            break;
        }
    }
    Err(ApiException::unavailable(
        "the connection to the database was lost",
    ))
}

/// Whether the connection is gone, so that the job may be tried on another.
pub(crate) fn is_lost(exception: &ApiException) -> bool {
    match &exception.cause {
        Some(Cause::Database(DieselError::DatabaseError(kind, information))) => {
            matches!(kind, DatabaseErrorKind::ClosedConnection)
                // SQLSTATE 57P01 and 57P03: diesel has no kind for them.
                || information.message().starts_with("terminating connection")
                || information.message().contains("server closed the connection")
                || information.message().contains("no connection to the server")
        }
        Some(Cause::Database(DieselError::BrokenTransactionManager)) => true,
        _ => false,
    }
}

/// Runs `job` in one transaction: an error rolls back, and so does a refused `COMMIT`.
///
/// # Errors
/// The job's own error, or the database's.
pub fn transaction<T>(conn: &mut Conn, job: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    COMMITTING.set(false);
    let result = conn.transaction(|conn| {
        let value = job(conn)?;
        COMMITTING.set(true);
        Ok(value)
    });
    if result.is_ok() {
        COMMITTING.set(false);
    }
    result
}

/// How the transaction of this result ended.
pub(crate) fn ending<T>(result: &Result<T>) -> Ending {
    match result {
        Ok(_) => Ending::Committed,
        Err(exception) if COMMITTING.get() && is_lost(exception) => Ending::Unknown,
        Err(_) => Ending::RolledBack,
    }
}

/// The statements that this thread has sent for the present job.
pub fn statements() -> u32 {
    STATEMENTS.get()
}

/// Counts the statements of `conn` for [`statements`].
pub fn count_statements(conn: &mut Conn) {
    conn.set_instrumentation(|event: InstrumentationEvent<'_>| match event {
        InstrumentationEvent::StartQuery { .. } => STATEMENTS.set(STATEMENTS.get() + 1),
        InstrumentationEvent::CacheQuery { .. } => PREPARED.set(PREPARED.get() + 1),
        _ => {}
    });
}

/// A pooled connection that knows when it is of no more use.
struct Pooled {
    conn: Conn,
    lost: bool,
    prepared: u32,
}

struct Manager(ConnectionManager<Conn>);

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Pooled, Self::Error> {
        let mut conn = self.0.connect()?;
        count_statements(&mut conn);
        Ok(Pooled {
            conn,
            lost: false,
            prepared: 0,
        })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), Self::Error> {
        self.0.is_valid(&mut pooled.conn)
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.lost || pooled.prepared > MAX_PREPARED || self.0.has_broken(&mut pooled.conn)
    }
}

#[derive(Debug)]
struct LogErrors;

impl diesel::r2d2::HandleError<diesel::r2d2::Error> for LogErrors {
    fn handle_error(&self, error: diesel::r2d2::Error) {
        log::warn!("database: {error}");
    }
}

/// What waits for the end of a request's transaction.
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
