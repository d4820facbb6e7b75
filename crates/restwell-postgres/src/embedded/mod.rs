//! A private Postgres of one's own, for a first run without any setup, and for the tests.
//!
//! [`Embedded::start`] finds the server's programs on this machine, keeps a cluster in a folder, and serves it on a Unix socket
//! only. In the folder lie `data` (the cluster), `socket`, `lock` and `lock.start`, `postgres.log` and `secret_key`; or
//! `cluster`, a link to where `data` and `socket` are kept when root runs the service in a folder that is closed to others.
//!
//! A lock on `lock` says that a service runs here. A server without it is an orphan of a service that was killed; the next
//! start stops it. Where `flock(1)` is installed (nearly every Linux) a small watcher stops it at once. Unix only.

mod cluster;
mod programs;

use std::error::Error;
use std::fmt;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use uuid::Uuid;

use cluster::Cluster;

const USER: &str = "postgres";
/// Only part of the socket's name; nothing listens on TCP.
const PORT: u16 = 5432;
/// Long enough for a service that is just stopping, or for its watcher.
const LOCK_LIMIT: Duration = Duration::from_secs(5);
/// Recovery after a crash may take a while.
const START_LIMIT: Duration = Duration::from_secs(120);
/// How long the processes of a server that was killed may keep its memory.
const RELAUNCH_LIMIT: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(20);

/// Why the embedded database is not available.
#[derive(Debug)]
pub enum EmbeddedError {
    /// No Postgres server, or none of the cluster's major version (given here), is installed.
    NotInstalled(Option<String>),
    /// Another process holds the folder.
    InUse {
        /// The folder, resolved.
        folder: PathBuf,
        /// The holder's process id, when it told.
        pid: String,
    },
    /// The cluster or its socket's folder belongs to another user, or is open to others.
    Foreign(PathBuf),
    /// A program of Postgres failed.
    Program {
        /// Its name.
        name: &'static str,
        /// What it, or the end of the server's log, said.
        output: String,
    },
    /// A file could not be read or written.
    Io(PathBuf, io::Error),
    /// The server runs, but a statement failed.
    Database(String),
}

impl fmt::Display for EmbeddedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EmbeddedError::NotInstalled(version) => {
                let version = version.as_deref();
                let wanted = version.map_or(String::new(), |version| {
                    format!(" {version} (which made the database)")
                });
                write!(
                    f,
                    "No PostgreSQL{wanted} server is installed. Install one (Debian, Ubuntu: `apt install postgresql{}`; \
                     Fedora: `dnf install postgresql{}-server`; macOS: `brew install postgresql@{}`), or set DATABASE_URL \
                     to use another server.",
                    version.map_or(String::new(), |version| format!("-{version}")),
                    version.unwrap_or_default(),
                    version.unwrap_or("17"),
                )
            }
            EmbeddedError::InUse { folder, pid } => write!(
                f,
                "another service{pid} runs the database in {}; stop it first, or set DATABASE_URL so that both share a server.",
                folder.display()
            ),
            EmbeddedError::Foreign(path) => write!(
                f,
                "{} belongs to another user or is open to others: run the service as its owner or as root, or remove it.",
                path.display()
            ),
            EmbeddedError::Program { name, output } => {
                write!(f, "`{name}` failed: {}", output.trim())
            }
            EmbeddedError::Io(path, error) => write!(f, "{}: {error}", path.display()),
            EmbeddedError::Database(error) => write!(f, "embedded database: {error}"),
        }
    }
}

impl Error for EmbeddedError {}

/// How a cluster is run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether commits survive a crash of the server or the machine; `false` is several times faster.
    pub durable: bool,
    /// Whether other processes with this option may use the cluster too; the first one's options count, the last one stops it.
    pub shared: bool,
    /// How many connections the server accepts.
    pub max_connections: u16,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            durable: true,
            shared: false,
            max_connections: 50,
        }
    }
}

impl Options {
    /// For tests: fast, shared by any number of test processes, and a crash may lose everything.
    pub fn throwaway() -> Self {
        Options {
            durable: false,
            shared: true,
            max_connections: 300,
        }
    }

    fn settings(self) -> Vec<String> {
        let mut settings = vec![
            "listen_addresses=".to_owned(),
            format!("port={PORT}"),
            format!("max_connections={}", self.max_connections),
            "shared_buffers=64MB".to_owned(),
            "max_wal_size=256MB".to_owned(),
            "timezone=UTC".to_owned(),
            "log_timezone=UTC".to_owned(),
        ];
        if !self.durable {
            settings.extend(
                [
                    "fsync=off",
                    "synchronous_commit=off",
                    "full_page_writes=off",
                ]
                .map(str::to_owned),
            );
        }
        settings
    }
}

