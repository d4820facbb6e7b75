//! What stands around a service's Postgres, and knows nothing of the service: [`migrate`] brings its tables up to date,
//! [`embedded`] runs a server where none is set up, and [`mod@test`] gives each test a database of its own.
//!
//! The guides are `docs/settings.md` and `docs/testing.md`.
#![warn(missing_docs)]

pub mod embedded;
pub mod migrate;
pub mod test;
