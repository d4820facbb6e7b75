//! The probe: the twin, in Rust, of the views in `parity/oracle/probe`, served beside the lending library.
//!
//! Modules have the names of their twins, and answer the same URLs. The library's policies are not the probe's, so these
//! are two services.

use std::error::Error;

use actix_web::{App as ActixApp, HttpServer, rt::System, web};
use lending_library::{logging, settings::Settings};
use restwell::{
    crypto::SecretKey, db::Db, server::App, settings::Settings as ApiSettings, viewsets::Policies,
};

mod columns;
mod credentials;
mod echo;
mod exchange;
mod failures;
mod filtering;
mod pages;
mod permissions;
mod pipeline;
mod relations;
mod routing;
mod schema;
mod throttles;
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
    let secret_key = settings.secret_key.ok_or("SECRET_KEY is not set")?;
    let library = ApiSettings {
        secret_key: SecretKey::new(secret_key.expose()),
        ..settings.api
    };
    let probe = ApiSettings {
        policies: Policies::DEFAULT,
        throttle_rates: throttles::rates()?,
        num_proxies: None,
        ..library.clone()
    };
    let probe = App::new(urls::urls(), probe, db.clone());
    let library = App::new(lending_library::urls::urls(), library, db);
    let services = move || {
        ActixApp::new()
            .service(web::scope("/probe").configure(|config| probe.configure(config)))
            .configure(|config| library.configure(config))
    };
    let server = HttpServer::new(services)
        .workers(settings.workers)
        .bind(&settings.bind_addr)?;
    Ok(System::new().block_on(server.run())?)
}
