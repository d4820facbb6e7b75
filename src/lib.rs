//! The lending library: a complete REST service, written with Restwell as any user would write theirs.

use diesel_migrations::{EmbeddedMigrations, embed_migrations};

pub mod accounts;
pub mod catalog;
pub mod circulation;
pub mod cli;
pub mod database;
pub mod health;
pub mod holdings;
pub mod logging;
pub mod reviews;
pub mod schema;
pub mod seed;
pub mod serve;
pub mod settings;
pub mod urls;

/// Every table of the service; the binary carries them.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!();
