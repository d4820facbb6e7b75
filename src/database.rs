//! The database that the settings name: started if it is the embedded one, waited for, migrated.

use std::{
    error::Error,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use diesel::{Connection, PgConnection};
use restwell::crypto::{ALPHANUMERIC, SecretKey, random_string};
use restwell_auth::create_permissions;
use restwell_postgres::{
    embedded::{Embedded, Options},
    migrate,
};

use crate::{MIGRATIONS, settings::Settings, urls::urls};

/// What can go wrong outside of requests; only its text matters.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The folder of the embedded database.
const FOLDER: &str = ".library";
const NAME: &str = "library";
/// Beside the embedded database.
const SECRET_KEY_FILE: &str = "secret_key";
const SECRET_KEY_LENGTH: usize = 64;
/// How long to wait for a database that does not answer yet.
const PATIENCE: Duration = Duration::from_secs(30);
const RETRY: Duration = Duration::from_secs(1);
/// What every connection has unless the URL says otherwise: a host that is silent is given up after some seconds, not
/// after the kernel's minutes.
const PARAMETERS: [(&str, &str); 3] = [
    ("connect_timeout", "3"),
    ("tcp_user_timeout", "15000"),
    ("fallback_application_name", "library"),
];

/// Applies the migrations that are missing, and writes the permissions of all models; the names of the migrations.
///
/// # Errors
/// Whatever the database refuses.
pub fn migrate(conn: &mut PgConnection) -> Result<Vec<String>, Failure> {
    let names = migrate::up(conn, &MIGRATIONS)?;
    create_permissions(&urls().models(), conn)?;
    Ok(names)
}

/// A database that can be connected to, now or soon.
pub struct Database {
    url: String,
    embedded: Option<Embedded>,
}

impl Database {
    /// The database of `DATABASE_URL`, or the embedded one, which is started.
    ///
    /// # Errors
    /// If the embedded one does not start.
    pub fn open(settings: &Settings) -> Result<Self, Failure> {
        if let Some(url) = &settings.database_url {
            return Ok(Self {
                url: with_parameters(url.expose()),
                embedded: None,
            });
        }
        let pool = u16::try_from(settings.database_pool_size)?;
        let defaults = Options::default();
        // Room for the pool, the direct connections, and a person with psql.
        let options = Options {
            max_connections: defaults.max_connections.max(pool + 10),
            ..defaults
        };
        let embedded = Embedded::start_with(Path::new(FOLDER), &options)?;
        embedded.ensure_database(NAME)?;
        Ok(Self {
            url: with_parameters(&embedded.url(NAME)),
            embedded: Some(embedded),
        })
    }

    /// What signs sessions: the setting, or a key that is kept beside the embedded database.
    ///
    /// # Errors
    /// If the file can be neither read nor written.
    pub fn secret_key(&self, settings: &Settings) -> Result<SecretKey, Failure> {
        match &settings.secret_key {
            Some(key) => Ok(SecretKey::new(key.expose())),
            None => kept_secret_key(&Path::new(FOLDER).join(SECRET_KEY_FILE)),
        }
    }

    /// The URL to connect to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connection of its own, outside any pool; waits a while for a database that does not answer yet.
    ///
    /// `None` if `is_stopped` became true meanwhile.
    ///
    /// # Errors
    /// If the database did not answer in time.
    pub fn connect(&self, is_stopped: impl Fn() -> bool) -> Result<Option<PgConnection>, Failure> {
        let started = Instant::now();
        while !is_stopped() {
            match PgConnection::establish(&self.url) {
                Ok(conn) => return Ok(Some(conn)),
                Err(error) if started.elapsed() > PATIENCE => {
                    return Err(format!(
                        "the database did not answer for {} s: {error}",
                        PATIENCE.as_secs()
                    )
                    .into());
                }
                Err(error) => {
                    let left = PATIENCE.saturating_sub(started.elapsed()).as_secs();
                    log::warn!(
                        "the database does not answer, trying for another {left} s: {error}"
                    );
                }
            }
            thread::sleep(RETRY);
        }
        Ok(None)
    }

    /// Stops the embedded database.
    ///
    /// # Errors
    /// If it could not be stopped.
    pub fn close(self) -> Result<(), Failure> {
        self.embedded
            .map_or(Ok(()), |embedded| Ok(embedded.stop()?))
    }
}

/// The key in this file, made if there is none; nobody else may read it.
///
/// # Errors
/// If the file can be neither read nor written, or holds no key.
pub fn kept_secret_key(path: &Path) -> Result<SecretKey, Failure> {
    let failed = |error: io::Error| format!("{}: {error}", path.display());
    let created = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match created {
        Ok(mut file) => {
            let key = random_string(SECRET_KEY_LENGTH, ALPHANUMERIC);
            file.write_all(key.as_bytes()).map_err(failed)?;
            Ok(SecretKey::new(key))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let key = fs::read_to_string(path).map_err(failed)?;
            let key = key.trim();
            match key.len() < SECRET_KEY_LENGTH {
                true => Err(format!("{} holds no key; delete it", path.display()).into()),
                false => Ok(SecretKey::new(key)),
            }
        }
        Err(error) => Err(failed(error).into()),
    }
}

fn with_parameters(url: &str) -> String {
    let mut url = url.to_owned();
    for (name, value) in PARAMETERS {
        let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
        if !parameters
            .split('&')
            .any(|parameter| parameter.starts_with(&format!("{name}=")))
        {
            let separator = if url.contains('?') { '&' } else { '?' };
            url = format!("{url}{separator}{name}={value}");
        }
    }
    url
}
