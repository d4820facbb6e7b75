//! `library serve`: from the first log line to the exit after the last request.

use std::{
    future::{Future, poll_fn},
    io, process,
    task::Poll,
    time::{Duration, Instant},
};

use actix_web::{
    HttpServer,
    rt::{
        self, System,
        signal::unix::{Signal, SignalKind, signal},
    },
    web,
};
use diesel::PgConnection;
use restwell::{checks::check_columns, db::Db, server::App, settings::Settings as ApiSettings};
use restwell_postgres::migrate;
use tokio::sync::watch;

use crate::{
    MIGRATIONS,
    accounts::commands::ensure_superuser,
    database::{self, Database, Failure},
    health::Health,
    seed,
    settings::Settings,
    urls::urls,
};

/// From the signal to stop until connections are refused: whoever asks `/readyz` in between is told so first.
const NOTICE: Duration = Duration::from_millis(500);
/// How long running requests may go on after that.
const SHUTDOWN_TIMEOUT: u64 = 25;
/// Longer than the 60 seconds after which proxies drop an idle connection, so that it is they who end it.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a client may take for the head of its request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Open connections of one worker; the others wait in the kernel's queue.
const CONNECTIONS_PER_WORKER: usize = 2000;

/// Serves until a signal says to stop.
///
/// # Errors
/// If the service could not be started, or the embedded database not be stopped.
pub fn serve(settings: Settings) -> Result<(), Failure> {
    System::new().block_on(run(settings))
}

async fn run(settings: Settings) -> Result<(), Failure> {
    let started = Instant::now();
    let stopping = watch_signals()?;
    let (prepared, asked) = (settings.clone(), stopping.clone());
    // Signals are heard meanwhile.
    let Some(database) = web::block(move || prepare(&prepared, || *asked.borrow())).await?? else {
        return Ok(());
    };
    let served = listen(&settings, &database, stopping, started).await;
    database.close()?;
    served?;
    log::info!("stopped");
    Ok(())
}

/// `false` until the first SIGTERM or Ctrl-C; the second ends the process at once.
fn watch_signals() -> io::Result<watch::Receiver<bool>> {
    let (sender, stopping) = watch::channel(false);
    let mut signals = [
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    ];
    rt::spawn(async move {
        any(&mut signals).await;
        log::info!("stopping: running requests have {SHUTDOWN_TIMEOUT} s to finish");
        sender.send_replace(true);
        any(&mut signals).await;
        log::warn!("stopping at once");
        process::exit(1);
    });
    Ok(stopping)
}

fn any(signals: &mut [Signal]) -> impl Future<Output = ()> {
    poll_fn(|context| {
        let came = signals
            .iter_mut()
            .any(|signal| signal.poll_recv(context).is_ready());
        if came { Poll::Ready(()) } else { Poll::Pending }
    })
}

/// A database that is ready for requests, as far as the settings ask for it; `None` if stopped meanwhile.
fn prepare(
    settings: &Settings,
    is_stopped: impl Fn() -> bool,
) -> Result<Option<Database>, Failure> {
    let database = Database::open(settings)?;
    if settings.migrate_on_start || settings.seed_on_start {
        let Some(mut conn) = database.connect(&is_stopped)? else {
            return Ok(None);
        };
        let conn = &mut conn;
        // Looked at without the lock first: a restart does not wait for a replica that loads data.
        let mut pending = migrate::pending(conn, &MIGRATIONS)?;
        if settings.migrate_on_start && !pending.is_empty() {
            database::migrate(conn)?;
            pending.clear();
        }
        if pending.is_empty() {
            let unset = check_columns(&urls(), conn)?;
            if !unset.is_empty() {
                return Err(unset.join("\n").into());
            }
            fill(settings, conn)?;
        } else if settings.seed_on_start {
            log::warn!("no demo data was loaded: migrations are pending");
        }
    }
    Ok((!is_stopped()).then_some(database))
}

/// The demo data and the first superuser. One with a password of their own comes before the demo's, whose password
/// everybody knows; a password is made up only if the demo brings no superuser.
fn fill(settings: &Settings, conn: &mut PgConnection) -> Result<(), Failure> {
    let seed = |conn: &mut PgConnection| match settings.seed_on_start {
        true => seed::fill(conn, &settings.seed_password).map(drop),
        false => Ok(()),
    };
    if settings.superuser.password.is_some() {
        ensure_superuser(&settings.superuser, conn)?;
        seed(conn)
    } else {
        seed(conn)?;
        announce(ensure_superuser(&settings.superuser, conn)?);
        Ok(())
    }
}

/// Once, in plain words: what keeps the output of the process, as Docker does, keeps this too.
fn announce(generated: Option<(String, String)>) {
    if let Some((username, password)) = generated {
        eprintln!("The password of {username} is: {password}");
    }
}

async fn listen(
    settings: &Settings,
    database: &Database,
    mut stopping: watch::Receiver<bool>,
    started: Instant,
) -> Result<(), Failure> {
    let api = ApiSettings {
        secret_key: database.secret_key(settings)?,
        ..settings.api.clone()
    };
    let db = Db::new(database.url(), settings.database_pool_size);
    let health = Health::new(db.clone(), stopping.clone());
    let app = App::new(urls(), api, db);
    let services = move || {
        actix_web::App::new()
            .configure(|config| health.configure(config))
            .configure(|config| app.configure(config))
    };
    let server = HttpServer::new(services)
        .workers(settings.workers)
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(REQUEST_TIMEOUT)
        .max_connections(CONNECTIONS_PER_WORKER)
        .shutdown_timeout(SHUTDOWN_TIMEOUT)
        .shutdown_signal(async move {
            // Fails only when nobody is left who could say stop.
            let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
            rt::time::sleep(NOTICE).await;
        })
        .bind(&settings.bind_addr)
        .map_err(|error| format!("cannot listen on {}: {error}", settings.bind_addr))?;
    let addresses: Vec<_> = server
        .addrs()
        .iter()
        .map(|address| format!("http://{address}"))
        .collect();
    log::info!(
        "listening on {}, ready after {} ms",
        addresses.join(", "),
        started.elapsed().as_millis()
    );
    Ok(server.run().await?)
}
