//! A cluster on disk: creating it, and starting, finding and stopping the server that runs on it.

use std::collections::hash_map::DefaultHasher;
use std::env;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File};
use std::hash::{Hash, Hasher};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, lchown, symlink};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use uuid::Uuid;

use super::programs::{find_programs, id, server_user};
use super::{EmbeddedError, Options, PORT, USER, at, create_folder};

/// Tried in turn: by code point, but with the case of every alphabet (`ILIKE` needs it); macOS lacks the first, all have the last.
const LOCALES: [&str; 3] = ["C.UTF-8", "en_US.UTF-8", "C"];
/// Holds clusters of services that root runs in a folder other users cannot reach.
const FALLBACK: &str = "/var/lib/restwell";
/// The length of a socket's path on macOS; Linux allows four bytes more.
const SOCKET_PATH_LIMIT: usize = 103;

/// Where a cluster lies and who runs it.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) folder: PathBuf,
    /// The folder, or its stand-in below [`FALLBACK`].
    home: PathBuf,
    pub(super) socket: PathBuf,
    bin: PathBuf,
    /// User and group of the server; None is our own.
    user: Option<(u32, u32)>,
}

impl Cluster {
    /// Finds the cluster of a folder, or creates it there; `folder` must be absolute.
    pub(super) fn open(folder: &Path, options: &Options) -> Result<Cluster, EmbeddedError> {
        let link = folder.join("cluster");
        let home = fs::read_link(&link).unwrap_or_else(|_| folder.to_owned());
        // A link to nowhere may be a volume that is not mounted: no reason to start afresh.
        fs::metadata(&home).map_err(at(&home))?;
        let uid = id(&["-u"])?;
        let (socket, bin) = (PathBuf::new(), PathBuf::new());
        let mut cluster = Cluster {
            folder: folder.to_owned(),
            home,
            socket,
            bin,
            user: None,
        };
        match fs::metadata(cluster.data()) {
            Ok(data) => {
                if uid == 0 {
                    cluster.user = Some((data.uid(), data.gid()));
                } else if uid != data.uid() {
                    return Err(EmbeddedError::Foreign(cluster.data()));
                }
                let version = cluster.data().join("PG_VERSION");
                cluster.bin = find_programs(Some(
                    fs::read_to_string(&version).map_err(at(&version))?.trim(),
                ))?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                cluster.bin = find_programs(None)?;
                if uid == 0 {
                    // Postgres refuses to run as root.
                    cluster.user = Some(server_user()?);
                }
                cluster.settle(&link)?;
                cluster.create(options)?;
            }
            Err(error) => return Err(EmbeddedError::Io(cluster.data(), error)),
        }
        cluster.create_socket_folder(cluster.user.map_or(uid, |(user, _)| user))?;
        // Whoever owns the cluster may run it later without being root.
        for name in ["lock", "lock.start"] {
            cluster.hand_over(&folder.join(name))?;
        }
        Ok(cluster)
    }

    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("postgres.log")
    }

    pub(super) fn log_tail(&self) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }

    fn hand_over(&self, path: &Path) -> Result<(), EmbeddedError> {
        let Some((user, group)) = self.user else {
            return Ok(());
        };
        lchown(path, Some(user), Some(group)).map_err(at(path))
    }

    /// Without our environment, which holds secrets and may hold `PG*` variables that change what the programs do.
    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("LC_ALL", "C")
            .env("PATH", env::var_os("PATH").unwrap_or_default());
        command.current_dir(folder).stdin(Stdio::null());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }

    fn run(
        &self,
        name: &'static str,
        arguments: &[&str],
        data: &Path,
    ) -> Result<(), EmbeddedError> {
        let program = self.bin.join(name);
        let mut command = self.command(&program, &self.home);
        let output = command
            .args(arguments)
            .arg("-D")
            .arg(data)
            .output()
            .map_err(at(&self.home))?;
        if output.status.success() {
            return Ok(());
        }
        let output = [output.stderr, output.stdout].concat();
        Err(EmbeddedError::Program {
            name,
            output: String::from_utf8_lossy(&output).into_owned(),
        })
    }

    /// Moves the cluster's home to [`FALLBACK`] when the server's user cannot reach the folder, as below `/root`.
    fn settle(&mut self, link: &Path) -> Result<(), EmbeddedError> {
        let postgres = self.bin.join("postgres");
        let entered = self
            .command(&postgres, &self.home)
            .arg("--version")
            .output();
        if self.user.is_none() || entered.is_ok() {
            return Ok(());
        }
        let home = Path::new(FALLBACK).join(Uuid::new_v4().simple().to_string());
        create_folder(&home).map_err(at(&home))?;
        log::warn!(
            "only root can enter {}, and Postgres does not run as root: the database is kept in {}",
            self.folder.display(),
            home.display()
        );
        symlink(&home, link).map_err(at(link))?;
        self.home = home;
        Ok(())
    }

    /// Makes the cluster under another name first, so that `data` is whole whenever it exists.
    fn create(&self, options: &Options) -> Result<(), EmbeddedError> {
        for entry in fs::read_dir(&self.home).map_err(at(&self.home))?.flatten() {
            if entry.file_name().as_bytes().starts_with(b"data.new-") {
                fs::remove_dir_all(entry.path()).map_err(at(&entry.path()))?;
            }
        }
        log::info!("creating a Postgres cluster in {}", self.home.display());
        let new = self
            .home
            .join(format!("data.new-{}", Uuid::new_v4().simple()));
        DirBuilder::new()
            .mode(0o700)
            .create(&new)
            .map_err(at(&new))?;
        self.hand_over(&new)?;
        let sync: &[&str] = if options.durable { &[] } else { &["--no-sync"] };
        let mut outcome = Ok(());
        for locale in LOCALES {
            let fixed = [
                "-U",
                USER,
                "--auth=trust",
                "--encoding=UTF8",
                "--locale",
                locale,
            ];
            outcome = self.run("initdb", &[&fixed, sync].concat(), &new);
            if outcome.is_ok() {
                break;
            }
        }
        outcome?;
        fs::rename(&new, self.data()).map_err(at(&new))?;
        File::open(&self.home)
            .and_then(|home| home.sync_all())
            .map_err(at(&self.home))
    }

    /// The socket's folder is the only lock on the door: every user who can enter it is let in by Postgres.
    fn create_socket_folder(&mut self, user: u32) -> Result<(), EmbeddedError> {
        self.socket = self.home.join("socket");
        let path = socket_file(&self.socket, PORT).into_os_string();
        // Libpq takes a comma for the start of a second host, and Postgres a quote for the end of the name.
        let is_usable = !path.as_bytes().iter().any(|byte| b",\"".contains(byte));
        if path.len() > SOCKET_PATH_LIMIT || !is_usable {
            // The name may change with the release of Rust: a running server's is read from its pid file.
            let mut hasher = DefaultHasher::new();
            self.home.hash(&mut hasher);
            self.socket = PathBuf::from(format!("/tmp/restwell-{user}-{:016x}", hasher.finish()));
        }
        let created = DirBuilder::new()
            .mode(0o700)
            .recursive(true)
            .create(&self.socket);
        created.map_err(at(&self.socket))?;
        // In /tmp anyone may have made it before us.
        let found = fs::symlink_metadata(&self.socket).map_err(at(&self.socket))?;
        let is_ours = found.uid() == user || (found.uid() == 0 && self.user.is_some());
        if !found.is_dir() || !is_ours || found.mode() & 0o077 != 0 {
            return Err(EmbeddedError::Foreign(self.socket.clone()));
        }
        self.hand_over(&self.socket)
    }

    /// The socket folder of the server that runs on this cluster.
    pub(super) fn find_running(&self) -> Option<PathBuf> {
        let (_, port, socket) = self.read_pid_file()?;
        UnixStream::connect(socket_file(&socket, port))
            .is_ok()
            .then_some(socket)
    }

    /// Process id, port and socket folder, as Postgres wrote them when it started.
    fn read_pid_file(&self) -> Option<(u32, u16, PathBuf)> {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        let lines: Vec<&str> = file.lines().collect();
        Some((
            lines.first()?.parse().ok()?,
            lines.get(3)?.parse().ok()?,
            PathBuf::from(lines.get(4)?),
        ))
    }

    /// After a crash the pid file may name a process id that was given to another program; Postgres would refuse to start.
    pub(super) fn remove_recycled_pid_file(&self) {
        let Some((pid, ..)) = self.read_pid_file() else {
            return;
        };
        let is_other = fs::read_to_string(format!("/proc/{pid}/comm"))
            .is_ok_and(|name| !name.starts_with("postgres"));
        if is_other && let Err(error) = fs::remove_file(self.data().join("postmaster.pid")) {
            log::warn!("a stale postmaster.pid was not removed: {error}");
        }
    }

    /// In a process group of its own, so that Ctrl-C reaches the service alone, which still needs its database to finish.
    pub(super) fn launch(&self, options: &Options) -> Result<Child, EmbeddedError> {
        let (path, postgres) = (self.log(), self.bin.join("postgres"));
        let log = File::options()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .map_err(at(&path))?;
        self.hand_over(&path)?;
        let mut directories = OsString::from("unix_socket_directories=\"");
        directories.push(&self.socket);
        directories.push("\"");
        let mut command = self.command(&postgres, &self.home);
        command
            .arg("-D")
            .arg(self.data())
            .arg("-c")
            .arg(directories);
        for setting in options.settings() {
            command.arg("-c").arg(setting);
        }
        command
            .stdout(log.try_clone().map_err(at(&path))?)
            .stderr(log)
            .process_group(0);
        // The programs were found: what may be closed to the server's user is the folder.
        command.spawn().map_err(at(&self.home))
    }

    /// Waits in `flock` until nobody holds the folder's lock, then stops what is still running.
    ///
    /// Safe code cannot ask the kernel to end a child with its parent. Without `flock(1)` this ends at once.
    pub(super) fn watch(&self) -> Result<Child, EmbeddedError> {
        let path = self.folder.join("lock");
        let lock = File::open(&path).map_err(at(&path))?;
        let mut command = self.command(Path::new("/bin/sh"), &self.home);
        command
            .args(["-c", "flock -x 0 && exec \"$0\" stop -D \"$1\" -m fast"])
            .arg(self.bin.join("pg_ctl"))
            .arg(self.data())
            .stdin(lock)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        command.spawn().map_err(at(&self.home))
    }

    /// Ends every connection, writes all to disk and waits; no error when nothing runs.
    pub(super) fn stop(&self) -> Result<(), EmbeddedError> {
        match self.run(
            "pg_ctl",
            &["stop", "-m", "fast", "-w", "-t", "60"],
            &self.data(),
        ) {
            Err(error) if self.find_running().is_some() => return Err(error),
            _ => {}
        }
        if !self.socket.starts_with(&self.home) {
            let _ = fs::remove_dir(&self.socket);
        }
        Ok(())
    }
}

fn socket_file(folder: &Path, port: u16) -> PathBuf {
    folder.join(format!(".s.PGSQL.{port}"))
}
