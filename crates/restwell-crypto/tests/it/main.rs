//! Against what Django has made.

#[cfg(test)]
mod hashers;
#[cfg(test)]
mod signing;
