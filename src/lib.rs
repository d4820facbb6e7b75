//! The lending library: a complete REST service, written with Restwell as any user would write theirs.

pub mod catalog;
pub mod holdings;
pub mod schema;
pub mod urls;
