//! A real Postgres, started and killed in every way we could think of. Each test has a cluster of its own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use restwell_postgres::embedded::{Embedded, EmbeddedError, Options, secret_key};

const OWNER_FOLDER: &str = "RESTWELL_TEST_OWNER_FOLDER";

/// Not durable, since no test ends with a crash of the machine, but not shared, as a service's cluster.
const FAST: Options = Options {
    durable: false,
    shared: false,
    max_connections: 20,
};

/// A folder below the system's temporary one, which every user can enter; removed with what the cluster keeps elsewhere.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let name = format!("restwell-test-{}-{name}", std::process::id());
        Folder(Path::new("/tmp").join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Ok(elsewhere) = fs::read_link(self.0.join("cluster")) {
            let _ = fs::remove_dir_all(elsewhere);
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A service in a process of its own, which can be killed.
struct Owner(Child);

impl Owner {
    fn start(folder: &Path) -> Owner {
        let test = format!(
            "{}::owner_process",
            module_path!().split_once("::").unwrap().1
        );
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([&test, "--exact", "--ignored", "--nocapture"])
            .env(OWNER_FOLDER, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut lines = stdout.by_ref().lines();
        assert!(lines.any(|line| line.unwrap().contains("owner started")));
        // Kept open, since the test harness in the child goes on writing.
        child.stdout = Some(stdout.into_inner());
        Owner(child)
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Ends the service as its owner would.
    fn finish(mut self) {
        drop(self.0.stdin.take());
        self.0.wait().unwrap();
    }

    /// Ends the process that would stop the server, so that an orphan remains.
    fn kill_with_watcher(self) {
        let pid = self.0.id();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        for child in children.unwrap_or_default().split_whitespace() {
            if fs::read_to_string(format!("/proc/{child}/comm"))
                .unwrap()
                .trim()
                == "sh"
            {
                signal("KILL", &format!("-{child}"));
            }
        }
        self.kill();
    }
}

#[test]
#[ignore = "the body of the process that Owner starts"]
fn owner_process() {
    let folder = PathBuf::from(std::env::var_os(OWNER_FOLDER).unwrap());
    let embedded = Embedded::start(&folder).unwrap();
    embedded.ensure_database("app").unwrap();
    connect(&embedded, "app")
        .batch("CREATE TABLE IF NOT EXISTS kept (id int); INSERT INTO kept VALUES (1)");
    println!("\nowner started");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    embedded.stop().unwrap();
}

struct Db(PgConnection);

impl Db {
    fn batch(&mut self, statements: &str) {
        diesel::connection::SimpleConnection::batch_execute(&mut self.0, statements).unwrap();
    }

    fn count(&mut self, table: &str) -> i32 {
        let count = sql::<Integer>(&format!("(SELECT count(*)::int FROM {table})"));
        diesel::select(count).get_result(&mut self.0).unwrap()
    }

    fn show(&mut self, setting: &str) -> String {
        let value = sql::<Text>(&format!("current_setting('{setting}')"));
        diesel::select(value).get_result(&mut self.0).unwrap()
    }
}

fn connect(embedded: &Embedded, database: &str) -> Db {
    Db(PgConnection::establish(&embedded.url(database)).unwrap())
}

fn signal(name: &str, pid: &str) {
    let status = Command::new("kill")
        .args(["-s", name, "--", pid])
        .status()
        .unwrap();
    assert!(status.success());
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn pid_file(folder: &Path) -> PathBuf {
    fs::canonicalize(folder.join("cluster"))
        .unwrap_or(folder.to_owned())
        .join("data/postmaster.pid")
}

fn wait_until(what: &str, mut is_true: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_true() {
        assert!(started.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_cluster_is_created_served_on_a_socket_only_and_stopped() {
    let folder = Folder::new("plain");
    let embedded = Embedded::start_with(&folder.0, &FAST).unwrap();
    let mut db = connect(&embedded, "postgres");
    assert_eq!(db.show("listen_addresses"), "");
    assert_eq!(db.show("server_encoding"), "UTF8");
    assert_eq!(db.show("TimeZone"), "UTC");
    let upper: String = diesel::select(sql::<Text>("upper('éž')"))
        .get_result(&mut db.0)
        .unwrap();
    assert_eq!(upper, "ÉŽ");
    assert_eq!(
        fs::metadata(folder.0.join("socket")).unwrap().mode() & 0o777,
        0o700
    );
    drop(db);
    embedded.stop().unwrap();
    assert!(!pid_file(&folder.0).exists());
}

#[test]
fn the_default_is_durable_and_stops_when_dropped() {
    let folder = Folder::new("durable");
    let embedded = Embedded::start(&folder.0).unwrap();
    let mut db = connect(&embedded, "postgres");
    assert_eq!(
        ["fsync", "synchronous_commit", "full_page_writes"].map(|name| db.show(name)),
        ["on", "on", "on"]
    );
    drop(embedded);
    assert!(!pid_file(&folder.0).exists());
}

#[test]
fn names_of_databases_are_quoted_and_created_once() {
    let folder = Folder::new("names");
    let embedded = Embedded::start_with(&folder.0, &FAST).unwrap();
    let name = "a \"Library\"/?&%é";
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| embedded.ensure_database(name).unwrap());
        }
    });
    let current = sql::<Text>("current_database()::text");
    let current: String = diesel::select(current)
        .get_result(&mut connect(&embedded, name).0)
        .unwrap();
    assert_eq!(current, name);
}

#[test]
fn paths_may_hold_spaces_quotes_commas_and_other_alphabets() {
    let folder = Folder::new("paths");
    for name in ["it's $HOME \\ é", "a, b", "\"c\""] {
        let folder = folder.0.join(name);
        let embedded = Embedded::start_with(&folder, &FAST).unwrap();
        let data = connect(&embedded, "postgres").show("data_directory");
        assert_eq!(data, folder.join("data").display().to_string());
        embedded.stop().unwrap();
    }
}

#[test]
fn a_path_too_long_for_a_socket_has_its_socket_elsewhere() {
    let folder = Folder::new(&"long".repeat(40));
    let embedded = Embedded::start_with(&folder.0, &FAST).unwrap();
    let socket = PathBuf::from(
        connect(&embedded, "postgres")
            .show("unix_socket_directories")
            .trim_matches('"'),
    );
    assert_eq!(socket.parent(), Some(Path::new("/tmp")));
    assert_eq!(fs::metadata(&socket).unwrap().mode() & 0o777, 0o700);
    embedded.stop().unwrap();
    assert!(!socket.exists());
}

#[test]
fn a_socket_folder_that_others_can_enter_is_refused() {
    let folder = Folder::new("open-socket");
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(folder.0.join("socket"))
        .unwrap();
    fs::set_permissions(folder.0.join("socket"), fs::Permissions::from_mode(0o777)).unwrap();
    let error = Embedded::start_with(&folder.0, &FAST).unwrap_err();
    assert!(matches!(error, EmbeddedError::Foreign(_)), "{error}");
}

#[test]
fn a_second_service_in_one_folder_is_refused() {
    let folder = Folder::new("second");
    let owner = Owner::start(&folder.0);
    let error = Embedded::start_with(&folder.0, &FAST).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "another service (process {}) runs the database in {}; stop it first, or set DATABASE_URL so that both share a server.",
            owner.0.id(),
            folder.0.display()
        )
    );
    owner.finish();
    assert!(!pid_file(&folder.0).exists());
}

#[test]
fn a_server_that_outlived_its_killed_service_is_replaced_and_keeps_its_data() {
    let folder = Folder::new("orphan");
    Owner::start(&folder.0).kill_with_watcher();
    let orphan = fs::read_to_string(pid_file(&folder.0)).unwrap();
    let embedded = Embedded::start_with(&folder.0, &FAST).unwrap();
    assert_ne!(
        fs::read_to_string(pid_file(&folder.0))
            .unwrap()
            .lines()
            .next(),
        orphan.lines().next()
    );
    assert_eq!(connect(&embedded, "app").count("kept"), 1);
}

#[test]
fn a_killed_service_can_start_again_at_once() {
    let folder = Folder::new("again");
    for round in 1..=3 {
        Owner::start(&folder.0).kill();
        let embedded = Embedded::start_with(&folder.0, &FAST).unwrap();
        assert_eq!(connect(&embedded, "app").count("kept"), round);
    }
}

#[test]
fn a_server_ends_soon_after_its_service_was_killed() {
    if Command::new("flock")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        return;
    }
    let folder = Folder::new("watched");
    Owner::start(&folder.0).kill();
    wait_until("the watcher stops the server", || {
        !pid_file(&folder.0).exists()
    });
}

#[test]
fn a_server_that_was_killed_itself_recovers() {
    let folder = Folder::new("crash");
    let owner = Owner::start(&folder.0);
    let server = fs::read_to_string(pid_file(&folder.0)).unwrap();
    signal("KILL", server.lines().next().unwrap());
    owner.kill();
    let embedded = Embedded::start_with(&folder.0, &FAST).unwrap();
    assert_eq!(connect(&embedded, "app").count("kept"), 1);
}

#[test]
fn a_pid_file_that_names_another_program_is_no_obstacle() {
    let folder = Folder::new("recycled");
    Embedded::start_with(&folder.0, &FAST)
        .unwrap()
        .stop()
        .unwrap();
    let data = folder.0.join("data");
    let pid = std::process::id();
    let text = format!(
        "{pid}\n{}\n1700000000\n5432\n{}\n\n0 0\nready\n",
        data.display(),
        folder.0.join("socket").display()
    );
    fs::write(data.join("postmaster.pid"), text).unwrap();
    Embedded::start_with(&folder.0, &FAST).unwrap();
}

#[test]
fn a_cluster_that_was_half_created_is_created_again() {
    let folder = Folder::new("half");
    let half = folder.0.join("data.new-0123");
    fs::create_dir_all(&half).unwrap();
    fs::write(half.join("PG_VERSION"), "15\n").unwrap();
    Embedded::start_with(&folder.0, &FAST).unwrap();
    assert!(!half.exists());
}

#[test]
fn a_server_that_does_not_start_shows_its_log() {
    let folder = Folder::new("broken");
    Embedded::start_with(&folder.0, &FAST)
        .unwrap()
        .stop()
        .unwrap();
    let config = folder.0.join("data/postgresql.conf");
    File::options()
        .append(true)
        .open(config)
        .unwrap()
        .write_all(b"\nno_such_setting = 1\n")
        .unwrap();
    let error = Embedded::start_with(&folder.0, &FAST)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("unrecognized configuration parameter \"no_such_setting\""),
        "{error}"
    );
    assert!(error.contains("postgres.log"), "{error}");
}

