//! The service's tests: real Postgres, in process, in parallel, each on a database of its own.

mod api;
mod harness;
