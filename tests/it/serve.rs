//! The binary itself: sub-commands, exit codes, start and stop.

use std::{
    cell::Cell,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    thread::{self, JoinHandle},
    time::Instant,
};

use diesel::{Connection, connection::SimpleConnection};
use lending_library::{database::Database, settings::Settings};

use crate::harness::Library;

pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A command with these settings only, in a folder without `.env`.
pub(crate) fn command(arguments: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_library"));
    command
        .args(arguments)
        .env_clear()
        .envs(settings.iter().copied())
        .current_dir(folder("empty"));
    command
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn run(library: &Library, arguments: &[&str]) -> (Option<i32>, String, String) {
    let url = library.database.url();
    to_parts(
        command(
            arguments,
            &[
                ("DATABASE_URL", &url),
                ("SECRET_KEY", KEY),
                ("RUST_LOG", "off"),
            ],
        )
        .output()
        .unwrap(),
    )
}

fn to_parts(output: Output) -> (Option<i32>, String, String) {
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// A service that runs on a port of its own.
pub(crate) struct Service {
    child: Child,
    /// All that is logged, once it has ended: it never waits for somebody to read.
    log: Option<JoinHandle<String>>,
    address: SocketAddr,
}

impl Service {
    pub(crate) fn start(library: &Library, settings: &[(&str, &str)]) -> Self {
        let url = library.database.url();
        let fixed = [
            ("DATABASE_URL", url.as_str()),
            ("SECRET_KEY", KEY),
            ("BIND_ADDR", "127.0.0.1:0"),
            ("WORKERS", "1"),
        ];
        let mut child = command(&[], &[&fixed, settings].concat())
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut lines = String::new();
        while !lines.contains("listening on http://") {
            assert_ne!(log.read_line(&mut lines).unwrap(), 0, "the service ended");
        }
        let address = lines
            .split("listening on http://")
            .nth(1)
            .unwrap()
            .split(',')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let log = thread::spawn(move || {
            log.read_to_string(&mut lines).unwrap();
            lines
        });
        Self {
            child,
            log: Some(log),
            address,
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(
            Command::new("/bin/sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
    }

    fn get(&self, path: &str) -> String {
        ask(TcpStream::connect(self.address).unwrap(), path).unwrap()
    }

    /// The answer to a request, which must ask for the end of the connection.
    pub(crate) fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// The exit code, and what was logged.
    pub(crate) fn wait(mut self) -> (Option<i32>, String) {
        let log = self.log.take().unwrap().join().unwrap();
        (self.child.wait().unwrap().code(), log)
    }
}

impl Drop for Service {
    /// Only of use when a test has failed.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask(mut stream: TcpStream, path: &str) -> io::Result<String> {
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn wrong_settings_end_with_code_2_and_one_list() {
    let (code, stdout, stderr) = to_parts(
        command(&[], &[("WORKERS", "0"), ("PAGE_SIZE", "x")])
            .output()
            .unwrap(),
    );
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert_eq!(
        stderr,
        "library: the settings are wrong:
  - WORKERS: `0` is not a whole number from 1 to 512
  - PAGE_SIZE: `x` is not a whole number from 1 to 1000\n"
    );
}

#[test]
fn dotenv_counts_where_the_environment_is_silent() {
    let folder = folder("dotenv");
    let run = |text: &str| {
        std::fs::write(folder.join(".env"), text).unwrap();
        to_parts(
            command(&["healthcheck"], &[("PAGE_SIZE", "7")])
                .current_dir(&folder)
                .output()
                .unwrap(),
        )
    };
    let (code, _, stderr) = run("PAGE_SIZE=none\nWORKERS=none\n");
    assert_eq!(code, Some(2));
    assert!(
        stderr.contains("WORKERS") && !stderr.contains("PAGE_SIZE"),
        "{stderr}"
    );
    let (code, _, stderr) = run("WORKERS=1\nSECRET KEY is secret\nPAGE_SIZE=2\n");
    assert_eq!(code, Some(2));
    assert!(
        stderr.contains(".env: the line after WORKERS is not NAME=value")
            && !stderr.contains("secret"),
        "{stderr}"
    );
}

#[test]
fn routes_are_listed() {
    let (code, stdout, _) = to_parts(
        command(&["routes"], &[("WORKERS", "routes needs no settings")])
            .output()
            .unwrap(),
    );
    assert_eq!(code, Some(0));
    let lines: Vec<String> = stdout
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for wanted in [
        "METHOD PATH NAME VIEWSET",
        "GET /api/ api-root ApiRoot.get",
        "GET /api/books/{pk}/copies/ book-copies BookViewSet.copies",
        "DELETE /api/subjects/{slug}/ subject-detail SubjectViewSet.destroy",
        "GET /livez",
        "GET /readyz",
    ] {
        assert!(
            lines.iter().any(|line| line == wanted),
            "{wanted} is not in\n{stdout}"
        );
    }
}

#[test]
fn migrations_are_listed_reverted_and_applied() {
    let library = Library::new();
    let newest = "2026-11-26-110000_note_django_migrations\n";
    let list = |mark: char| {
        let (code, stdout, _) = run(&library, &["migrate", "--list"]);
        assert_eq!(code, Some(0));
        assert!(
            stdout.starts_with("[X] 2026-01-31-120000_create_accounts\n"),
            "{stdout}"
        );
        assert!(stdout.ends_with(&format!("[{mark}] {newest}")), "{stdout}");
    };
    let done = |arguments: &[&str], text: String| {
        assert_eq!(run(&library, arguments), (Some(0), text, String::new()))
    };
    list('X');
    done(&["migrate", "--down", "1"], format!("reverted {newest}"));
    list(' ');
    let (code, _, stderr) = run(&library, &["seed"]);
    assert_eq!(
        (code, stderr),
        (
            Some(1),
            format!("library: run `library migrate` first; not applied yet: {newest}")
        )
    );
    done(&["migrate"], format!("applied {newest}"));
    done(&["migrate"], "nothing to be applied\n".to_owned());
    list('X');
}

#[test]
fn seed_says_what_it_did() {
    let library = Library::new();
    let rows =
        "192 authors, 20 subjects, 389 books, 4 branches, 500 copies, 100 loans, 300 reviews\n";
    assert_eq!(
        run(&library, &["seed"]).1,
        format!("loaded the demo data: {rows}")
    );
    assert_eq!(
        run(&library, &["seed"]).1,
        format!("nothing loaded, the tables are not empty: {rows}")
    );
    let (code, stdout, _) = run(&library, &["seed", "--books", "80"]);
    assert!(
        stdout
            .contains("there are now 194 authors, 20 subjects, 469 books, 4 branches, 660 copies, 100 loans, 300 reviews"),
        "{stdout}"
    );
    assert_eq!(code, Some(0));
    assert_eq!(run(&library, &["seed", "--books", "0"]).0, Some(2));
}

#[test]
fn serve_seeds_answers_and_stops_with_code_0() {
    let library = Library::new();
    for signal in ["TERM", "INT"] {
        let service = Service::start(
            &library,
            &[("SEED_ON_START", "true"), ("LOG_FORMAT", "json")],
        );
        assert!(
            service
                .get("/readyz")
                .ends_with("\r\n\r\n{\"status\":\"ok\"}")
        );
        assert!(
            service
                .get("/api/books/?page_size=1")
                .contains(r#"{"count":389,"#)
        );
        let bind = format!("0.0.0.0:{}", service.address.port());
        assert!(
            command(&["healthcheck"], &[("BIND_ADDR", &bind)])
                .status()
                .unwrap()
                .success()
        );
        service.signal(signal);
        let (code, log) = service.wait();
        assert_eq!(code, Some(0), "{log}");
        assert!(
            log.lines()
                .all(|line| line.starts_with(r#"{"time":""#) && line.ends_with('}')),
            "{log}"
        );
        assert!(
            log.contains(r#""path":"/api/books/","status":200,"#) && log.contains("stopped"),
            "{log}"
        );
        let (code, _, stderr) = to_parts(
            command(&["healthcheck"], &[("BIND_ADDR", &bind)])
                .output()
                .unwrap(),
        );
        assert_eq!(
            (code, stderr.contains("Connection refused")),
            (Some(1), true),
            "{stderr}"
        );
    }
}

#[test]
fn a_service_that_stops_says_so_before_it_refuses_connections() {
    let library = Library::new();
    let service = Service::start(&library, &[]);
    service.signal("TERM");
    let mut answers = Vec::new();
    while let Ok(stream) = TcpStream::connect(service.address) {
        answers.push(ask(stream, "/readyz").unwrap_or_default());
    }
    let told = r#"{"status":"unavailable","reasons":["shutting down"]}"#;
    assert!(
        answers
            .iter()
            .any(|answer| answer.starts_with("HTTP/1.1 503 ") && answer.ends_with(told)),
        "{answers:?}"
    );
    assert_eq!(service.wait().0, Some(0));
}

#[test]
fn a_running_request_is_finished_before_the_service_ends() {
    let library = Library::stocked();
    let service = Service::start(&library, &[]);
    let mut conn = library.database.connect();
    let answer = conn
        .transaction(|conn| {
            conn.batch_execute("lock table catalog_book")?;
            let stream = TcpStream::connect(service.address).unwrap();
            let reader = thread::spawn(|| ask(stream, "/api/books/").unwrap());
            let waiting =
                "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
            while library.count(waiting) == 0 {}
            service.signal("TERM");
            // Accepting has ended when a connection is refused; the request still waits for the table.
            while TcpStream::connect(service.address).is_ok() {}
            diesel::QueryResult::Ok(reader)
        })
        .unwrap();
    assert!(answer.join().unwrap().starts_with("HTTP/1.1 200 OK\r\n"));
    assert_eq!(service.wait().0, Some(0));
}

#[test]
fn a_taken_address_is_told() {
    let library = Library::new();
    let service = Service::start(&library, &[]);
    let (url, address) = (library.database.url(), service.address.to_string());
    let settings = [
        ("DATABASE_URL", url.as_str()),
        ("SECRET_KEY", KEY),
        ("BIND_ADDR", &address),
        ("RUST_LOG", "off"),
    ];
    let (code, _, stderr) = to_parts(command(&["serve"], &settings).output().unwrap());
    assert_eq!(code, Some(1));
    assert!(
        stderr.starts_with(&format!(
            "library: cannot listen on {address}: Address already in use"
        )),
        "{stderr}"
    );
}

#[test]
fn a_superuser_with_a_password_of_their_own_comes_before_the_demos() {
    let library = Library::new();
    library.sql("TRUNCATE auth_user CASCADE");
    let settings = [
        ("SEED_ON_START", "true"),
        ("SUPERUSER_USERNAME", "admin"),
        ("SUPERUSER_PASSWORD", "nobody else knows it"),
    ];
    let service = Service::start(&library, &settings);
    let token_for = |password: &str| {
        let body = format!("username=admin&password={password}");
        let head = "POST /api/api-token-auth/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                    Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ";
        let answer = service.send(&format!("{head}{}\r\n\r\n{body}", body.len()));
        answer[..12].to_owned()
    };
    assert_eq!(token_for("nobody+else+knows+it"), "HTTP/1.1 200");
    assert_eq!(token_for("library"), "HTTP/1.1 400");
    assert_eq!(library.count("auth_user WHERE is_superuser"), 1);
}

#[test]
fn a_database_that_never_answers_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "postgres://library@{}/library",
        silent.local_addr().unwrap()
    );
    let settings = Settings::from_vars(|name| match name {
        "DATABASE_URL" => Some(url.clone()),
        "SECRET_KEY" => Some(KEY.to_owned()),
        _ => None,
    })
    .unwrap();
    let database = Database::open(&settings).unwrap();
    let (started, tries) = (Instant::now(), Cell::new(0));
    let is_stopped = || tries.replace(tries.get() + 1) == 1;
    assert!(database.connect(is_stopped).unwrap().is_none());
    let seconds = started.elapsed().as_secs();
    assert!((2..20).contains(&seconds), "{seconds} s");
}