/// A running server and the hold on its folder; dropping it stops the server, unless others share it.
#[derive(Debug)]
pub struct Embedded {
    cluster: Cluster,
    lock: File,
    is_shared: bool,
    /// None when the server of another process is shared.
    server: Option<Child>,
    watcher: Option<Child>,
    is_stopped: bool,
}

impl Embedded {
    /// Starts the cluster in `folder`, and creates both when missing.
    ///
    /// Returns when the server accepts connections. Waits some seconds for a service in the same folder that is just ending.
    pub fn start(folder: &Path) -> Result<Embedded, EmbeddedError> {
        Embedded::start_with(folder, &Options::default())
    }

    /// Starts the cluster in `folder` as [`start`](Embedded::start) does, or joins it when it is shared.
    pub fn start_with(folder: &Path, options: &Options) -> Result<Embedded, EmbeddedError> {
        create_folder(folder).map_err(at(folder))?;
        let folder = &folder.canonicalize().map_err(at(folder))?;
        let lock = lock_folder(folder, options.shared)?;
        // Those who share a cluster must not start it twice; released when this function returns.
        let starting = open_lock(&folder.join("lock.start"))?;
        starting.lock().map_err(at(folder))?;

        let cluster = Cluster::open(folder, options)?;
        let mut embedded = Embedded {
            cluster,
            lock,
            is_shared: options.shared,
            server: None,
            watcher: None,
            is_stopped: false,
        };
        match embedded.cluster.find_running() {
            Some(socket) if options.shared => {
                embedded.cluster.socket = socket;
                embedded.wait_until_ready()?;
            }
            running => {
                if running.is_some() {
                    log::warn!(
                        "stopping a Postgres that outlived its service in {}",
                        folder.display()
                    );
                    embedded.cluster.stop()?;
                }
                embedded.launch(options)?;
            }
        }
        Ok(embedded)
    }

    /// The URL of one of the cluster's databases, for libpq and everything built on it.
    pub fn url(&self, database: &str) -> String {
        let database = percent_encode(database.as_bytes(), NON_ALPHANUMERIC);
        let socket = percent_encode(self.cluster.socket.as_os_str().as_bytes(), NON_ALPHANUMERIC);
        format!("postgres://{USER}@/{database}?host={socket}&port={PORT}")
    }

    /// Creates the database `name` when it is missing.
    pub fn ensure_database(&self, name: &str) -> Result<(), EmbeddedError> {
        let conn = &mut PgConnection::establish(&self.url("postgres")).map_err(database)?;
        if has_database(conn, name)? {
            return Ok(());
        }
        let created =
            diesel::sql_query(format!("CREATE DATABASE \"{}\"", name.replace('"', "\"\"")))
                .execute(conn);
        match created {
            // Another process was faster.
            Err(_) if has_database(conn, name)? => Ok(()),
            created => created.map(drop).map_err(database),
        }
    }

    /// Stops the server, ending its connections, and waits for it.
    ///
    /// A shared server goes on while other processes use it; the last one's watcher may be the one to stop it, a moment later.
    pub fn stop(mut self) -> Result<(), EmbeddedError> {
        self.shut_down()
    }

    fn shut_down(&mut self) -> Result<(), EmbeddedError> {
        if std::mem::replace(&mut self.is_stopped, true) {
            return Ok(());
        }
        if self.is_shared {
            self.lock.unlock().map_err(at(&self.cluster.folder))?;
            if self.lock.try_lock().is_err() {
                return Ok(());
            }
        }
        self.cluster.stop()?;
        for mut child in [self.server.take(), self.watcher.take()]
            .into_iter()
            .flatten()
        {
            // The server has ended already, and is only reaped here.
            let _ = child.kill();
            let _ = child.wait();
        }
        Ok(())
    }

