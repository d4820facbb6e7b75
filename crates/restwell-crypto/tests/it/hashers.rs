//! Passwords in Django's format. What stands here was stored by Django 5.2.

use regex::Regex;
use restwell_crypto::hashers::{
    HashError, PasswordHasher, Verdict, check_password, check_unknown_user, make_password,
    make_unusable_password,
};

const PASSWORD: &str = "correct horse";

/// Costs next to nothing.
const CHEAP: PasswordHasher = PasswordHasher::Pbkdf2Sha256 { iterations: 1000 };
const PBKDF2_SHA1: PasswordHasher = PasswordHasher::Pbkdf2Sha1 {
    iterations: 1_000_000,
};
const ARGON2: PasswordHasher = PasswordHasher::Argon2 {
    time_cost: 2,
    memory_cost: 102_400,
    parallelism: 8,
};
const CHEAP_ARGON2: PasswordHasher = PasswordHasher::Argon2 {
    time_cost: 1,
    memory_cost: 64,
    parallelism: 2,
};
const BCRYPT_SHA256: PasswordHasher = PasswordHasher::BcryptSha256 { rounds: 4 };
const BCRYPT: PasswordHasher = PasswordHasher::Bcrypt { rounds: 4 };
const SCRYPT: PasswordHasher = PasswordHasher::Scrypt {
    work_factor: 1 << 14,
    block_size: 8,
    parallelism: 5,
};

/// A password, what Django stored for it, and the hasher that would store it so.
const STORED: [(&str, &str, PasswordHasher); 11] = [
    (
        PASSWORD,
        "pbkdf2_sha256$1000000$wvz0YjCEH88PSgokf2aDZQ$fQoaNcUoyd7NhU6YnPy0BAtcHk9m8M4ER2rmPT5+PDc=",
        PasswordHasher::Pbkdf2Sha256 {
            iterations: 1_000_000,
        },
    ),
    (
        "",
        "pbkdf2_sha256$1000$abcdefghijklmnopqrstuv$vqafFtFOwJN9wrhga0SNKKw1GODAJgholvjeoMoWcZs=",
        CHEAP,
    ),
    (
        "pässwörd €",
        "pbkdf2_sha1$1000000$AWLRH0DhWYMrXnecdYyxjm$zzOlZmF3dKVe+D+qatDPN6YrbjE=",
        PBKDF2_SHA1,
    ),
    (
        PASSWORD,
        "argon2$argon2id$v=19$m=102400,t=2,p=8$Nm1PWTVnSTZtcWtQeFVNalkwc1RMZg$4r1rwz6XgS9rQXVvjxZFopn75vOCMTyOcE63LZzAIvE",
        ARGON2,
    ),
    (
        PASSWORD,
        "argon2$argon2id$v=19$m=64,t=1,p=2$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dg$pL6pPYZDILgX7yXdnzyzuSGU/rs2dElM9yGhowk403A",
        CHEAP_ARGON2,
    ),
    (
        PASSWORD,
        "bcrypt_sha256$$2b$04$BX.hRMCtkNIVhREzwvdk3efhU5g1gVOr4Ucv0/UA7Ci8AsKOf.hCu",
        BCRYPT_SHA256,
    ),
    (
        PASSWORD,
        "bcrypt$$2b$04$ZUMORpj8qc5zm0lP8L3VyOzRHrdg7ahkSYLlJD/q7a1r8Hg6oi8h.",
        BCRYPT,
    ),
    // 72 bytes are all that bcrypt looks at.
    (
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "bcrypt$$2b$04$xKgP4xjNiqu5Uzc5QsqrAOy.WtF61Owgli43p843AuRhct2/hOTBS",
        BCRYPT,
    ),
    (
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxyz",
        "bcrypt$$2b$04$xKgP4xjNiqu5Uzc5QsqrAOy.WtF61Owgli43p843AuRhct2/hOTBS",
        BCRYPT,
    ),
    (
        "pässwörd €",
        "scrypt$16384$zG67Qx0A73tM4N4xfWvMFK$8$5$zgK+2nip2vFFkBTjUZKKwV+ueZuav53lwa+Xm6uE6JMQ29Far9xIfGtrMqEH7DO0CWF2H7dK84e6kBnkubGpKg==",
        SCRYPT,
    ),
    (
        PASSWORD,
        "scrypt$1024$abcdefghijklmnopqrstuv$8$1$GAmDkicRAebkA2ZkNkwInZolhNYLtHKMeRFi3AeqaP2K7An1/NwKTfHL619K1gxAC5kFhUiJqw3PiiNozGo5uA==",
        PasswordHasher::Scrypt {
            work_factor: 1024,
            block_size: 8,
            parallelism: 1,
        },
    ),
];

