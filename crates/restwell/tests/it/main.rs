//! The framework's tests, by module.

mod embedded;
mod fields;
mod migrate;
mod negotiation;
mod pagination;
mod parsers;
mod query_params;
mod renderers;
mod search;
