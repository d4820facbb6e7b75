//! Runs diesel's migrations so that any number of replicas may start at the same time.
//!
//! Diesel takes no lock of its own. Everything that changes the schema here holds a session-level advisory lock, which needs a
//! direct connection: behind `PgBouncer` in transaction mode the lock and the work could land on different sessions.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::dsl::sql;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use diesel_migrations::MigrationHarness;

use schema::__diesel_schema_migrations;

/// The key of the advisory lock: the ASCII bytes of `restwell`, read as one big-endian number (8243121637028097132).
///
/// Advisory locks belong to one database, so services that share a server but not a database do not wait for each other.
pub const LOCK_ID: i64 = i64::from_be_bytes(*b"restwell");

const LOCK_POLL: Duration = Duration::from_millis(200);

/// Diesel's own table, apart from the time in it.
mod schema {
    diesel::table! {
        __diesel_schema_migrations (version) {
            version -> VarChar,
        }
    }
}

/// Why migrations could not be listed, run or reverted.
#[derive(Debug)]
pub enum MigrateError {
    /// The database refused the lock or the list of applied migrations.
    Database(diesel::result::Error),
    /// The program's own migrations cannot be read.
    Source(Box<dyn Error + Send + Sync>),
    /// One migration failed; a transaction undid it, those before it stay applied.
    Migration {
        /// The migration's full name.
        name: String,
        /// What the database, or the missing `down.sql`, said.
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The newest applied version is not part of this program, so nothing can be reverted.
    Unknown(String),
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MigrateError::Database(error) => write!(f, "migrations: {error}"),
            MigrateError::Source(error) => {
                write!(f, "the program's migrations cannot be read: {error}")
            }
            MigrateError::Migration { name, cause } => {
                let cause = cause.to_string();
                // Diesel's own message repeats the name for some failures only.
                let cause = cause
                    .strip_prefix(&format!("Failed to run {name} with: "))
                    .unwrap_or(&cause);
                write!(f, "migration {name} failed: {cause}")
            }
            MigrateError::Unknown(version) => write!(
                f,
                "migration {version} was applied by another version of this program, which must revert it"
            ),
        }
    }
}

impl Error for MigrateError {}

impl From<diesel::result::Error> for MigrateError {
    fn from(error: diesel::result::Error) -> Self {
        MigrateError::Database(error)
    }
}

type Migrations = Vec<Box<dyn Migration<Pg>>>;

/// Applies what is pending, oldest first, each in a transaction of its own, and returns the names.
///
/// Waits while another process migrates. `conn` must be a direct connection (see the module).
pub fn up(
    conn: &mut PgConnection,
    migrations: &impl MigrationSource<Pg>,
) -> Result<Vec<String>, MigrateError> {
    with_lock(conn, |conn| {
        let applied = get_applied(conn)?;
        let pending = sorted(migrations)?
            .into_iter()
            .filter(|migration| !applied.contains(&version(migration)));
        // Called for its side effect: it creates the table in which diesel keeps the versions.
        conn.applied_migrations().map_err(MigrateError::Source)?;
        let mut done = Vec::new();
        for migration in pending {
            let name = migration.name().to_string();
            log::info!("applying migration {name}");
            conn.run_migration(&migration)
                .map_err(|cause| MigrateError::Migration {
                    name: name.clone(),
                    cause,
                })?;
            done.push(name);
        }
        Ok(done)
    })?
}

/// Reverts the last `n` applied migrations, newest first, or as many as there are, and returns the names.
///
/// Waits while another process migrates. `conn` must be a direct connection (see the module).
pub fn down(
    conn: &mut PgConnection,
    migrations: &impl MigrationSource<Pg>,
    n: usize,
) -> Result<Vec<String>, MigrateError> {
    with_lock(conn, |conn| {
        let known = sorted(migrations)?;
        let mut done = Vec::new();
        for applied in get_applied(conn)?.into_iter().rev().take(n) {
            let migration = known
                .iter()
                .find(|migration| version(*migration) == applied);
            let migration = migration.ok_or(MigrateError::Unknown(applied))?;
            let name = migration.name().to_string();
            log::info!("reverting migration {name}");
            conn.revert_migration(migration)
                .map_err(|cause| MigrateError::Migration {
                    name: name.clone(),
                    cause,
                })?;
            done.push(name);
        }
        Ok(done)
    })?
}

