//! Where the books are: branches, and the copies that they hold.

pub mod filters;
pub mod models;
pub mod serializers;
pub mod validators;
pub mod views;
