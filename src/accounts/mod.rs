//! Who uses the library: users on Django's tables, and what every endpoint asks of those who call it.

pub mod commands;
pub mod policies;
pub mod serializers;
pub mod views;