fn verdict(password: &str, encoded: &str, preferred: PasswordHasher) -> (bool, bool) {
    let Verdict {
        matches,
        must_update,
    } = check_password(password, encoded, preferred).unwrap();
    (matches, must_update)
}

#[test]
fn what_django_stored_is_checked() {
    for (password, encoded, hasher) in STORED {
        assert_eq!(
            verdict(password, encoded, hasher),
            (true, false),
            "{encoded}"
        );
        let wrong = format!("!{password}");
        assert_eq!(
            verdict(&wrong, encoded, hasher),
            (false, false),
            "{encoded}"
        );
    }
}

#[test]
fn what_is_stored_has_djangos_form() {
    let cases = [
        (
            CHEAP,
            r"pbkdf2_sha256\$1000\$[a-zA-Z0-9]{22}\$[+/a-zA-Z0-9]{43}=",
        ),
        (
            PasswordHasher::Pbkdf2Sha1 { iterations: 10 },
            r"pbkdf2_sha1\$10\$[a-zA-Z0-9]{22}\$[+/a-zA-Z0-9]{27}=",
        ),
        (
            CHEAP_ARGON2,
            r"argon2\$argon2id\$v=19\$m=64,t=1,p=2\$[+/a-zA-Z0-9]{30}\$[+/a-zA-Z0-9]{43}",
        ),
        (BCRYPT_SHA256, r"bcrypt_sha256\$\$2b\$04\$[./a-zA-Z0-9]{53}"),
        (BCRYPT, r"bcrypt\$\$2b\$04\$[./a-zA-Z0-9]{53}"),
        (
            SCRYPT,
            r"scrypt\$16384\$[a-zA-Z0-9]{22}\$8\$5\$[+/a-zA-Z0-9]{86}==",
        ),
    ];
    for (hasher, form) in cases {
        let encoded = make_password(PASSWORD, hasher).unwrap();
        let form = Regex::new(&format!("^{form}$")).unwrap();
        assert!(form.is_match(&encoded), "{encoded}");
        assert_eq!(verdict(PASSWORD, &encoded, hasher), (true, false));
        assert_eq!(verdict("Correct horse", &encoded, hasher), (false, false));
        assert_ne!(make_password(PASSWORD, hasher).unwrap(), encoded);
    }
}

#[test]
fn a_hash_that_is_not_what_is_preferred_must_be_updated() {
    let fewer =
        "pbkdf2_sha256$1000$abcdefghijklmnopqrstuv$3sV/SVfT6ME4dIgYVdSlH0jEvyK0z+y3AJvov9Y+8MA=";
    let iterations = |iterations| PasswordHasher::Pbkdf2Sha256 { iterations };
    let short_salt = "pbkdf2_sha256$1000$salt$boRToEKoQr22LeDTyHDsEkHpDsDOTyWJq16HknEiweU=";
    let argon2i = "argon2$argon2i$v=19$m=512,t=2,p=2$c29tZXNhbHRzb21lc2FsdA$aO9Tgh1B6BxNw8U9PQxHDQ";
    let same_costs = PasswordHasher::Argon2 {
        time_cost: 2,
        memory_cost: 512,
        parallelism: 2,
    };
    let bcrypt = "bcrypt_sha256$$2b$04$BX.hRMCtkNIVhREzwvdk3efhU5g1gVOr4Ucv0/UA7Ci8AsKOf.hCu";
    let cases = [
        (fewer, iterations(1000), false),
        (fewer, iterations(2000), true),
        (fewer, iterations(500), true),
        (fewer, BCRYPT, true),
        (short_salt, CHEAP, true),
        (argon2i, same_costs, true),
        (argon2i, CHEAP_ARGON2, true),
        (bcrypt, BCRYPT_SHA256, false),
        (bcrypt, PasswordHasher::BcryptSha256 { rounds: 5 }, true),
        (bcrypt, BCRYPT, true),
    ];
    for (encoded, preferred, must_update) in cases {
        assert_eq!(
            verdict(PASSWORD, encoded, preferred),
            (true, must_update),
            "{encoded}"
        );
        assert_eq!(
            verdict("wrong", encoded, preferred),
            (false, must_update),
            "{encoded}"
        );
    }
}

