//! A service on a database of its own, for one test.

use std::{path::Path, sync::Arc};

use diesel::{PgConnection, RunQueryDsl, connection::SimpleConnection, sql_query};
use lending_library::{accounts::policies::POLICIES, settings::Secret};
use restwell::{
    crypto::hashers::PasswordHasher, db::Db, exceptions::ErrorFormat, server::App,
    settings::Settings, storage::FileSystemStorage, test::ApiClient,
};
use restwell_postgres::{
    migrate,
    test::{Template, TestDatabase},
};
use tempfile::TempDir;

/// A secret of a browser's: cookie and field, or header, must agree.
pub(crate) const CSRF: &str = "abcdefghijklmnopqrstuvwxyz012345";

/// A running service with its database.
pub(crate) struct Library {
    /// A client of `admin`, who may do everything.
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
            policies: POLICIES,
            password_hasher: PasswordHasher::Pbkdf2Sha256 { iterations: 1 },
            ..Settings::default()
        };
        change(&mut settings);
        let app = App::new(
            lending_library::urls::urls(),
            settings,
            Db::new(&database.url(), 10),
        );
        Self {
            client: ApiClient::new(app).with_header("authorization", &token("1")),
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

    /// A client that says nothing of who it is.
    pub(crate) fn anonymous(&self) -> ApiClient {
        self.client.without_headers()
    }

    /// A client with the token of one of the users of `people.sql`.
    pub(crate) fn client_of(&self, username: &str) -> ApiClient {
        let id = PEOPLE.iter().position(|person| *person == username);
        let id = id.unwrap_or_else(|| panic!("there is no `{username}`")) + 1;
        self.anonymous()
            .with_header("authorization", &token(&id.to_string()))
    }

    /// Runs statements behind the service's back.
    pub(crate) fn sql(&self, statements: &str) {
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

/// The users of `people.sql`, by their ids.
const PEOPLE: [&str; 6] = [
    "admin",
    "librarian",
    "reader1",
    "reader2",
    "staff",
    "inactive",
];

/// Of every demo user.
pub(crate) fn password() -> Secret {
    "library".to_owned().into()
}

/// What `Authorization` says of the user with this id.
pub(crate) fn token(id: &str) -> String {
    format!("Token {id:f<40}")
}

/// The migrated template of this process.
pub(crate) fn template() -> &'static Template {
    let migrations = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres");
    Template::get(
        &folder,
        migration_text(Path::new(migrations)) + include_str!("people.sql"),
        |conn: &mut PgConnection| {
            migrate::up(conn, &lending_library::MIGRATIONS).unwrap();
            conn.batch_execute(include_str!("people.sql")).unwrap();
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
