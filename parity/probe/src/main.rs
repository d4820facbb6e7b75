//! The probe: the twin, in Rust, of the views in `parity/oracle/probe`, served beside the lending library.
//!
//! Modules have the names of their twins, and answer the same URLs.

use std::error::Error;

use actix_web::{App as ActixApp, HttpServer, rt::System};
use lending_library::{logging, settings::Settings};
use restwell::{db::Db, server::App};

mod columns;
mod echo;
mod exchange;
mod failures;
mod filtering;
mod pages;
mod pipeline;
mod relations;
mod routing;
mod schema;
mod uniqueness;
mod urls;
mod versions;
mod writes;

fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_env()?;
    logging::init(&settings.log);
    let url = settings
        .database_url
        .as_ref()
        .ok_or("DATABASE_URL is not set")?;
    let db = Db::new(url.expose(), settings.database_pool_size);
    let app = App::new(urls::urls(), settings.api.clone(), db);
    let server = HttpServer::new(move || ActixApp::new().configure(|config| app.configure(config)))
        .workers(settings.workers)
        .bind(&settings.bind_addr)?;
    Ok(System::new().block_on(server.run())?)
}
