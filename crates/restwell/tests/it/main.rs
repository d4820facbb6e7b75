//! The framework's tests, by module; those that need a database use the small models of [`shop`].

mod embedded;
mod fields;
mod filters;
mod migrate;
mod negotiation;
mod pagination;
mod parsers;
mod query_params;
mod renderers;
mod search;
mod serializers;
mod shop;
mod viewsets;
