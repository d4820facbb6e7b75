//! How often clients may ask, as the environment says it.

use lending_library::settings::Settings;
use restwell::test::TestResponse;

use crate::harness::Library;

fn library(anon: &str, user: &str) -> Library {
    let vars = [("THROTTLE_ANON", anon), ("THROTTLE_USER", user)];
    let settings = Settings::from_vars(|name| {
        let found = vars.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    });
    let api = settings.unwrap().api;
    Library::with(|settings| {
        settings.policies = api.policies;
        settings.throttle_rates = api.throttle_rates;
        settings.throttle_store = api.throttle_store;
    })
}

fn told(response: &TestResponse) -> (u16, u32) {
    (response.status.as_u16(), response.statements)
}

#[test]
fn nobody_is_counted_where_no_rate_is_set() {
    let library = library("", "");
    assert_eq!(told(&library.anonymous().get("/api/books/1/")), (404, 1));
    assert_eq!(library.count("restwell_throttle"), 0);
}

#[test]
fn strangers_are_counted_by_each_rate_with_one_statement() {
    let library = library("2/day", "1000/day");
    assert_eq!(told(&library.anonymous().get("/api/books/1/")), (404, 3));
    assert_eq!(library.anonymous().get("/api/").status, 200);
    let denied = library.anonymous().get("/api/books/");
    denied.assert(429, r#"{"detail":"throttled"}"#);
    let wait: u32 = denied.header("retry-after").parse().unwrap();
    assert!((86_000..=86_400).contains(&wait), "{wait}");
    assert_eq!(library.count("restwell_throttle"), 2);
}
