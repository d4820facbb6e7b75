//! Accounts and what recognises them, by module, on the tables of the library's first migration. The framework's sessions
//! and its protection against forged requests are tested here too: with users who sign in.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod api_keys;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod csrf;
#[cfg(test)]
mod jwt;
#[cfg(test)]
mod login;
#[cfg(test)]
mod sessions;