#[test]
fn a_cluster_of_a_version_that_is_not_installed_is_left_alone() {
    let folder = Folder::new("version");
    Embedded::start_with(&folder.0, &FAST)
        .unwrap()
        .stop()
        .unwrap();
    fs::write(folder.0.join("data/PG_VERSION"), "8\n").unwrap();
    let error = Embedded::start_with(&folder.0, &FAST)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("No PostgreSQL 8 (which made the database) server is installed"),
        "{error}"
    );
    assert!(error.contains("DATABASE_URL"), "{error}");
}

#[test]
fn a_shared_cluster_runs_until_the_last_leaves() {
    let folder = Folder::new("shared");
    let start = || Embedded::start_with(&folder.0, &Options::throwaway()).unwrap();
    let all = std::thread::scope(|scope| {
        let threads = [0; 4].map(|_| scope.spawn(start));
        threads.map(|thread| thread.join().unwrap())
    });
    let server = fs::read_to_string(pid_file(&folder.0)).unwrap();
    for embedded in all {
        assert_eq!(connect(&embedded, "postgres").show("fsync"), "off");
        assert_eq!(fs::read_to_string(pid_file(&folder.0)).unwrap(), server);
        embedded.stop().unwrap();
    }
    wait_until("the last one or its watcher stops the server", || {
        !pid_file(&folder.0).exists()
    });
    start().stop().unwrap();
}

