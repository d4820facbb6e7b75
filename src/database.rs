//! The database that the settings name: started if it is the embedded one, waited for, migrated.

use std::{
    error::Error,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use diesel::{Connection, PgConnection};
use restwell::embedded::{Embedded, Options};

use crate::settings::Settings;

/// What can go wrong outside of requests; only its text matters.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The folder of the embedded database.
const FOLDER: &str = ".library";
const NAME: &str = "library";
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
