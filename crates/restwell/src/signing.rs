//! Texts and values that a client may hold but not change: Django's `django.core.signing`, in its own format.
//!
//! `value:time:signature`, where an object is base64 of JSON, behind a dot if it was compressed.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Utc;
use miniz_oxide::{deflate::compress_to_vec_zlib, inflate::decompress_to_vec_zlib_with_limit};
use serde::Serialize;
use serde_json::Value;

use crate::{
    crypto::{SecretKey, constant_time_compare, salted_hmac},
    renderers::JsonStyle,
    settings::Settings,
};

const SEPARATOR: char = ':';
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// zlib's own default.
const COMPRESSION_LEVEL: u8 = 6;
/// No signed value is larger.
const MAX_LENGTH: usize = 1 << 20;

/// Signs for one purpose, which `salt` names, and tells when.
#[derive(Clone, Copy, Debug)]
pub struct TimestampSigner<'a> {
    /// The keys: the first signs, all are believed.
    pub settings: &'a Settings,
    /// The purpose; what was signed for another is not believed.
    pub salt: &'a str,
}

impl TimestampSigner<'_> {
    /// The value, the present time, and the signature of both.
    pub fn sign(&self, value: &str) -> String {
        let time = base62(Utc::now().timestamp());
        let timed = format!("{value}{SEPARATOR}{time}");
        let signature = self.signature(&timed, &self.settings.secret_key);
        format!("{timed}{SEPARATOR}{signature}")
    }

    /// The value that was signed; `None` if the text is not signed by us, or longer ago than `max_age`.
    pub fn unsign<'t>(&self, signed: &'t str, max_age: Option<Duration>) -> Option<&'t str> {
        let (timed, signature) = signed.rsplit_once(SEPARATOR)?;
        let settings = self.settings;
        let mut keys = [&settings.secret_key]
            .into_iter()
            .chain(&settings.secret_key_fallbacks);
        let is_ours = keys.any(|key| {
            let expected = self.signature(timed, key);
            constant_time_compare(signature.as_bytes(), expected.as_bytes())
        });
        let (value, time) = timed.rsplit_once(SEPARATOR).filter(|_| is_ours)?;
        let age = Utc::now().timestamp() - from_base62(time)?;
        let is_too_old =
            |max_age: Duration| i64::try_from(max_age.as_secs()).is_ok_and(|max| age > max);
        (!max_age.is_some_and(is_too_old)).then_some(value)
    }

    fn signature(&self, value: &str, key: &SecretKey) -> String {
        let salt = format!("{}signer", self.salt);
        URL_SAFE_NO_PAD.encode(salted_hmac(&salt, value, key))
    }

    /// A value as a signed text that can stand in a URL; compressed if that makes it shorter.
    ///
    /// # Errors
    /// NaN and infinity, which JSON has no form for.
    pub fn dumps<T: Serialize + ?Sized>(&self, value: &T) -> serde_json::Result<String> {
        // Django reads it as Latin-1.
        let style = JsonStyle {
            ascii: true,
            ..JsonStyle::default()
        };
        let json = style.render(value)?;
        let compressed = compress_to_vec_zlib(&json, COMPRESSION_LEVEL);
        let text = match compressed.len() + 1 < json.len() {
            true => format!(".{}", URL_SAFE_NO_PAD.encode(compressed)),
            false => URL_SAFE_NO_PAD.encode(json),
        };
        Ok(self.sign(&text))
    }

    /// The value of [`TimestampSigner::dumps`]; `None` as for [`TimestampSigner::unsign`].
    pub fn loads(&self, signed: &str, max_age: Option<Duration>) -> Option<Value> {
        let text = self.unsign(signed, max_age)?;
        let json = match text.strip_prefix('.') {
            Some(text) => {
                let compressed = URL_SAFE_NO_PAD.decode(text).ok()?;
                decompress_to_vec_zlib_with_limit(&compressed, MAX_LENGTH).ok()?
            }
            None => URL_SAFE_NO_PAD.decode(text).ok()?,
        };
        serde_json::from_slice(&json).ok()
    }
}

fn base62(number: i64) -> String {
    let mut rest = number.unsigned_abs();
    let mut digits = Vec::new();
    while rest > 0 || digits.is_empty() {
        digits.push(char::from(BASE62[(rest % 62) as usize]));
        rest /= 62;
    }
    digits.into_iter().rev().collect()
}

fn from_base62(text: &str) -> Option<i64> {
    text.bytes().try_fold(0_i64, |number, digit| {
        let value = BASE62.iter().position(|known| *known == digit)?;
        number.checked_mul(62)?.checked_add(value as i64)
    })
}
