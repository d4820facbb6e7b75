//! What a service does for many at once, and for clients that take their time.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    num::NonZero,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    thread,
    time::Duration,
};

use actix_web::{
    App as Actix, HttpServer,
    http::{Method, StatusCode},
    rt::{System, task::spawn_blocking},
};
use restwell::{
    api_views::ApiView,
    db::Db,
    prelude::*,
    server::App,
    settings::Settings,
    test::{ApiClient, TestRequest},
};
use restwell_postgres::test::TestDatabase;
use serde_json::json;

use crate::shop::{serve_with, template};

/// Longer than it takes to send some requests.
const LONG: Duration = Duration::from_millis(300);

static RUNNING: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

fn work() -> bool {
    MOST.fetch_max(RUNNING.fetch_add(1, SeqCst) + 1, SeqCst);
    thread::sleep(LONG / 10);
    RUNNING.fetch_sub(1, SeqCst);
    true
}

/// `/hash/` leaves its work to a processor, `/hold/` keeps a connection, `/echo/` answers with the body.
fn urls() -> Urls {
    let hash = |request: &Request, _: &mut Conn| {
        let done = request.offload("hash", work)?;
        Response::ok(request, &json!(done))
    };
    let hold = |request: &Request, _: &mut Conn| {
        thread::sleep(LONG / 10);
        Response::ok(request, &json!(true))
    };
    let echo = |request: &Request, _: &mut Conn| Response::ok(request, request.data()?);
    Urls::new()
        .path("/hash/", "hash", ApiView::new("HashView").get(hash))
        .path("/hold/", "hold", ApiView::new("HoldView").get(hold))
        .path("/echo/", "echo", ApiView::new("EchoView").post(echo))
}

fn get(path: &str, count: usize) -> Vec<TestRequest> {
    let requests = (0..count).map(|_| TestRequest::new(Method::GET, path));
    requests.collect()
}

#[test]
fn no_more_work_runs_at_once_than_there_are_processors() {
    let database = template().database();
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let client = serve_with(urls(), Settings::default(), &database);
    for response in client.send_together(get("/hash/", 4 * processors)) {
        response.assert(200, "true");
    }
    assert_eq!(MOST.load(SeqCst), processors);
}

#[test]
fn who_finds_a_full_queue_is_told_to_come_again() {
    let database = template().database();
    let client = ApiClient::new(App::new(
        urls(),
        Settings::default(),
        Db::new(&database.url(), 1),
    ));
    // One has the connection, 64 wait.
    let responses = client.send_together(get("/hold/", 70));
    let (refused, answered): (Vec<_>, Vec<_>) = responses
        .into_iter()
        .partition(|response| response.status == StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.len(), 5);
    for response in &refused {
        assert_eq!(response.header("retry-after"), "1");
    }
    for response in answered {
        response.assert(200, "true");
    }
}

/// What the server sends, until it ends the connection, to a client that sends this and then nothing.
fn answer_to(sent: String, database: &TestDatabase) -> String {
    let settings = Settings {
        body_timeout: LONG,
        ..Settings::default()
    };
    let app = App::new(urls(), settings, Db::new(&database.url(), 1));
    System::new().block_on(async {
        let services = move || Actix::new().configure(|config| app.configure(config));
        let server = HttpServer::new(services)
            .workers(1)
            .bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap();
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let answer = spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream
                .set_read_timeout(Some(Duration::from_secs(10)))
                .unwrap();
            stream.write_all(sent.as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        });
        let answer = answer.await.unwrap();
        handle.stop(false).await;
        answer
    })
}

#[test]
fn a_body_that_pauses_for_too_long_is_408() {
    let database = template().database();
    let bodies = [
        "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{\"a\"",
        "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n",
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{\"",
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 90\r\n\r\n--b\r\nContent-",
    ];
    for body in bodies {
        let sent = format!("POST /echo/ HTTP/1.1\r\nHost: localhost\r\n{body}");
        let answer = answer_to(sent, &database);
        assert!(answer.starts_with("HTTP/1.1 408 "), "{body} {answer}");
        assert!(answer.contains("did not arrive in time"), "{answer}");
    }
}

#[test]
fn a_body_that_nobody_reads_does_not_keep_a_connection() {
    let database = template().database();
    for body in [
        "Content-Length: 9\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2\r\n{\"",
    ] {
        let sent = format!("POST /nothing/ HTTP/1.1\r\nHost: localhost\r\n{body}");
        let answer = answer_to(sent, &database);
        assert!(answer.starts_with("HTTP/1.1 404 "), "{body} {answer}");
    }
}

#[test]
fn hosts_are_read_as_django_reads_them() {
    let settings = Settings {
        allowed_hosts: vec![
            "here.example".to_owned(),
            ".all.example".to_owned(),
            "[::1]".to_owned(),
        ],
        ..Settings::default()
    };
    let anybody = Settings {
        allowed_hosts: vec!["*".to_owned()],
        ..Settings::default()
    };
    // Allowed by name, allowed where everybody is.
    let table = [
        ("here.example", true, true),
        ("HERE.example.:80", true, true),
        ("here.example:", false, false),
        ("here.example:8o", false, false),
        ("all.example", true, true),
        ("one.all.example:1", true, true),
        ("notall.example", false, true),
        ("[::1]", true, true),
        ("[::1]:8000", true, true),
        ("[::1]:", false, false),
        ("[1]", false, false),
        ("[fe80:]", false, false),
        ("[::1", false, false),
        ("a b", false, false),
        ("a_b", false, false),
        ("", false, false),
        (".", false, false),
    ];
    for (host, by_name, by_anybody) in table {
        assert_eq!(
            (settings.allows_host(host), anybody.allows_host(host)),
            (by_name, by_anybody),
            "{host}"
        );
    }
}
