//! A database of one's own for each test: a clone of one migrated template, on a throwaway Postgres that all test
//! processes share.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    sync::OnceLock,
};

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};

use crate::embedded::{Embedded, Options};

/// Where test databases come from.
pub struct Template {
    cluster: Embedded,
    name: String,
}

static CLUSTER: OnceLock<Template> = OnceLock::new();

impl Template {
    /// The template of this process: made once for each `version` (e.g. the text of all migrations) by `migrate`.
    ///
    /// # Panics
    /// If no Postgres server is installed, or `migrate` fails.
    pub fn get(
        folder: &Path,
        version: impl Hash,
        migrate: impl FnOnce(&mut PgConnection),
    ) -> &'static Self {
        CLUSTER.get_or_init(|| {
            let cluster = Embedded::start_with(folder, &Options::throwaway());
            let cluster =
                cluster.unwrap_or_else(|error| panic!("the tests need Postgres: {error}"));
            let mut hasher = DefaultHasher::new();
            version.hash(&mut hasher);
            let template = Self {
                cluster,
                name: format!("template_{:016x}", hasher.finish()),
            };
            template.prepare(migrate);
            template
        })
    }

    /// A new database with the template's tables; it is dropped with the value.
    ///
    /// # Panics
    /// If the database cannot be created.
    pub fn database(&'static self) -> TestDatabase {
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        self.execute(&format!("CREATE DATABASE {name} TEMPLATE {}", self.name));
        TestDatabase {
            template: self,
            name,
        }
    }

    /// One process makes it, under another name until it is done.
    fn prepare(&self, migrate: impl FnOnce(&mut PgConnection)) {
        let mut conn = self.connect("postgres");
        run(&mut conn, "SELECT pg_advisory_lock(72657374)");
        let unfinished = format!("{}_unfinished", self.name);
        if PgConnection::establish(&self.cluster.url(&self.name)).is_err() {
            run(&mut conn, &format!("DROP DATABASE IF EXISTS {unfinished}"));
            run(&mut conn, &format!("CREATE DATABASE {unfinished}"));
            migrate(&mut self.connect(&unfinished));
            run(
                &mut conn,
                &format!("ALTER DATABASE {unfinished} RENAME TO {}", self.name),
            );
        }
        run(&mut conn, "SELECT pg_advisory_unlock(72657374)");
    }

    fn execute(&self, statement: &str) {
        run(&mut self.connect("postgres"), statement);
    }

    fn connect(&self, name: &str) -> PgConnection {
        let conn = PgConnection::establish(&self.cluster.url(name));
        conn.unwrap_or_else(|error| panic!("the test cluster does not answer: {error}"))
    }
}

fn run(conn: &mut PgConnection, statement: &str) {
    if let Err(error) = sql_query(statement).execute(conn) {
        panic!("{statement}: {error}");
    }
}

/// One test's own database.
pub struct TestDatabase {
    template: &'static Template,
    name: String,
}

impl TestDatabase {
    /// Its URL.
    pub fn url(&self) -> String {
        self.template.cluster.url(&self.name)
    }

    /// A connection to it.
    ///
    /// # Panics
    /// If it does not answer.
    pub fn connect(&self) -> PgConnection {
        self.template.connect(&self.name)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.template
                .execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        }
    }
}
