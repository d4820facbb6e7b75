//! Migrations on a real database, also from many replicas at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use diesel_migrations::FileBasedMigrations;
use restwell_postgres::embedded::{Embedded, Options};
use restwell_postgres::migrate::{LOCK_ID, down, list, pending, up, with_lock};

const FIRST: &str = "2026-01-01-000000_create_shelf";
const SECOND: &str = "2026-01-02-000000_create_room";

/// Migrations written to a folder, (name, up, down) each.
struct Migrations(std::path::PathBuf);

impl Migrations {
    fn new(test: &str, migrations: &[(&str, &str, &str)]) -> Migrations {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("migrations")
            .join(test);
        let _ = std::fs::remove_dir_all(&folder);
        for (name, up, down) in migrations {
            std::fs::create_dir_all(folder.join(name)).unwrap();
            std::fs::write(folder.join(name).join("up.sql"), up).unwrap();
            std::fs::write(folder.join(name).join("down.sql"), down).unwrap();
        }
        Migrations(folder)
    }

    fn library(test: &str) -> Migrations {
        let second = (SECOND, "CREATE TABLE room (id int)", "DROP TABLE room");
        Migrations::new(
            test,
            &[
                second,
                (FIRST, "CREATE TABLE shelf (id int)", "DROP TABLE shelf"),
            ],
        )
    }
}

impl MigrationSource<Pg> for Migrations {
    fn migrations(&self) -> diesel::migration::Result<Vec<Box<dyn Migration<Pg>>>> {
        FileBasedMigrations::from_path(&self.0)?.migrations()
    }
}

/// A database of its own on the cluster that the tests share.
struct Database {
    embedded: Embedded,
    name: String,
}

impl Database {
    fn new(test: &str) -> Database {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("migrate");
        let embedded = Embedded::start_with(&folder, &Options::throwaway()).unwrap();
        let mut conn = PgConnection::establish(&embedded.url("postgres")).unwrap();
        conn.batch_execute(&format!("DROP DATABASE IF EXISTS {test}"))
            .unwrap();
        embedded.ensure_database(test).unwrap();
        Database {
            embedded,
            name: test.to_owned(),
        }
    }

    fn connect(&self) -> PgConnection {
        PgConnection::establish(&self.embedded.url(&self.name)).unwrap()
    }
}

fn is_locked(conn: &mut PgConnection) -> bool {
    let locks =
        sql::<BigInt>("(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = ")
            .sql("(SELECT oid FROM pg_database WHERE datname = current_database()))");
    diesel::select(locks).get_result::<i64>(conn).unwrap() > 0
}

#[test]
fn migrations_go_up_in_order_and_down_in_reverse() {
    let database = Database::new("up_and_down");
    let migrations = Migrations::library("up_and_down");
    let conn = &mut database.connect();
    assert_eq!(up(conn, &migrations).unwrap(), [FIRST, SECOND]);
    assert!(up(conn, &migrations).unwrap().is_empty());
    assert_eq!(down(conn, &migrations, 1).unwrap(), [SECOND]);
    assert_eq!(
        list(conn, &migrations).unwrap(),
        [(FIRST.to_owned(), true), (SECOND.to_owned(), false)]
    );
    assert_eq!(pending(conn, &migrations).unwrap(), [SECOND]);
    assert_eq!(up(conn, &migrations).unwrap(), [SECOND]);
    assert_eq!(down(conn, &migrations, 9).unwrap(), [SECOND, FIRST]);
    assert!(!is_locked(conn));
}

#[test]
fn pending_reads_only() {
    let database = Database::new("reads_only");
    let migrations = Migrations::library("reads_only");
    let conn = &mut database.connect();
    conn.batch_execute("SET default_transaction_read_only = on")
        .unwrap();
    assert_eq!(pending(conn, &migrations).unwrap(), [FIRST, SECOND]);
    let table = sql::<Bool>("to_regclass('__diesel_schema_migrations') IS NULL");
    assert!(diesel::select(table).get_result::<bool>(conn).unwrap());
}

