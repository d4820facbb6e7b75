//! `/livez` and `/readyz`: whether the process runs, and whether it should get requests.
//!
//! They stand beside the API: no host check, so that probes may ask by address, no log line, and no word about what
//! lies behind the service.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::header,
    web::{self, ServiceConfig},
};
use restwell::{db::Db, exceptions::ApiException};
use restwell_postgres::migrate;
use serde_json::json;
use tokio::sync::watch;

use crate::MIGRATIONS;

/// The path that answers as long as the process runs.
pub const LIVEZ: &str = "/livez";
/// The path that answers 200 when requests can be served.
pub const READYZ: &str = "/readyz";

/// Docker gives a probe three seconds.
const TIMEOUT: Duration = Duration::from_secs(2);

/// What the probes look at.
#[derive(Clone)]
pub struct Health {
    db: Db,
    stopping: watch::Receiver<bool>,
}

impl Health {
    /// Looks at this database, and at whether the service is being stopped.
    pub fn new(db: Db, stopping: watch::Receiver<bool>) -> Self {
        Self { db, stopping }
    }

    /// Adds the two paths.
    pub fn configure(&self, config: &mut ServiceConfig) {
        let health = self.clone();
        let ready = move || {
            let health = health.clone();
            async move { to_response(health.reasons().await) }
        };
        let live = || async { to_response(Vec::new()) };
        config.service(
            probe(LIVEZ)
                .route(web::get().to(live))
                .route(web::head().to(live)),
        );
        config.service(
            probe(READYZ)
                .route(web::get().to(ready.clone()))
                .route(web::head().to(ready)),
        );
    }

    /// Why no requests should come here; empty if they may.
    async fn reasons(&self) -> Vec<String> {
        if *self.stopping.borrow() {
            return vec!["shutting down".to_owned()];
        }
        let pending = self.db.run(|conn| {
            migrate::pending(conn, &MIGRATIONS).map_err(|error| match error {
                migrate::MigrateError::Database(error) => error.into(),
                error => ApiException::internal(error.to_string()),
            })
        });
        match tokio::time::timeout(TIMEOUT, pending).await {
            Ok(outcome) => match outcome.result {
                Ok(pending) if pending.is_empty() => Vec::new(),
                Ok(pending) => vec![format!("migrations are pending: {}", pending.join(", "))],
                Err(exception) => {
                    log::warn!("not ready: {exception}");
                    vec!["the database does not answer".to_owned()]
                }
            },
            Err(_) => {
                log::warn!(
                    "not ready: the database did not answer within {} s",
                    TIMEOUT.as_secs()
                );
                vec!["the database does not answer in time".to_owned()]
            }
        }
    }
}

fn probe(path: &str) -> actix_web::Resource {
    web::resource(path).default_service(web::to(|| async {
        let body = json!({"detail": "This method is not allowed here."});
        HttpResponse::MethodNotAllowed()
            .insert_header((header::ALLOW, "GET, HEAD"))
            .json(body)
    }))
}

fn to_response(reasons: Vec<String>) -> HttpResponse {
    let (mut response, body) = match reasons.is_empty() {
        true => (HttpResponse::Ok(), json!({"status": "ok"})),
        false => (
            HttpResponse::ServiceUnavailable(),
            json!({"status": "unavailable", "reasons": reasons}),
        ),
    };
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(body)
}
