//! Against what Django has made.

#[cfg(test)]
mod hashers;
