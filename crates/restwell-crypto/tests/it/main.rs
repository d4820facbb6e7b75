//! Against what Django has made.

mod hashers;
mod signing;
