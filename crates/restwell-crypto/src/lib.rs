//! What secrets need: random texts, comparing without telling, and Django's keyed hashes. The work is OpenSSL's.
//!
//! Services find it as `restwell::crypto`.
#![warn(missing_docs)]

use std::fmt;

use openssl::{hash::MessageDigest, memcmp, pkey::PKey, rand::rand_bytes, sha, sign::Signer};

pub mod hashers;

/// Letters and digits: Django's `RANDOM_STRING_CHARS`.
pub const ALPHANUMERIC: &[u8; 62] =
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// What sessions and signatures hang on: Django's `SECRET_KEY`. No `Debug` output shows it.
#[derive(Clone)]
pub struct SecretKey(String);

impl SecretKey {
    /// This key.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// A key that nobody knows; what it signs is worth nothing to another process.
    pub fn random() -> Self {
        Self(random_string(64, ALPHANUMERIC))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// A text of characters that are drawn from `alphabet`, each as likely as the other.
pub fn random_string(length: usize, alphabet: &[u8]) -> String {
    // Bytes from here on would favour the first characters.
    let limit = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    let mut bytes = [0; 64];
    while text.len() < length {
        random_bytes(&mut bytes);
        let drawn = bytes.iter().map(|byte| usize::from(*byte));
        let drawn = drawn.filter(|byte| *byte < limit).take(length - text.len());
        text.extend(drawn.map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
    text
}

pub(crate) fn random_bytes(bytes: &mut [u8]) {
    rand_bytes(bytes).expect("the operating system gives random numbers");
}

/// Whether both are the same, in a time that depends on their lengths only.
pub fn constant_time_compare(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && memcmp::eq(one, other)
}

/// Django's `salted_hmac` with SHA-256: what `value` is signed with, for one purpose that `salt` names.
pub fn salted_hmac(salt: &str, value: &str, key: &SecretKey) -> [u8; 32] {
    let mut derived = sha::Sha256::new();
    derived.update(salt.as_bytes());
    derived.update(key.0.as_bytes());
    hmac_sha256(&derived.finish(), value.as_bytes())
}

/// HMAC with SHA-256 (RFC 2104).
pub fn hmac_sha256(key: &[u8], value: &[u8]) -> [u8; 32] {
    let mut signature = [0; 32];
    PKey::hmac(key)
        .and_then(|key| {
            let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
            signer.sign_oneshot(&mut signature, value)
        })
        .expect("OpenSSL has HMAC with SHA-256");
    signature
}

/// These bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        .collect()
}
