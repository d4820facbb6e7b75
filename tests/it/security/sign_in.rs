//! Guessing passwords and names.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Instant,
};

use actix_web::http::Method;
use base64::{Engine, prelude::BASE64_STANDARD};
use lending_library::settings::Settings;
use restwell::{
    crypto::hashers::{PasswordHasher, make_password},
    test::{TestRequest, TestResponse},
};

use crate::harness::{CSRF, Library};

/// Expensive enough to stand out from everything else that a request costs.
const HASHER: PasswordHasher = PasswordHasher::Pbkdf2Sha256 { iterations: 30_000 };
const SAMPLES: usize = 31;
/// Other work on the machine can spoil one measurement, but hardly four.
const ATTEMPTS: usize = 4;
const MAX_RATIO: f64 = 1.1;

/// The ways to offer a name and a password.
const WAYS: [fn(&str, &str) -> TestRequest; 3] = [token, form, basic];

fn token(username: &str, password: &str) -> TestRequest {
    let sent = serde_json::json!({ "username": username, "password": password });
    TestRequest::new(Method::POST, "/api/api-token-auth/").json(&sent.to_string())
}

/// By the page with the form.
pub(super) fn form(username: &str, password: &str) -> TestRequest {
    TestRequest::new(Method::POST, "/api/auth/login/")
        .header("cookie", &format!("csrftoken={CSRF}"))
        .form(&[
            ("username", username),
            ("password", password),
            ("csrfmiddlewaretoken", CSRF),
        ])
}

fn basic(username: &str, password: &str) -> TestRequest {
    let pair = BASE64_STANDARD.encode(format!("{username}:{password}"));
    TestRequest::new(Method::GET, "/api/").header("authorization", &format!("Basic {pair}"))
}

/// The rates that the service has by itself.
fn throttled() -> Library {
    let api = Settings::from_vars(|_| None).unwrap().api;
    Library::with(|settings| {
        settings.throttle_rates = api.throttle_rates;
        settings.throttle_store = api.throttle_store;
        settings.num_proxies = api.num_proxies;
    })
}

fn address(last: u8) -> IpAddr {
    Ipv4Addr::new(192, 0, 2, last).into()
}

