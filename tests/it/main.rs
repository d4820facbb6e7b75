//! The service's tests: real Postgres, in process, in parallel, each on a database of its own.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod api;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod health;
#[cfg(test)]
mod logging;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod security;
#[cfg(test)]
mod seed;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod settings;
