//! The command line: what each sub-command does, and the exit codes (0 done, 1 failed, 2 wrong settings or arguments).

use std::{
    io::{self, IsTerminal as _, Read as _, Write as _},
    net::{SocketAddr, TcpStream, ToSocketAddrs as _},
    process::ExitCode,
    time::Duration,
};

use clap::{Args, Parser, Subcommand};
use diesel::PgConnection;
use indicatif::{ProgressBar, ProgressStyle};
use restwell::sessions::clear_expired;
use restwell_postgres::migrate;

use crate::{
    MIGRATIONS,
    accounts::commands::{change_password, make_superuser, token},
    database::{self, Database, Failure},
    health, logging, seed,
    serve::serve,
    settings::{Problems, Secret, Settings, Superuser},
    urls::urls,
};

/// Less than the three seconds that Docker gives a health check.
const PROBE_TIMEOUT: Duration = Duration::from_millis(2500);

const SETTINGS: &str = "\
Settings come from environment variables, and from the file .env for what is not set there; .env.example lists them.
Without DATABASE_URL, a private Postgres is started in the folder .library.";

/// A lending library's REST service
#[derive(Parser)]
#[command(name = "library", version, after_help = SETTINGS)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API until SIGTERM or Ctrl-C (the default)
    Serve,
    /// Apply the migrations that the database does not have yet
    Migrate(Migrate),
    /// Load the demo library into empty tables, or add made-up books
    Seed(Seed),
    /// Ask the running service whether it is ready, and exit with 1 if not
    Healthcheck,
    /// List every URL with the viewset that answers it
    Routes,
    /// Delete the sessions that have ended
    Clearsessions,
    /// Make a user who may do everything
    Createsuperuser(CreateSuperuser),
    /// Give a user another password
    Changepassword {
        /// Whose
        username: String,
    },
    /// Show the token of a user, made if there is none yet
    Token {
        /// Whose
        username: String,
    },
}

#[derive(Args)]
struct CreateSuperuser {
    /// The name to sign in with, if `SUPERUSER_USERNAME` does not say it
    #[arg(long)]
    username: Option<String>,
    /// The e-mail address, if `SUPERUSER_EMAIL` does not say it
    #[arg(long)]
    email: Option<String>,
    /// Ask nothing: what is missing is taken from `SUPERUSER_USERNAME`, `SUPERUSER_EMAIL` and `SUPERUSER_PASSWORD`
    #[arg(long)]
    no_input: bool,
}

#[derive(Args)]
struct Migrate {
    /// Revert the last N migrations instead
    #[arg(long, value_name = "N", conflicts_with = "list")]
    down: Option<usize>,
    /// Only list the migrations; [X] are applied
    #[arg(long)]
    list: bool,
}

#[derive(Args)]
struct Seed {
    /// Add N made-up books, with authors, subjects and copies, to whatever is there
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=seed::MAX_BOOKS))]
    books: Option<i64>,
}

/// Runs the command line that the process was started with.
pub fn main() -> ExitCode {
    let command = Cli::parse().command.unwrap_or(Command::Serve);
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("library: {failure}");
            ExitCode::from(if failure.is::<Problems>() { 2 } else { 1 })
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    if let Command::Routes = command {
        return list_routes();
    }
    let settings = Settings::from_env()?;
    logging::init(&settings.log);
    match command {
        Command::Serve => serve(settings),
        Command::Migrate(options) => with_database(&settings, |conn| migrate(conn, &options)),
        Command::Seed(options) => with_database(&settings, |conn| {
            seed(conn, &options, &settings.seed_password)
        }),
        Command::Healthcheck => check_health(&settings.bind_addr),
        Command::Routes => list_routes(),
        Command::Clearsessions => with_database(&settings, |conn| {
            let count = clear_expired(conn)?;
            Ok(print(&format!("deleted {count} sessions"))?)
        }),
        Command::Createsuperuser(options) => with_database(&settings, |conn| {
            let given = Superuser {
                username: options.username.or(settings.superuser.username.clone()),
                email: options.email.or(settings.superuser.email.clone()),
                password: settings.superuser.password.clone(),
            };
            let username = make_superuser(&given, options.no_input, conn)?;
            Ok(print(&format!("made the superuser {username}"))?)
        }),
        Command::Changepassword { username } => with_database(&settings, |conn| {
            change_password(&username, conn)?;
            Ok(print(&format!("changed the password of {username}"))?)
        }),
        Command::Token { username } => {
            with_database(&settings, |conn| Ok(print(&token(&username, conn)?)?))
        }
    }
}