fn assert_throttled(answer: &TestResponse) {
    assert_eq!(answer.status, 429, "{}", answer.body);
    let wait: u32 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

#[test]
fn one_address_guesses_ten_times_a_minute() {
    for way in [token, form] {
        let library = throttled();
        let client = library.anonymous();
        for guess in 0..10 {
            let request = way(&format!("user{guess}"), "guess").remote_addr(address(1));
            // Without a proxy nobody is believed to be somebody else.
            let forged = format!("198.51.100.{guess}");
            let answer = client.send(request.header("x-forwarded-for", &forged));
            assert_ne!(answer.status, 429, "{}", answer.body);
        }
        // The right password comes too late, by either way.
        for way in [token, form] {
            assert_throttled(&client.send(way("reader1", "library").remote_addr(address(1))));
        }
        let other = client.send(token("reader1", "library").remote_addr(address(2)));
        assert_eq!(other.status, 200, "{}", other.body);
    }
}

#[test]
fn one_name_is_guessed_at_ten_times_a_minute() {
    for way in [token, form] {
        let library = throttled();
        let client = library.anonymous();
        for guess in 0..10 {
            let answer = client.send(way("reader1", "guess").remote_addr(address(guess)));
            assert_ne!(answer.status, 429, "{}", answer.body);
        }
        for way in [token, form] {
            assert_throttled(&client.send(way("reader1", "library").remote_addr(address(11))));
        }
        let other = client.send(token("reader2", "library").remote_addr(address(11)));
        assert_eq!(other.status, 200, "{}", other.body);
    }
}

#[test]
fn a_name_counts_however_it_is_written() {
    let library = throttled();
    let new = || TestRequest::new(Method::POST, "/api/api-token-auth/");
    let fields = [
        ("username", "other"),
        ("username", "reader1"),
        ("password", "guess"),
    ];
    let ways: [&dyn Fn() -> TestRequest; 5] = [
        &|| token(" reader1\t\u{1f}", "guess"),
        &|| token("ｒｅａｄｅｒ１", "guess"),
        &|| new().form(&fields),
        &|| new().multipart(&fields, &[]),
        &|| new().json(r#"{"username": "other", "username": "reader1", "password": "guess"}"#),
    ];
    for guess in 0..10 {
        let request = ways[usize::from(guess) % ways.len()]();
        let answer = library
            .anonymous()
            .send(request.remote_addr(address(guess)));
        assert_eq!(answer.status, 400, "{}", answer.body);
    }
    assert_throttled(
        &library
            .anonymous()
            .send(token("reader1", "library").remote_addr(address(99))),
    );
}

#[test]
fn a_refusal_says_the_same_of_every_name() {
    let library = Library::new();
    for way in WAYS {
        let told = ["nobody", "reader1", "inactive"].map(|name| {
            let answer = library.anonymous().send(way(name, "wrong"));
            let body = answer.body.replace(name, "name");
            (answer.status, without_token(&body))
        });
        assert_eq!(told[0], told[1]);
        assert_eq!(told[0], told[2]);
    }
    for way in WAYS {
        let inactive = library.anonymous().send(way("inactive", "library"));
        let wrong = library.anonymous().send(way("inactive", "wrong"));
        assert_eq!(inactive.status, wrong.status);
        assert_eq!(without_token(&inactive.body), without_token(&wrong.body));
    }
}

/// The page with the form holds another token each time.
fn without_token(page: &str) -> String {
    let lines = page.lines();
    let kept: Vec<_> = lines
        .filter(|line| !line.contains("csrfmiddlewaretoken"))
        .collect();
    kept.join("\n")
}

/// How much longer the slowest of these requests takes than the fastest, asked in turns. On a busy machine, where medians
/// say nothing, it is the best times that do: other work only adds to them.
fn ratio(library: &Library, requests: &[&dyn Fn() -> TestRequest]) -> f64 {
    let client = library.anonymous();
    let mut times = vec![Vec::with_capacity(SAMPLES); requests.len()];
    for _ in 0..SAMPLES {
        for (request, times) in requests.iter().zip(&mut times) {
            let started = Instant::now();
            client.send(request());
            times.push(started.elapsed().as_secs_f64());
        }
    }
    for times in &mut times {
        times.sort_by(f64::total_cmp);
    }
    let ratio_at = |place: usize| {
        let chosen = times.iter().map(|times| times[place]);
        let fastest = chosen.clone().fold(f64::INFINITY, f64::min);
        chosen.fold(0.0, f64::max) / fastest
    };
    ratio_at(SAMPLES / 2).min(ratio_at(0))
}

#[test]
fn how_long_a_refusal_takes_does_not_tell_whether_the_user_exists() {
    let library = Library::with(|settings| settings.password_hasher = HASHER);
    let password = make_password("library", HASHER).unwrap();
    // The hash of `reader2` stays as cheap as it was.
    library.sql(&format!(
        "update auth_user set password = '{password}' where username in ('reader1', 'inactive')"
    ));
    for way in WAYS {
        let requests: [&dyn Fn() -> TestRequest; 5] = [
            &|| way("nobody", "wrong"),
            &|| way("reader1", "wrong"),
            &|| way("reader2", "wrong"),
            &|| way("inactive", "wrong"),
            &|| way("inactive", "library"),
        ];
        let mut ratios = (0..ATTEMPTS).map(|_| ratio(&library, &requests));
        let mut seen = Vec::new();
        let is_even = ratios.any(|ratio| {
            seen.push(ratio);
            ratio <= MAX_RATIO
        });
        assert!(is_even, "the slowest takes so much longer: {seen:?}");
    }
}
