//! What readers think of the books.

pub mod filters;
pub mod models;
pub mod permissions;
pub mod serializers;
pub mod views;
