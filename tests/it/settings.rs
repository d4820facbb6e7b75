//! `src/settings.rs`: every variable, right and wrong.

use std::{fs, os::unix::fs::PermissionsExt as _};

use lending_library::{
    database::kept_secret_key,
    settings::{LogFormat, Problems, Settings},
};
use restwell::{crypto::salted_hmac, exceptions::ErrorFormat};

const KEY: &str = "0123456789abcdef0123456789abcdef";
const URL: &str = "postgres://u:secret@db/library";

fn parse(vars: &[(&str, &str)]) -> Result<Settings, Problems> {
    Settings::from_vars(|name| {
        vars.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    })
}

/// The variables that problems were found with, in order.
fn wrong(vars: &[(&str, &str)]) -> Vec<String> {
    let Err(problems) = parse(vars) else {
        return Vec::new();
    };
    let text = problems.to_string();
    text.lines()
        .skip(1)
        .map(|line| {
            line.trim_start_matches("  - ")
                .split(':')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[test]
fn nothing_needs_to_be_set() {
    let settings = parse(&[]).unwrap();
    assert!(settings.database_url.is_none() && settings.secret_key.is_none());
    assert_eq!(settings.bind_addr, "127.0.0.1:8000");
    assert_eq!(
        (settings.database_pool_size, settings.api.page_size),
        (8, 20)
    );
    assert_eq!(
        settings.workers,
        std::thread::available_parallelism().unwrap().get().min(512)
    );
    assert_eq!(
        (settings.migrate_on_start, settings.seed_on_start),
        (true, false)
    );
    assert_eq!(settings.seed_password.expose(), "library");
    assert!(format!("{:?}", settings.api.storage).contains(r#"root: "media""#));
    assert_eq!(
        settings.api.allowed_hosts,
        ["localhost", "127.0.0.1", "[::1]"]
    );
    assert_eq!(settings.api.error_format, ErrorFormat::Message);
    assert_eq!(
        (settings.log.filter.as_str(), settings.log.format),
        ("info", LogFormat::Text)
    );
    let rates: Vec<_> = settings.api.throttle_rates.into_iter().collect();
    assert_eq!(rates, [("login", "10/min".parse().unwrap())]);
    assert_eq!(settings.api.num_proxies, Some(0));
    assert!(!settings.api.session_cookie.secure && settings.api.csrf_trusted_origins.is_empty());
    assert!(format!("{:?}", settings.api.throttle_store).starts_with("PostgresStore"));
}

#[test]
fn the_key_beside_the_embedded_database_is_made_once_and_kept_to_oneself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret_key");
    let signed = || salted_hmac("salt", "value", &kept_secret_key(&path).unwrap());
    let first = signed();
    assert_eq!(signed(), first);
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    fs::write(&path, "short").unwrap();
    let error = kept_secret_key(&path).unwrap_err().to_string();
    assert!(error.contains("holds no key"), "{error}");
}

#[test]
fn an_empty_variable_is_not_set_but_an_empty_login_throttle_is_off() {
    let names = [
        "DATABASE_URL",
        "SECRET_KEY",
        "BIND_ADDR",
        "WORKERS",
        "ALLOWED_HOSTS",
        "RUST_LOG",
        "ENVIRONMENT",
        "THROTTLE_LOGIN",
    ];
    let settings = parse(&names.map(|name| (name, " "))).unwrap();
    assert_eq!(settings.bind_addr, "127.0.0.1:8000");
    assert!(settings.api.throttle_rates.is_empty());
}

#[test]
fn values_that_are_taken() {
    let table = [
        ("BIND_ADDR", "0.0.0.0:80"),
        ("BIND_ADDR", "[::]:8000"),
        ("BIND_ADDR", "localhost:0"),
        ("ALLOWED_HOSTS", "*"),
        (
            "ALLOWED_HOSTS",
            " example.org , .example.com,[2001:db8::1],my_host",
        ),
        ("DATABASE_POOL_SIZE", "1"),
        ("MIGRATE_ON_START", "False"),
        ("SEED_ON_START", "1"),
        ("ERROR_DETAIL", "full"),
        ("RUST_LOG", "warn,restwell=debug,actix_server::worker"),
        ("RUST_LOG", "OFF"),
        ("LOG_FORMAT", "json"),
        ("THROTTLE_ANON", "0/s"),
        ("THROTTLE_USER", "1000/day"),
        ("THROTTLE_LOGIN", "5/h"),
        ("NUM_PROXIES", "0"),
        ("NUM_PROXIES", "2"),
        ("ENVIRONMENT", "development"),
    ];
    for (name, value) in table {
        assert_eq!(wrong(&[(name, value)]), [""; 0], "{name}={value}");
    }
}

#[test]
fn values_that_are_refused() {
    let table = [
        ("DATABASE_POOL_SIZE", "0"),
        ("DATABASE_POOL_SIZE", "eight"),
        ("WORKERS", "-1"),
        ("WORKERS", "513"),
        ("PAGE_SIZE", "0"),
        ("MIGRATE_ON_START", "maybe"),
        ("BIND_ADDR", "8000"),
        ("BIND_ADDR", ":8000"),
        ("BIND_ADDR", "::1:8000"),
        ("BIND_ADDR", "localhost:70000"),
        ("ALLOWED_HOSTS", "https://example.org"),
        ("ALLOWED_HOSTS", "example.org:8000"),
        ("ALLOWED_HOSTS", "*.example.org"),
        ("ERROR_DETAIL", "all"),
        ("RUST_LOG", "restwell=loud"),
        ("LOG_FORMAT", "xml"),
        ("THROTTLE_ANON", "10"),
        ("THROTTLE_ANON", "ten/min"),
        ("THROTTLE_USER", "-1/min"),
        ("THROTTLE_USER", "10/"),
        ("THROTTLE_LOGIN", "10/week"),
        ("THROTTLE_LOGIN", "10/min/s"),
        ("NUM_PROXIES", "-1"),
        ("NUM_PROXIES", "one"),
        ("ENVIRONMENT", "prod"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY_FILE", "/nonexistent/key"),
    ];
    for (name, value) in table {
        assert_eq!(wrong(&[(name, value)]), [name], "{name}={value}");
    }
}

#[test]
fn one_message_lists_every_problem() {
    let vars = [
        ("DATABASE_URL", "mysql://db"),
        ("WORKERS", "none"),
        ("PAGE_SIZE", "many"),
        ("ENVIRONMENT", "test"),
    ];
    assert_eq!(
        parse(&vars).unwrap_err().to_string(),
        "the settings are wrong:
  - DATABASE_URL: does not start with postgres://
  - SECRET_KEY: is required when DATABASE_URL is set; make one with: openssl rand -hex 32
  - WORKERS: `none` is not a whole number from 1 to 512
  - PAGE_SIZE: `many` is not a whole number from 1 to 1000
  - ENVIRONMENT: `test` is neither development nor production"
    );
}

#[test]
fn database_urls() {
    let good = [
        URL,
        "postgresql://db",
        "postgres://u:p%40ss@[::1]:5432/library?sslmode=require",
        "postgres://u@/library?host=%2Ftmp&port=5433",
        "postgres://one:5432,two:5433/library",
    ];
    for url in good {
        assert_eq!(
            wrong(&[("DATABASE_URL", url), ("SECRET_KEY", KEY)]),
            [""; 0],
            "{url}"
        );
    }
    let bad = [
        "library",
        "host=db password=x",
        "postgres://u:pa/ss@db/library",
        "postgres://u:p@ss@db/library",
        "postgres://u:p%zz@db",
        "postgres://u:p s@db",
        "postgres://db:port/library",
    ];
    for url in bad {
        assert_eq!(
            wrong(&[("DATABASE_URL", url), ("SECRET_KEY", KEY)]),
            ["DATABASE_URL"],
            "{url}"
        );
        assert!(
            !parse(&[("DATABASE_URL", url)])
                .unwrap_err()
                .to_string()
                .contains("ss@db"),
            "{url} is quoted"
        );
    }
}

#[test]
fn secrets_come_from_files_too() {
    let path = std::env::temp_dir().join(format!("restwell-settings-{}", std::process::id()));
    fs::write(&path, format!("{URL}\n")).unwrap();
    let file = path.to_str().unwrap();
    let settings = parse(&[("DATABASE_URL_FILE", file), ("SECRET_KEY", KEY)]).unwrap();
    assert_eq!(settings.database_url.unwrap().expose(), URL);
    let both = [
        ("DATABASE_URL_FILE", file),
        ("DATABASE_URL", URL),
        ("SECRET_KEY", KEY),
    ];
    assert_eq!(wrong(&both), ["DATABASE_URL_FILE"]);
    fs::write(&path, "\n").unwrap();
    assert_eq!(wrong(&[("SECRET_KEY_FILE", file)]), ["SECRET_KEY_FILE"]);
    fs::remove_file(&path).unwrap();
}

#[test]
fn production_refuses_every_development_default() {
    let compose = "postgres://library:library@db:5432/library";
    let key = "development-only-secret-key-change-me";
    let defaults = [
        ("ENVIRONMENT", "production"),
        ("DATABASE_URL", compose),
        ("SECRET_KEY", key),
    ];
    assert_eq!(
        wrong(&defaults),
        ["SECRET_KEY", "DATABASE_URL", "SEED_PASSWORD"]
    );
    assert_eq!(wrong(&defaults[1..]), [""; 0]);
    let hidden = [
        ("ENVIRONMENT", "production"),
        (
            "DATABASE_URL",
            "postgres://library:%6cibrary@db/library?password=other",
        ),
        ("SECRET_KEY", KEY),
        ("SEED_PASSWORD", "library"),
    ];
    assert_eq!(wrong(&hidden), ["DATABASE_URL", "SEED_PASSWORD"]);
    let own = [
        ("ENVIRONMENT", "production"),
        ("DATABASE_URL", URL),
        ("SECRET_KEY", KEY),
        ("SEED_PASSWORD", "own"),
    ];
    assert_eq!(wrong(&own), [""; 0]);
}

#[test]
fn secrets_are_not_shown() {
    let settings = parse(&[
        ("DATABASE_URL", URL),
        ("SECRET_KEY", KEY),
        ("SEED_PASSWORD", "hidden"),
    ])
    .unwrap();
    let shown = format!("{settings:?}");
    for secret in ["secret@", KEY, "hidden"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
