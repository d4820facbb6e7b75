//! The books of the lending library as one writes them by hand, with actix-web and diesel and nothing between.
//!
//! It answers three requests byte for byte as the service does: `GET /api/books/` (with `?page=`),
//! `GET /api/books/{id}/` and `POST /api/books/`, by token too. `scripts/bench` loads both and compares them, so it is written to be
//! fast: few statements, all of them prepared, and nothing done for a request that a service in production would not do.

use std::{env, error::Error, io::Write, time::Duration};

use actix_web::{App, HttpServer, middleware, rt::System, web};
use chrono::{SecondsFormat, Utc};

mod access;
mod answer;
mod auth;
mod db;
mod input;
mod queries;
mod views;

/// As in the service, so that both close idle connections alike.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
const MAX_BODY: usize = 2_621_440;

fn main() -> Result<(), Box<dyn Error>> {
    init_log();
    let url = env::var("DATABASE_URL")?;
    let address = env::var("BIND_ADDR")?;
    let connections = env::var("DATABASE_POOL_SIZE").map_or(Ok(8), |number| number.parse())?;
    let workers = env::var("WORKERS").map_or(Ok(2), |number| number.parse())?;
    let db = web::Data::new(db::Db::new(&url, connections));
    let services = move || {
        App::new()
            .app_data(db.clone())
            .app_data(web::PayloadConfig::new(MAX_BODY))
            .wrap(middleware::from_fn(access::middleware))
            .service(
                web::resource("/api/books/")
                    .route(web::get().to(views::list))
                    .route(web::post().to(views::create)),
            )
            .service(web::resource("/api/books/{id}/").route(web::get().to(views::retrieve)))
    };
    let server = HttpServer::new(services)
        .workers(workers)
        .keep_alive(KEEP_ALIVE)
        .bind(address)?;
    for address in server.addrs() {
        log::info!("listening on http://{address}");
    }
    Ok(System::new().block_on(server.run())?)
}

/// One line a record on standard error, as the service writes it.
fn init_log() {
    let mut builder = env_logger::Builder::new();
    builder.parse_filters(&env::var("RUST_LOG").unwrap_or_else(|_| "info".to_owned()));
    builder.format(|target, record| {
        let time = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
        writeln!(
            target,
            "{time} {:<5} {} {}",
            record.level(),
            record.target(),
            record.args()
        )
    });
    builder.init();
}