/// Lists the program's migrations, oldest first, and whether each is applied.
pub fn list(
    conn: &mut PgConnection,
    migrations: &impl MigrationSource<Pg>,
) -> Result<Vec<(String, bool)>, MigrateError> {
    let applied = get_applied(conn)?;
    let all = sorted(migrations)?;
    Ok(all
        .iter()
        .map(|migration| {
            (
                migration.name().to_string(),
                applied.contains(&version(migration)),
            )
        })
        .collect())
}

/// Lists what [`up`] would apply.
///
/// Only reads and takes no lock, so that a readiness probe may call it on any connection, also before the first migration.
pub fn pending(
    conn: &mut PgConnection,
    migrations: &impl MigrationSource<Pg>,
) -> Result<Vec<String>, MigrateError> {
    let all = list(conn, migrations)?;
    Ok(all
        .into_iter()
        .filter(|(_, is_applied)| !is_applied)
        .map(|(name, _)| name)
        .collect())
}

/// Runs `f` while no other process migrates or seeds this database, and returns what `f` returned.
///
/// The lock is released when `f` returns, whatever it returns, and when it panics. The session may take it again inside `f`.
pub fn with_lock<T>(
    conn: &mut PgConnection,
    f: impl FnOnce(&mut PgConnection) -> T,
) -> Result<T, MigrateError> {
    lock(conn)?;
    let outcome = catch_unwind(AssertUnwindSafe(|| f(&mut *conn)));
    if outcome.is_err() {
        // A panic leaves its transaction open, and Postgres would refuse to unlock in a failed one.
        while AnsiTransactionManager::rollback_transaction(conn).is_ok() {}
    }
    if let Err(error) = unlock(conn) {
        // The work is done; a session that is gone has given up its locks.
        log::warn!("the migration lock was not released, closing the connection will: {error}");
    }
    outcome.map_err(|panic: Box<dyn Any + Send>| resume_unwind(panic))
}

/// Polls instead of waiting in `pg_advisory_lock`: a waiting statement holds a snapshot, and `CREATE INDEX CONCURRENTLY` in the
/// migration of another replica would wait for that snapshot for ever.
fn lock(conn: &mut PgConnection) -> Result<(), MigrateError> {
    let mut is_told = false;
    while !diesel::select(
        sql::<Bool>("pg_try_advisory_lock(")
            .bind::<BigInt, _>(LOCK_ID)
            .sql(")"),
    )
    .get_result(conn)?
    {
        if !is_told {
            log::info!("another process is migrating this database; waiting for it");
            is_told = true;
        }
        thread::sleep(LOCK_POLL);
    }
    Ok(())
}

fn unlock(conn: &mut PgConnection) -> QueryResult<bool> {
    diesel::select(
        sql::<Bool>("pg_advisory_unlock(")
            .bind::<BigInt, _>(LOCK_ID)
            .sql(")"),
    )
    .get_result(conn)
}

/// The applied versions, oldest first; none when diesel's table is missing, which diesel's own function would create.
fn get_applied(conn: &mut PgConnection) -> Result<Vec<String>, MigrateError> {
    let exists = sql::<Bool>("to_regclass('__diesel_schema_migrations') IS NOT NULL");
    if !diesel::select(exists).get_result(conn)? {
        return Ok(Vec::new());
    }
    let versions = __diesel_schema_migrations::table.select(__diesel_schema_migrations::version);
    Ok(versions
        .order(__diesel_schema_migrations::version)
        .load(conn)?)
}

fn sorted(migrations: &impl MigrationSource<Pg>) -> Result<Migrations, MigrateError> {
    let mut all = migrations.migrations().map_err(MigrateError::Source)?;
    all.sort_by_key(|migration| version(migration));
    Ok(all)
}

fn version(migration: &dyn Migration<Pg>) -> String {
    migration.name().version().to_string()
}
