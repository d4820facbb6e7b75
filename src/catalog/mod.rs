//! What the library has: authors, subjects and books.

pub mod filters;
pub mod models;
pub mod serializers;
pub mod validators;
pub mod views;
