//! How often (contract §13): rates, whom a request counts for, waits, headers, and what stores remember.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use actix_web::http::Method;
use diesel::prelude::*;
use restwell::{
    test::{ApiClient, TestRequest, TestResponse},
    throttling::{Key, MemoryStore, PostgresStore, Rate, ThrottleStore},
};

use crate::throttled::{CREATE_THROTTLE, Store};

fn get(client: &ApiClient, path: &str, user: &str) -> u16 {
    let request = TestRequest::new(Method::GET, path);
    let request = match user {
        "" => request,
        user => request.header("x-user", user),
    };
    client.send(request).status.as_u16()
}

/// Status and `Retry-After`.
fn told(response: &TestResponse) -> (u16, &str) {
    (response.status.as_u16(), response.header("retry-after"))
}

#[test]
fn rates() {
    let table = [
        ("10/s", Some((10, 1))),
        ("10/sec", Some((10, 1))),
        ("10/min", Some((10, 60))),
        ("10/month", Some((10, 60))),
        ("1000/hour", Some((1000, 3600))),
        ("5/d", Some((5, 86_400))),
        ("0/s", Some((0, 1))),
        (" 7 /m", Some((7, 60))),
        ("", None),
        ("10", None),
        ("10/", None),
        ("/min", None),
        ("ten/min", None),
        ("-1/min", None),
        ("1.5/min", None),
        ("10/week", None),
        ("10/Min", None),
        ("10/ min", None),
        ("10/min/s", None),
        ("99999999999/min", None),
    ];
    for (text, expected) in table {
        let rate: Result<Rate, _> = text.parse();
        let expected = expected.map(|(requests, seconds)| Rate {
            requests,
            period: Duration::from_secs(seconds),
        });
        assert_eq!(rate.ok(), expected, "{text:?}");
    }
}

#[test]
fn addresses() {
    type Case = (Option<usize>, &'static [&'static [u8]], &'static str);
    let table: [Case; 14] = [
        (None, &[], "10.0.0.1"),
        (None, &[b""], "10.0.0.1"),
        (None, &[b"1.1.1.1"], "1.1.1.1"),
        (
            None,
            &[b"1.1.1.1, 2.2.2.2 ,3.3.3.3"],
            "1.1.1.1,2.2.2.2,3.3.3.3",
        ),
        (None, &[b"1.1.1.1", b"2.2.2.2"], "1.1.1.1,2.2.2.2"),
        (Some(0), &[b"1.1.1.1"], "10.0.0.1"),
        (Some(1), &[], "10.0.0.1"),
        (Some(1), &[b"1.1.1.1, 2.2.2.2"], "2.2.2.2"),
        (Some(2), &[b"1.1.1.1, 2.2.2.2"], "1.1.1.1"),
        (Some(1), &[b"1.1.1.1", b"2.2.2.2"], "2.2.2.2"),
        (Some(9), &[b"1.1.1.1, 2.2.2.2"], "1.1.1.1"),
        (Some(1), &[b"1.1.1.1, "], ""),
        (Some(1), &[b"\xff\xfe,,;\"x"], ";\"x"),
        (None, &[b"\xff"], "\u{fffd}"),
    ];
    let store = Store::memory();
    for (num_proxies, lines, expected) in table {
        let client = store.serve_with("", |settings| settings.num_proxies = num_proxies);
        let mut request = TestRequest::new(Method::GET, "/free/").remote_addr([10, 0, 0, 1].into());
        for line in lines {
            request = request.append_header("x-forwarded-for", line);
        }
        assert_eq!(
            client.send(request).json(),
            expected,
            "{num_proxies:?} {lines:?}"
        );
    }
}

