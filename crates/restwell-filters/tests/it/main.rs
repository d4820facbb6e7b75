//! What needs no database; lists that are filtered are tested with the framework.

#[cfg(test)]
mod values;
