//! A service on a database of its own, for one test.

use std::{path::Path, sync::Arc};

use diesel::{PgConnection, RunQueryDsl, sql_query};
use restwell::{
    db::Db,
    exceptions::ErrorFormat,
    migrate,
    server::App,
    settings::Settings,
    storage::FileSystemStorage,
    test::{ApiClient, Template, TestDatabase},
};
use tempfile::TempDir;

/// A running service with its database.
pub(crate) struct Library {
    pub(crate) client: ApiClient,
    pub(crate) database: TestDatabase,
    /// The folder of uploaded files.
    pub(crate) media: TempDir,
}

impl Library {
    /// Empty tables; errors show their codes.
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// As [`Library::new`], with other settings.
    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let database = template().database();
        let media = tempfile::tempdir().unwrap();
        let mut settings = Settings {
            error_format: ErrorFormat::Code,
            storage: Arc::new(FileSystemStorage::new(media.path(), "/media/")),
            ..Settings::default()
        };
        change(&mut settings);
        let app = App::new(
            lending_library::urls::urls(),
            settings,
            Db::new(&database.url(), 10),
        );
        Self {
            client: ApiClient::new(app),
            database,
            media,
        }
    }

    /// Two authors, two subjects, three books, one branch, four copies of the first book.
    pub(crate) fn stocked() -> Self {
        let library = Self::new();
        library.sql(include_str!("stock.sql"));
        library
    }

    /// Runs statements behind the service's back.
    pub(crate) fn sql(&self, statements: &str) {
        use diesel::connection::SimpleConnection;
        self.database.connect().batch_execute(statements).unwrap();
    }

    /// The number of rows that a condition holds for.
    pub(crate) fn count(&self, rows: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            count: i64,
        }
        let query = sql_query(format!("SELECT count(*) AS count FROM {rows}"));
        query
            .get_result::<Count>(&mut self.database.connect())
            .unwrap()
            .count
    }
}

/// The migrated template of this process.
pub(crate) fn template() -> &'static Template {
    let migrations = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres");
    Template::get(
        &folder,
        migration_text(Path::new(migrations)),
        |conn: &mut PgConnection| {
            migrate::up(conn, &lending_library::MIGRATIONS).unwrap();
        },
    )
}

/// The text of all migrations: another text, another template.
fn migration_text(folder: &Path) -> String {
    let mut folders: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    folders
        .iter()
        .map(|folder| std::fs::read_to_string(folder.join("up.sql")).unwrap_or_default())
        .collect()
}
