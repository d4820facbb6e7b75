//! Where the books are: branches, and the copies that they hold.

pub mod models;
pub mod serializers;
