//! Who has which copy, and until when.

pub mod filters;
pub mod models;
pub mod permissions;
pub mod serializers;
pub mod validators;
pub mod views;