    /// Starts the server, again when a killed one's last processes are in the way.
    fn launch(&mut self, options: &Options) -> Result<(), EmbeddedError> {
        let log = self.cluster.log();
        // The log of the last run is all that anyone asks for.
        let _ = fs::rename(&log, log.with_extension("log.old"));
        self.cluster.remove_recycled_pid_file();
        self.watcher = Some(self.cluster.watch()?);
        let started = Instant::now();
        loop {
            self.server = Some(self.cluster.launch(options)?);
            match self.wait_until_ready() {
                Err(EmbeddedError::Program { output, .. })
                    if started.elapsed() < RELAUNCH_LIMIT
                        && (output.contains("is still in use")
                            || output.contains("postmaster.pid\" already exists")) =>
                {
                    thread::sleep(POLL * 10);
                }
                outcome => return outcome,
            }
        }
    }

    fn wait_until_ready(&mut self) -> Result<(), EmbeddedError> {
        let probe = format!("{}&connect_timeout=5", self.url("postgres"));
        let started = Instant::now();
        loop {
            let Err(error) = PgConnection::establish(&probe) else {
                return Ok(());
            };
            let has_ended = match &mut self.server {
                Some(server) => server
                    .try_wait()
                    .map_err(at(&self.cluster.folder))?
                    .is_some(),
                None => self.cluster.find_running().is_none(),
            };
            if has_ended || started.elapsed() > START_LIMIT {
                let output = format!(
                    "{error}\n{}:\n{}",
                    self.cluster.log().display(),
                    self.cluster.log_tail()
                );
                return Err(EmbeddedError::Program {
                    name: "postgres",
                    output,
                });
            }
            thread::sleep(POLL);
        }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        if let Err(error) = self.shut_down() {
            log::error!("the embedded database was not stopped: {error}");
        }
    }
}

/// Reads the secret key kept in `folder`, or creates a random one of 64 characters that only the owner can read.
pub fn secret_key(folder: &Path) -> io::Result<String> {
    let path = folder.join("secret_key");
    if !path.try_exists()? {
        create_folder(folder)?;
        let new = folder.join(format!("secret_key.new-{}", Uuid::new_v4().simple()));
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&new)?;
        write!(
            file,
            "{}{}",
            Uuid::new_v4().simple(),
            Uuid::new_v4().simple()
        )?;
        file.sync_all()?;
        // A link never replaces the key of a process that was faster.
        let linked = fs::hard_link(&new, &path);
        fs::remove_file(&new)?;
        linked.or_else(|error| {
            if error.kind() == io::ErrorKind::AlreadyExists {
                Ok(())
            } else {
                Err(error)
            }
        })?;
    }
    let key = fs::read_to_string(&path)?.trim().to_owned();
    if key.len() < 32 {
        let message = format!(
            "{} holds fewer than 32 characters; remove it to get a new key",
            path.display()
        );
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    Ok(key)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> EmbeddedError {
    let path = path.to_owned();
    |error| EmbeddedError::Io(path, error)
}

fn database(error: impl fmt::Display) -> EmbeddedError {
    EmbeddedError::Database(error.to_string())
}

/// Others may pass, since the server can be another user, but not look; what lies inside is closed to them.
fn create_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o711).create(folder)
}

fn open_lock(path: &Path) -> Result<File, EmbeddedError> {
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(at(path))
}

/// A lock of the kernel: it ends with the process that holds it, however that ends.
fn lock_folder(folder: &Path, is_shared: bool) -> Result<File, EmbeddedError> {
    let path = folder.join("lock");
    let mut lock = open_lock(&path)?;
    let started = Instant::now();
    loop {
        match if is_shared {
            lock.try_lock_shared()
        } else {
            lock.try_lock()
        } {
            Ok(()) => break,
            Err(TryLockError::Error(error)) => return Err(EmbeddedError::Io(path, error)),
            Err(TryLockError::WouldBlock) if started.elapsed() > LOCK_LIMIT => {
                let pid = fs::read_to_string(&path).unwrap_or_default();
                let pid = if pid.is_empty() {
                    pid
                } else {
                    format!(" (process {pid})")
                };
                return Err(EmbeddedError::InUse {
                    folder: folder.to_owned(),
                    pid,
                });
            }
            Err(TryLockError::WouldBlock) => thread::sleep(POLL),
        }
    }
    lock.set_len(0).map_err(at(&path))?;
    if !is_shared {
        write!(lock, "{}", std::process::id()).map_err(at(&path))?;
    }
    Ok(lock)
}

fn has_database(conn: &mut PgConnection, name: &str) -> Result<bool, EmbeddedError> {
    let query =
        diesel::sql_query("SELECT 1 FROM pg_database WHERE datname = $1").bind::<Text, _>(name);
    query.execute(conn).map(|rows| rows == 1).map_err(database)
}