#[test]
fn a_failing_migration_is_named_and_undone_and_those_before_it_stay() {
    let database = Database::new("failing");
    let broken = (SECOND, "CREATE TABLE room (id int); SELECT nonsense", "");
    let migrations = Migrations::new(
        "failing",
        &[(FIRST, "CREATE TABLE shelf (id int)", ""), broken],
    );
    let conn = &mut database.connect();
    let error = up(conn, &migrations).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("migration {SECOND} failed: column \"nonsense\" does not exist")
    );
    assert!(!is_locked(conn));
    assert_eq!(pending(conn, &migrations).unwrap(), [SECOND]);
    let room = sql::<Bool>("to_regclass('room') IS NULL AND to_regclass('shelf') IS NOT NULL");
    assert!(diesel::select(room).get_result::<bool>(conn).unwrap());
}

#[test]
fn a_version_of_another_program_is_not_reverted() {
    let database = Database::new("foreign_version");
    let conn = &mut database.connect();
    up(conn, &Migrations::library("foreign_version")).unwrap();
    let older = Migrations::new("foreign_version", &[(FIRST, "SELECT 1", "SELECT 1")]);
    assert!(up(conn, &older).unwrap().is_empty());
    let error = down(conn, &older, 1).unwrap_err().to_string();
    assert!(
        error.contains("migration 20260102000000 was applied by another version"),
        "{error}"
    );
    assert!(!is_locked(conn));
}

#[test]
fn replicas_that_start_together_apply_each_migration_once() {
    let database = Database::new("replicas");
    let migrations = Migrations::library("replicas");
    let applied: usize = std::thread::scope(|scope| {
        let replicas =
            [0; 8].map(|_| scope.spawn(|| up(&mut database.connect(), &migrations).unwrap().len()));
        replicas.map(|replica| replica.join().unwrap()).iter().sum()
    });
    assert_eq!(applied, 2);
}

#[test]
fn a_replica_that_waits_does_not_block_a_concurrent_index() {
    let database = Database::new("concurrent_index");
    let name = "2026-01-03-000000_index_shelf";
    let index = (
        name,
        "CREATE INDEX CONCURRENTLY shelf_id ON shelf (id)",
        "DROP INDEX shelf_id",
    );
    let shelf = (
        FIRST,
        "CREATE TABLE shelf (id int); SELECT pg_sleep(0.5)",
        "DROP TABLE shelf",
    );
    let migrations = Migrations::new("concurrent_index", &[shelf, index]);
    std::fs::write(
        migrations.0.join(name).join("metadata.toml"),
        "run_in_transaction = false",
    )
    .unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| up(&mut database.connect(), &migrations).unwrap());
        }
    });
    assert!(
        pending(&mut database.connect(), &migrations)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn the_lock_excludes_other_sessions_and_may_be_taken_again_by_its_own() {
    let database = Database::new("lock_excludes");
    let inside = AtomicUsize::new(0);
    let visit = |conn: &mut PgConnection| {
        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
        with_lock(conn, |conn| {
            conn.batch_execute("SELECT pg_sleep(0.05)").unwrap()
        })
        .unwrap();
        assert!(is_locked(conn));
        inside.fetch_sub(1, Ordering::SeqCst);
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| with_lock(&mut database.connect(), visit).unwrap());
        }
    });
    assert_eq!(LOCK_ID.to_be_bytes(), *b"restwell");
}

#[test]
fn the_lock_is_released_after_an_error_and_after_a_panic_in_a_failed_transaction() {
    let database = Database::new("lock_released");
    let conn = &mut database.connect();
    let outcome = with_lock(conn, |conn| conn.batch_execute("nonsense")).unwrap();
    assert!(outcome.is_err() && !is_locked(conn));
    let panic = catch_unwind(AssertUnwindSafe(|| {
        with_lock(conn, |conn| {
            conn.transaction(|conn| -> QueryResult<()> {
                conn.batch_execute("nonsense").unwrap();
                Ok(())
            })
        })
    }));
    assert!(panic.is_err());
    assert!(!is_locked(conn));
}