/// Runs `job` on a direct connection to a database that is stopped afterwards if it is the embedded one.
fn with_database(
    settings: &Settings,
    job: impl FnOnce(&mut PgConnection) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let database = Database::open(settings)?;
    let done = match database.connect(|| false)? {
        Some(mut conn) => job(&mut conn),
        None => Ok(()),
    };
    database.close()?;
    done
}

fn migrate(conn: &mut PgConnection, options: &Migrate) -> Result<(), Failure> {
    if options.list {
        for (name, is_applied) in migrate::list(conn, &MIGRATIONS)? {
            print(&format!("[{}] {name}", if is_applied { 'X' } else { ' ' }))?;
        }
        return Ok(());
    }
    let (done, names) = match options.down {
        Some(count) => ("reverted", migrate::down(conn, &MIGRATIONS, count)?),
        None => ("applied", database::migrate(conn)?),
    };
    for name in &names {
        print(&format!("{done} {name}"))?;
    }
    if names.is_empty() {
        print(&format!("nothing to be {done}"))?;
    }
    Ok(())
}

fn seed(conn: &mut PgConnection, options: &Seed, password: &Secret) -> Result<(), Failure> {
    let pending = migrate::pending(conn, &MIGRATIONS)?;
    if !pending.is_empty() {
        return Err(format!(
            "run `library migrate` first; not applied yet: {}",
            pending.join(", ")
        )
        .into());
    }
    match options.books {
        Some(books) => {
            let bar = progress_bar(books)?;
            seed::add_books(conn, books, |done| bar.set_position(done.unsigned_abs()))?;
            bar.finish_and_clear();
            let seconds = bar.elapsed().as_secs_f64();
            print(&format!(
                "added {books} books in {seconds:.1} s; there are now {}",
                seed::count(conn)?
            ))?;
        }
        None if seed::fill(conn, password)? => {
            print(&format!("loaded the demo data: {}", seed::count(conn)?))?
        }
        None => print(&format!(
            "nothing loaded, the tables are not empty: {}",
            seed::count(conn)?
        ))?,
    }
    Ok(())
}

/// Shows itself on a terminal only.
fn progress_bar(books: i64) -> Result<ProgressBar, Failure> {
    if !io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let style =
        ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} books, {eta} left")?;
    Ok(ProgressBar::new(books.unsigned_abs()).with_style(style))
}

fn list_routes() -> Result<(), Failure> {
    let urls = urls();
    let mut rows = vec![["METHOD", "PATH", "NAME", "VIEWSET"].map(str::to_owned)];
    for route in urls.routes() {
        // Letters stand in for the lookup value, as a brace would be percent-encoded.
        let path = urls
            .reverse(&route.name, Some("LOOKUP"), None)
            .unwrap_or_default();
        let path = path.replace("LOOKUP", &format!("{{{}}}", route.view.lookup_field()));
        for (method, action) in &route.actions {
            let view = format!("{}.{}", route.view.name(), action.name);
            rows.push([method.to_string(), path.clone(), route.name.clone(), view]);
        }
    }
    rows.extend(
        [health::LIVEZ, health::READYZ].map(|path| ["GET", path, "", ""].map(str::to_owned)),
    );
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].len())
            .max()
            .unwrap_or_default()
    };
    let [method, path, name] = [width(0), width(1), width(2)];
    for row in &rows {
        let line = format!(
            "{:method$}  {:path$}  {:name$}  {}",
            row[0], row[1], row[2], row[3]
        );
        print(line.trim_end())?;
    }
    Ok(())
}

fn check_health(bind_addr: &str) -> Result<(), Failure> {
    let mut address = bind_addr
        .to_socket_addrs()?
        .next()
        .ok_or("BIND_ADDR stands for no address")?;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    let ask = || {
        let mut stream = TcpStream::connect_timeout(&address, PROBE_TIMEOUT)?;
        stream.set_read_timeout(Some(PROBE_TIMEOUT))?;
        write!(
            stream,
            "GET {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            health::READYZ
        )?;
        let mut answer = Vec::new();
        stream.take(65_536).read_to_end(&mut answer)?;
        io::Result::Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    let answer = ask().map_err(|error| format!("{address}: {error}"))?;
    if answer.starts_with("HTTP/1.1 200 ") {
        return Ok(());
    }
    let body = answer
        .split_once("\r\n\r\n")
        .map_or(answer.as_str(), |(_, body)| body);
    Err(format!("{address} is not ready: {body}").into())
}

/// Who reads the output may have gone away (`library routes | head`), which is no failure.
fn print(text: &str) -> io::Result<()> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
