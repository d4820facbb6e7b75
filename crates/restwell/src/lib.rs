//! Django REST framework's wire contract on actix-web, diesel and Postgres.
#![warn(missing_docs)]

pub mod authentication;
pub mod db;
pub mod embedded;
pub mod exceptions;
pub mod fields;
pub mod filters;
pub mod generics;
mod metadata;
pub mod migrate;
pub mod mixins;
pub mod models;
pub mod negotiation;
pub mod pagination;
pub mod parsers;
pub mod permissions;
pub mod prelude;
#[doc(hidden)]
pub mod private;
pub mod query_params;
pub mod relations;
pub mod renderers;
pub mod request;
pub mod response;
pub mod routers;
pub mod search;
pub mod serializers;
pub mod server;
pub mod settings;
pub mod test;
pub mod throttling;
pub mod versioning;
mod views;
pub mod viewsets;

pub use restwell_macros::{FilterSet, Model, Serializer, viewset};
