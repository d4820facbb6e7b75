//! Signed texts in Django's format. What stands here was signed by Django 5.2 on 26 November 2025.

use std::time::Duration;

use restwell::{
    crypto::{SecretKey, hex, salted_hmac},
    settings::Settings,
    signing::TimestampSigner,
};
use serde_json::json;

const KEY: &str = "a-secret-key-of-fifty-characters-for-tests-only!!!";
const OLD_KEY: &str = "an-older-key-of-fifty-characters-for-tests-only!!!";
const SALT: &str = "django.core.signing";

fn settings(fallbacks: &[&str]) -> Settings {
    Settings {
        secret_key: SecretKey::new(KEY),
        secret_key_fallbacks: fallbacks.iter().map(|key| SecretKey::new(*key)).collect(),
        ..Settings::default()
    }
}

fn signer<'a>(settings: &'a Settings, salt: &'a str) -> TimestampSigner<'a> {
    TimestampSigner { settings, salt }
}

#[test]
fn a_salted_hmac_is_djangos() {
    let hash = salted_hmac("a salt", "a value", &SecretKey::new(KEY));
    let expected = "5920a0e5f178638a1e5f5e35f658f1532e35a7a3d0ba37b48c32ebf4950aa4ed";
    assert_eq!(hex(&hash), expected);
}

#[test]
fn what_django_signed_is_believed() {
    let settings = settings(&[OLD_KEY]);
    let sessions = "django.contrib.sessions.SessionStore";
    let cases = [
        (
            SALT,
            "eyJhIjoxfQ:1vO7m3:AEm2dgJlroMKFPxfQ6bHEFVcDTHwMFVkcs6ZTr3RUDU",
            json!({ "a": 1 }),
        ),
        (
            "other",
            "eyJhIjoxfQ:1vO7m3:H-UykvCybISPgxhTEehIjf4DVRRGTu75--ghhYltuqQ",
            json!({ "a": 1 }),
        ),
        (
            sessions,
            ".eJyrVkpUslKqoANQ0lGKKTUwSEsG2hdTamSQmBxTmmJhnAIkUw0MlGoBeeg52Q:1vO7m3:Eer_sHBBT2SfP03zx6ZQJ_AGBQEYiRt5qn9u9Tk5iHw",
            json!({ "a": "x".repeat(100), "ü": "€😀" }),
        ),
        (
            SALT,
            "eyJhIjoxfQ:1vO7m3:BJZblviVSMsS9D0tgWB9K1uNY9Ui7Omjtoy2Ms4fTAc",
            json!({ "a": 1 }),
        ),
    ];
    for (salt, signed, value) in cases {
        assert_eq!(
            signer(&settings, salt).loads(signed, None),
            Some(value),
            "{signed}"
        );
    }
}

#[test]
fn what_was_changed_or_is_for_another_purpose_is_not_believed() {
    let cases = [
        (SALT, ""),
        (SALT, ":"),
        (SALT, "::"),
        (SALT, "eyJhIjoxfQ"),
        (SALT, "eyJhIjoxfQ:1vO7m3:"),
        (
            SALT,
            "eyJhIjoyfQ:1vO7m3:AEm2dgJlroMKFPxfQ6bHEFVcDTHwMFVkcs6ZTr3RUDU",
        ),
        (
            SALT,
            "eyJhIjoxfQ:1vO7m4:AEm2dgJlroMKFPxfQ6bHEFVcDTHwMFVkcs6ZTr3RUDU",
        ),
        (
            SALT,
            "eyJhIjoxfQ:1vO7m3:AEm2dgJlroMKFPxfQ6bHEFVcDTHwMFVkcs6ZTr3RUDV",
        ),
        (
            SALT,
            "eyJhIjoxfQ:1vO7m3:BJZblviVSMsS9D0tgWB9K1uNY9Ui7Omjtoy2Ms4fTAc",
        ),
        (
            "other",
            "eyJhIjoxfQ:1vO7m3:AEm2dgJlroMKFPxfQ6bHEFVcDTHwMFVkcs6ZTr3RUDU",
        ),
    ];
    let settings = settings(&[]);
    for (salt, signed) in cases {
        assert_eq!(
            signer(&settings, salt).loads(signed, None),
            None,
            "{signed}"
        );
    }
}

#[test]
fn what_is_signed_can_be_read_again_until_it_is_too_old() {
    let settings = settings(&[]);
    let signer = signer(&settings, SALT);
    for value in [
        json!({ "a": "ü".repeat(100) }),
        json!([1, null, "x"]),
        json!(""),
    ] {
        let signed = signer.dumps(&value).unwrap();
        assert!(signed.is_ascii());
        assert_eq!(
            signer.loads(&signed, Some(Duration::from_secs(60))),
            Some(value)
        );
    }
    let old = "eyJhIjoxfQ:1vO7m3:AEm2dgJlroMKFPxfQ6bHEFVcDTHwMFVkcs6ZTr3RUDU";
    assert_eq!(signer.loads(old, Some(Duration::from_secs(60))), None);
    assert_eq!(signer.unsign(old, Some(Duration::MAX)), Some("eyJhIjoxfQ"));
}

#[test]
fn a_small_text_that_would_fill_the_memory_is_not_read() {
    let settings = settings(&[]);
    let signer = signer(&settings, SALT);
    let signed = signer.dumps(&"x".repeat(2 << 20)).unwrap();
    assert!(signed.len() < 10_000);
    assert_eq!(signer.loads(&signed, None), None);
}

#[test]
fn no_debug_output_shows_a_key() {
    let shown = format!("{:?}", settings(&[OLD_KEY]));
    assert!(shown.contains("SecretKey(…)"), "{shown}");
    assert!(!shown.contains("fifty-characters"), "{shown}");
}