#[test]
fn root_lends_the_server_to_another_user() {
    if !is_root() {
        return;
    }
    let folder = Folder::new("root");
    let embedded = Embedded::start_with(&folder.0, &FAST).unwrap();
    assert_ne!(fs::metadata(folder.0.join("data")).unwrap().uid(), 0);
    assert!(
        connect(&embedded, "postgres")
            .show("data_directory")
            .starts_with(folder.0.to_str().unwrap())
    );
}

#[test]
fn root_in_a_folder_closed_to_others_keeps_the_cluster_elsewhere() {
    if !is_root() {
        return;
    }
    let parent = Folder::new("closed");
    fs::DirBuilder::new().mode(0o700).create(&parent.0).unwrap();
    let folder = Folder(parent.0.join("project"));
    for _ in 0..2 {
        let embedded = Embedded::start_with(&folder.0, &FAST).unwrap();
        let elsewhere = fs::read_link(folder.0.join("cluster")).unwrap();
        assert_eq!(elsewhere.parent(), Some(Path::new("/var/lib/restwell")));
        assert_eq!(
            connect(&embedded, "postgres").show("data_directory"),
            elsewhere.join("data").display().to_string()
        );
    }
    Owner::start(&folder.0).kill();
    Embedded::start_with(&folder.0, &FAST).unwrap();
    let elsewhere = fs::read_link(folder.0.join("cluster")).unwrap();
    fs::remove_dir_all(&elsewhere).unwrap();
    let error = Embedded::start_with(&folder.0, &FAST)
        .unwrap_err()
        .to_string();
    assert!(error.starts_with(elsewhere.to_str().unwrap()), "{error}");
}

#[test]
fn the_secret_key_is_random_private_and_kept() {
    let folder = Folder::new("key");
    let keys = std::thread::scope(|scope| {
        let threads = [0; 8].map(|_| scope.spawn(|| secret_key(&folder.0).unwrap()));
        threads.map(|thread| thread.join().unwrap())
    });
    assert!(keys.iter().all(|key| *key == keys[0] && key.len() == 64));
    let path = folder.0.join("secret_key");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
    assert_ne!(secret_key(&folder.0.join("other")).unwrap(), keys[0]);
    fs::write(&path, "short").unwrap();
    assert!(
        secret_key(&folder.0)
            .unwrap_err()
            .to_string()
            .contains("fewer than 32 characters")
    );
}