#[test]
fn a_request_is_forgotten_after_a_period_and_a_denied_one_at_once() {
    let table = [
        (0, 200, ""),
        (10, 200, ""),
        (20, 200, ""),
        (21, 429, "39"),
        (59, 429, "1"),
        (60, 200, ""),
        (61, 429, "9"),
        (70, 200, ""),
        (1000, 200, ""),
    ];
    for store in Store::all() {
        let client = store.serve("anon=3/min");
        for (time, status, wait) in table {
            store.set_time(time);
            let response = client.get("/anon/");
            assert_eq!(told(&response), (status, wait), "at {time}");
        }
        client.get("/anon/").assert(200, r#""127.0.0.1""#);
    }
}

#[test]
fn nobody_may_wait_for_what_is_not_known() {
    for store in Store::all() {
        let none = store.serve("anon=0/min");
        assert_eq!(told(&none.get("/anon/")), (429, "60"));
        let many = store.serve("anon=3/min");
        for _ in 0..3 {
            assert_eq!(told(&many.get("/anon/")), (200, ""));
        }
        let few = store.serve("anon=2/min");
        let response = few.get("/anon/");
        assert_eq!(told(&response), (429, ""));
        response.assert(429, r#"{"detail":"throttled"}"#);
    }
}

#[test]
fn every_throttle_counts_and_the_longest_wait_is_told() {
    for store in Store::all() {
        let client = store.serve("burst=1/s sustained=3/min");
        let table = [
            (0, 200, ""),
            (0, 429, "1"),
            (0, 429, "1"),
            (0, 429, "60"),
            (1, 429, "59"),
        ];
        for (time, status, wait) in table {
            store.set_time(time);
            assert_eq!(told(&client.get("/bursts/")), (status, wait), "at {time}");
        }
        store.set_time(2);
        let response = client.send(TestRequest::new(Method::GET, "/bursts/").header("x-user", "7"));
        assert_eq!(
            (told(&response), response.statements),
            ((200, ""), statements(&store, 2))
        );
    }
}

/// What that many counts send to the database.
fn statements(store: &Store, counts: u32) -> u32 {
    match store {
        Store::Memory { .. } => 0,
        Store::Postgres(_) => counts,
    }
}

#[test]
fn whom_a_request_counts_for() {
    // One at a time: path, user, status.
    let table = [
        ("/anon/", "", 200),
        ("/anon/", "", 429),
        ("/anon/", "7", 200),
        ("/anon/", "7", 200),
        ("/user/", "", 200),
        ("/user/", "", 429),
        ("/user/", "7", 200),
        ("/user/", "7", 429),
        ("/user/", "8", 200),
        ("/members/", "8", 429),
        ("/covers/", "7", 200),
        ("/avatars/", "7", 429),
        ("/avatars/", "", 200),
        ("/covers/", "", 429),
        ("/both/", "9", 200),
        ("/both/", "9", 429),
        // Its scopes have no rates.
        ("/bursts/", "", 200),
        ("/bursts/", "", 200),
    ];
    for store in Store::all() {
        let client = store.serve("anon=1/d user=1/d uploads=1/d");
        for (path, user, status) in table {
            assert_eq!(get(&client, path, user), status, "{path} by {user:?}");
        }
        let elsewhere = IpAddr::from([10, 0, 0, 1]);
        let request = TestRequest::new(Method::GET, "/anon/").remote_addr(elsewhere);
        assert_eq!(client.send(request).status, 200);
    }
}

#[test]
fn which_requests_count() {
    let table = [
        (Method::GET, "/user/", 200, 1),
        (Method::HEAD, "/user/", 200, 1),
        (Method::OPTIONS, "/user/", 200, 1),
        (Method::DELETE, "/user/", 405, 1),
        (Method::POST, "/user/", 200, 1),
        (Method::GET, "/user/?format=xml", 404, 0),
        (Method::GET, "/members/", 403, 0),
        (Method::GET, "/nothing/", 404, 0),
    ];
    let store = Store::memory();
    let client = store.serve_with("user=2/d", |settings| settings.rate_limit_headers = true);
    for (client_number, (method, path, status, counted)) in (1..).zip(table) {
        let send = |method, path| {
            let request = TestRequest::new(method, path);
            client.send(request.remote_addr([10, 0, 0, client_number].into()))
        };
        let response = send(method.clone(), path);
        assert_eq!(response.status, status, "{method} {path}");
        let left = send(Method::GET, "/user/");
        let expected = format!("\"user\";r={};t=86400", 1 - counted);
        assert_eq!(left.header("ratelimit"), expected, "{method} {path}");
    }
}

#[test]
fn attempts_to_sign_in_count_by_address_and_by_name() {
    let attempt = |address: u8, body: &str| {
        TestRequest::new(Method::POST, "/login/")
            .remote_addr([10, 0, 0, address].into())
            .json(body)
    };
    let form = [("username", " ann "), ("password", "x")];
    let ann = r#"{"username":"ann"}"#;
    for store in Store::all() {
        let client = store.serve("login=2/min");
        let table = [
            (attempt(1, ann), 200),
            (attempt(2, ann), 200),
            (attempt(3, "").form(&form), 429),
            (attempt(3, ann), 429),
            // The address was counted though the name was at fault.
            (attempt(3, r#"{"username":"bob"}"#), 429),
            (attempt(4, r#"{"username":"bob"}"#), 200),
            // What the address may not do is not held against the name.
            (attempt(1, r#"{"username":"carl"}"#), 200),
            (attempt(1, r#"{"username":"carl"}"#), 429),
            (attempt(1, r#"{"username":"carl"}"#), 429),
            (attempt(5, r#"{"username":"carl"}"#), 200),
            (attempt(5, r#"{"username":"carl"}"#), 429),
            // In fullwidth letters, which signing in reads as plain ones.
            (attempt(10, r#"{"username":"ａｎｎ"}"#), 429),
            (attempt(6, r#"{"username":7}"#), 200),
            (attempt(7, r#"{"username":"7"}"#), 200),
            (attempt(8, r#"{"username":"7"}"#), 429),
            (attempt(9, "[]"), 200),
            (attempt(9, "{}"), 200),
            (attempt(9, "{}"), 429),
        ];
        for (index, (request, status)) in table.into_iter().enumerate() {
            assert_eq!(client.send(request).status, status, "attempt {index}");
        }
        for _ in 0..3 {
            assert_eq!(client.get("/login/").status, 200);
        }
    }
}

#[test]
fn requests_at_the_same_time_are_not_more_than_the_rate() {
    for store in Store::all() {
        let replicas = [store.serve("anon=10/min"), store.serve("anon=10/min")];
        let counts = std::thread::scope(|scope| {
            let send = |client| scope.spawn(move || allowed_of_a_hundred(client));
            let threads = replicas.each_ref().map(send);
            threads.map(|thread| thread.join().unwrap())
        });
        assert_eq!(counts.iter().sum::<usize>(), 10, "{counts:?}");
    }
}

fn allowed_of_a_hundred(client: &ApiClient) -> usize {
    let requests = (0..100).map(|_| TestRequest::new(Method::GET, "/anon/"));
    let responses = client.send_together(requests.collect());
    let allowed = |response: &&TestResponse| match response.status.as_u16() {
        200 => true,
        429 => false,
        status => panic!("{status}"),
    };
    responses.iter().filter(allowed).count()
}

#[test]
fn what_is_left_is_told_if_the_service_wants_it() {
    let table = [
        (0, "/bursts/", r#""burst";r=0;t=1, "sustained";r=2;t=60"#),
        (0, "/bursts/", r#""burst";r=0;t=1, "sustained";r=1;t=60"#),
        (20, "/bursts/", r#""burst";r=0;t=1, "sustained";r=0;t=40"#),
        (20, "/free/", ""),
    ];
    for store in Store::all() {
        let rates = "burst=1/s sustained=3/min login=5/min";
        let client = store.serve_with(rates, |settings| settings.rate_limit_headers = true);
        for (time, path, left) in table {
            store.set_time(time);
            let response = client.get(path);
            assert_eq!(response.header("ratelimit"), left, "{path} at {time}");
            let policy = match left {
                "" => "",
                _ => r#""burst";q=1;w=1, "sustained";q=3;w=60"#,
            };
            assert_eq!(response.header("ratelimit-policy"), policy, "{path}");
        }
        // Of the address and the name that which has less left: each attempt has another address.
        for (address, left) in [(1, 4), (2, 3)] {
            let attempt = TestRequest::new(Method::POST, "/login/").json(r#"{"username":"ann"}"#);
            let response = client.send(attempt.remote_addr([10, 0, 0, address].into()));
            assert_eq!(
                response.header("ratelimit"),
                format!("\"login\";r={left};t=60")
            );
        }
        let silent = store.serve(rates).get("/bursts/");
        assert_eq!(silent.header("ratelimit-policy"), "");
    }
}

#[test]
fn what_says_nothing_any_more_is_removed() {
    let rate = "1/min".parse().unwrap();
    let key = |number: u32| {
        let mut key = [0; 32];
        key[..4].copy_from_slice(&number.to_be_bytes());
        Key(key)
    };
    let store = Store::postgres();
    let postgres = PostgresStore::default();
    let mut conn = store.database().connect();
    assert!(postgres.count(&key(0), rate, &mut conn).unwrap().is_allowed);
    store.set_time(60);
    for _ in 0..1024 {
        postgres.count(&key(1), rate, &mut conn).unwrap();
    }
    assert_eq!(rows(&mut conn), 1);

    let seconds = Arc::new(AtomicU64::new(0));
    let clock = Arc::clone(&seconds);
    let memory =
        MemoryStore::with_timer(move || Duration::from_secs(clock.load(Ordering::Relaxed)));
    for number in 0..100_000 {
        memory.count(&key(number), rate, &mut conn).unwrap();
    }
    assert_eq!(format!("{memory:?}"), "MemoryStore { keys: 100000 }");
    memory.count(&key(100_000), rate, &mut conn).unwrap();
    assert_eq!(format!("{memory:?}"), "MemoryStore { keys: 66668 }");
    seconds.store(60, Ordering::Relaxed);
    memory.count(&key(0), rate, &mut conn).unwrap();
    assert_eq!(format!("{memory:?}"), "MemoryStore { keys: 1 }");
}

fn rows(conn: &mut PgConnection) -> i64 {
    diesel::table! { restwell_throttle (key) { key -> Bytea, } }
    restwell_throttle::table.count().get_result(conn).unwrap()
}

#[test]
fn the_guide_shows_the_table() {
    let statement = CREATE_THROTTLE.split_once("create ").unwrap().1;
    assert!(include_str!("../../../../docs/throttling.md").contains(statement));
}
