//! Servers that are started and killed, and migrations by many at once.

#[cfg(test)]
mod embedded;
#[cfg(test)]
mod migrate;