#[test]
fn nothing_matches_what_is_no_hash() {
    let unusable = make_unusable_password();
    assert_eq!((unusable.len(), &unusable[..1]), (41, "!"));
    let hash = "3sV/SVfT6ME4dIgYVdSlH0jEvyK0z+y3AJvov9Y+8MA=";
    let long = format!("{}==", "A".repeat(86));
    let cases = [
        unusable,
        String::new(),
        "!".to_owned(),
        "correct horse".to_owned(),
        format!("!pbkdf2_sha256$1000$abcdefghijklmnopqrstuv${hash}"),
        format!("md5$abcdefghijklmnopqrstuv${hash}"),
        "pbkdf2_sha256".to_owned(),
        "pbkdf2_sha256$".to_owned(),
        "pbkdf2_sha256$1000$abcdefghijklmnopqrstuv$".to_owned(),
        format!("pbkdf2_sha256$1000$${hash}"),
        format!("pbkdf2_sha256$0$abcdefghijklmnopqrstuv${hash}"),
        format!("pbkdf2_sha256$-1$abcdefghijklmnopqrstuv${hash}"),
        format!("pbkdf2_sha256$many$abcdefghijklmnopqrstuv${hash}"),
        format!("pbkdf2_sha256$1000$abcdefghijklmnopqrstuv$x{hash}"),
        format!("pbkdf2_sha256$1000$abcdefghijklmnopqrstuv${hash}$"),
        "bcrypt$$2b$04$short".to_owned(),
        "bcrypt$$2b$04$ZUMORpj8qc5zm0lP8L3Vy€zRHrdg7ahkSYLlJD/q7a1r8Hg6oi8h.".to_owned(),
        "bcrypt$$2x$04$ZUMORpj8qc5zm0lP8L3VyOzRHrdg7ahkSYLlJD/q7a1r8Hg6oi8h.".to_owned(),
        "argon2$argon2id$v=19$m=64,t=1$YWJj$pL6pPYZDILgX7yXdnzyzuSGU".to_owned(),
        "argon2$argon2id$v=16$m=64,t=1,p=2$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dg$pL6pPYZDILgX7yXdnzyzuSGU/rs2dElM9yGhowk403A".to_owned(),
        "argon2$argon2id$v=19$m=15,t=1,p=2$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dg$pL6pPYZDILgX7yXdnzyzuSGU/rs2dElM9yGhowk403A".to_owned(),
        "argon2$argon2id$v=19$m=64,t=0,p=2$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dg$pL6pPYZDILgX7yXdnzyzuSGU/rs2dElM9yGhowk403A".to_owned(),
        "argon2$argon2id$v=19$m=64,t=1,p=0$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dg$pL6pPYZDILgX7yXdnzyzuSGU/rs2dElM9yGhowk403A".to_owned(),
        "scrypt$1024$salt$8$1".to_owned(),
        format!("scrypt$1000$abcdefghijklmnopqrstuv$8$1${long}"),
        format!("scrypt$1$abcdefghijklmnopqrstuv$8$1${long}"),
        format!("scrypt$1024$abcdefghijklmnopqrstuv$0$1${long}"),
    ];
    for encoded in cases {
        assert_eq!(
            verdict(PASSWORD, &encoded, CHEAP),
            (false, false),
            "{encoded}"
        );
    }
}

#[test]
fn a_hash_that_would_take_minutes_or_gigabytes_is_refused() {
    let hash = "3sV/SVfT6ME4dIgYVdSlH0jEvyK0z+y3AJvov9Y+8MA=";
    let long = format!("{}==", "A".repeat(86));
    let cases = [
        format!("pbkdf2_sha256$10000001$abcdefghijklmnopqrstuv${hash}"),
        format!("pbkdf2_sha256$99999999999999$abcdefghijklmnopqrstuv${hash}"),
        "bcrypt$$2b$17$ZUMORpj8qc5zm0lP8L3VyOzRHrdg7ahkSYLlJD/q7a1r8Hg6oi8h.".to_owned(),
        "argon2$argon2id$v=19$m=4194304,t=1,p=2$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dg$pL6pPYZDILgX7yXdnzyzuSGU/rs2dElM9yGhowk403A".to_owned(),
        "argon2$argon2id$v=19$m=102400,t=999,p=2$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dg$pL6pPYZDILgX7yXdnzyzuSGU/rs2dElM9yGhowk403A".to_owned(),
        format!("scrypt$131072$abcdefghijklmnopqrstuv$1$131072${long}"),
        format!("scrypt$4294967295$abcdefghijklmnopqrstuv$4294967295$4294967295${long}"),
    ];
    for encoded in cases {
        assert_eq!(
            verdict(PASSWORD, &encoded, CHEAP),
            (false, false),
            "{encoded}"
        );
    }
    let absurd = PasswordHasher::Bcrypt { rounds: 31 };
    let is_refused = |error| matches!(error, HashError::TooCostly(hasher) if hasher == absurd);
    assert!(is_refused(make_password(PASSWORD, absurd).unwrap_err()));
    assert!(is_refused(
        check_unknown_user(PASSWORD, absurd).unwrap_err()
    ));
}
