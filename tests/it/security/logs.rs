//! Secrets stay out of the log, at the level that says most.

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{
    harness::{CSRF, Library},
    serve::{KEY, Service, command},
};

const TYPED: [&str; 5] = [
    "hunter2-by-token",
    "hunter2-by-basic",
    "hunter2-by-form",
    "hunter2-superuser",
    "hunter2-new-user",
];
const DATABASE_PASSWORD: &str = "hunter2-database";
/// Of `reader1`.
const TOKEN: &str = "3fffffffffffffffffffffffffffffffffffffff";

/// A request as it is sent.
fn request(head: &str, content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{head}\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

fn json(head: &str, body: &str) -> String {
    request(head, "application/json", body)
}

fn form(head: &str, body: &str) -> String {
    request(head, "application/x-www-form-urlencoded", body)
}

/// What Basic authentication sends: a wrong password, and the right one.
fn pairs() -> [String; 2] {
    [format!("reader2:{}", TYPED[1]), "admin:library".to_owned()]
        .map(|pair| BASE64_STANDARD.encode(pair))
}

/// Someone signs in in every way, rightly and wrongly, and sends what cannot be read; each answer is told.
fn use_every_secret(library: &Library, service: &Service) -> Vec<String> {
    let [basic, admin] = pairs();
    let login = format!("POST /api/auth/login/ HTTP/1.1\r\nCookie: csrftoken={CSRF}");
    let users = format!("POST /api/users/ HTTP/1.1\r\nAuthorization: Basic {admin}");
    let me = "PATCH /api/users/me/ HTTP/1.1\r\nAuthorization: Token";
    let fields = format!("csrfmiddlewaretoken={CSRF}&username=reader1&password=");
    let ask = |text: String| service.send(&text);
    let token = "POST /api/api-token-auth/ HTTP/1.1";
    let mut answers = vec![
        ask(json(
            token,
            &format!(r#"{{"username": "reader1", "password": "{}"}}"#, TYPED[0]),
        )),
        ask(json(
            token,
            r#"{"username": "reader1", "password": "library"}"#,
        )),
        ask(json(
            token,
            &format!(r#"{{"username": "reader1", "password": "{}""#, TYPED[0]),
        )),
        ask(json(
            &format!("GET /api/ HTTP/1.1\r\nAuthorization: Basic {basic}"),
            "",
        )),
        ask(json(
            &format!("GET /api/ HTTP/1.1\r\nAuthorization: Token {TOKEN}"),
            "",
        )),
        ask(form(&login, &format!("{fields}{}", TYPED[2]))),
        ask(form(&login, &format!("{fields}library"))),
        ask(json(
            &users,
            &format!(
                r#"{{"username": "new", "password": "{}", "email": "?"}}"#,
                TYPED[4]
            ),
        )),
        ask(json(
            &users,
            &format!(r#"{{"username": "new", "password": "{}"}}"#, TYPED[4]),
        )),
        ask(json(
            &format!("{me} {TOKEN}"),
            &format!(r#"{{"password": "{}"}}"#, TYPED[4]),
        )),
    ];
    // Failures of our own are logged with their causes.
    library.sql("alter table authtoken_token rename to gone; alter table auth_user rename date_joined to gone");
    answers.extend([
        ask(json(
            &format!("GET /api/ HTTP/1.1\r\nAuthorization: Token {TOKEN}"),
            "",
        )),
        ask(json(
            &users,
            &format!(r#"{{"username": "late", "password": "{}"}}"#, TYPED[4]),
        )),
    ]);
    answers
}

#[test]
fn no_secret_is_logged() {
    for format in ["text", "json"] {
        let library = Library::new();
        let url = library
            .database
            .url()
            .replace("@/", &format!(":{DATABASE_PASSWORD}@/"));
        let settings = [
            ("DATABASE_URL", url.as_str()),
            ("RUST_LOG", "trace"),
            ("LOG_FORMAT", format),
        ];
        let mut made = command(
            &["createsuperuser", "--no-input", "--username", "root"],
            &[
                &settings[..],
                &[("SECRET_KEY", KEY), ("SUPERUSER_PASSWORD", TYPED[3])],
            ]
            .concat(),
        );
        let made = made.output().unwrap();
        assert!(made.status.success());
        let service = Service::start(&library, &settings);
        let answers = use_every_secret(&library, &service);
        service.signal("TERM");
        let (code, log) = service.wait();
        assert_eq!(code, Some(0));
        let session = answers[6].split("sessionid=").nth(1).unwrap();
        let session = session.split(';').next().unwrap();
        let statuses: Vec<_> = answers.iter().map(|answer| &answer[9..12]).collect();
        assert_eq!(
            statuses,
            [
                "400", "200", "400", "401", "200", "200", "302", "400", "201", "200", "500", "500"
            ]
        );
        let made = [made.stdout, made.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        let output = made.concat() + &log;
        assert!(output.contains("TRACE"), "{output}");
        let [basic, admin] = pairs();
        let more = [
            DATABASE_PASSWORD,
            TOKEN,
            CSRF,
            KEY,
            session,
            &basic,
            &admin,
            "pbkdf2_sha256",
        ];
        for secret in TYPED.into_iter().chain(more) {
            let line = output.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{secret}");
        }
    }
}
