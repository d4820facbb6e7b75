//! Requests that another site makes a browser send.

use actix_web::http::Method;
use restwell::test::{ApiClient, TestRequest};

use super::{rows, sign_in::form};
use crate::{harness::Library, matrix::endpoints};

/// What forms of another site can send, and what its scripts would like to.
const BODIES: [(&str, &str); 4] = [
    ("application/x-www-form-urlencoded", "name=Forged"),
    (
        "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nForged\r\n--b--\r\n",
    ),
    ("text/plain", r#"{"name": "Forged"}"#),
    ("application/json", r#"{"name": "Forged"}"#),
];

/// A browser in which `admin` has signed in, and the secret that it got for its own forms.
fn browser(library: &Library) -> (ApiClient, String) {
    let answer = library.anonymous().send(form("admin", "library"));
    assert_eq!(answer.status, 302, "{}", answer.body);
    let cookies = answer.headers.get_all("set-cookie");
    let pairs: Vec<_> = cookies
        .map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap())
        .collect();
    let secret = pairs
        .iter()
        .find_map(|pair| pair.strip_prefix("csrftoken="));
    let client = library.anonymous().with_header("cookie", &pairs.join("; "));
    (client, secret.unwrap().to_owned())
}

fn with_headers(request: TestRequest, headers: &[(&str, &str)]) -> TestRequest {
    headers.iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    })
}

#[test]
fn no_verb_and_no_parser_is_open_to_other_sites() {
    let library = Library::stocked();
    let (browser, secret) = browser(&library);
    let before = rows(&library);
    let other = "x".repeat(secret.len());
    let proofs: [&[(&str, &str)]; 4] = [
        &[],
        &[("x-csrftoken", &other)],
        &[("x-csrftoken", &secret), ("origin", "https://evil.example")],
        &[("x-csrftoken", &secret), ("origin", "null")],
    ];
    let is_unsafe = |(method, _): &(Method, String)| !method.is_safe();
    for (method, path) in endpoints().into_iter().filter(is_unsafe) {
        for (content_type, body) in BODIES {
            for proof in proofs {
                let request = TestRequest::new(method.clone(), &path).body(content_type, body);
                let answer = browser.send(with_headers(request, proof));
                let told = format!("{method} {path} {content_type} {proof:?}: {}", answer.body);
                // A body that the view does not read is refused before a token is missed in it (contract §0.4).
                assert!(matches!(answer.status.as_u16(), 403 | 415), "{told}");
            }
        }
    }
    assert_eq!(rows(&library), before);
    assert_eq!(library.count("auth_user where last_login is not null"), 1);

    let own = TestRequest::new(Method::PATCH, "/api/authors/1/").json(BODIES[3].1);
    let own = browser.send(own.header("x-csrftoken", &secret));
    assert_eq!(
        (own.status.as_u16(), &own.json()["name"]),
        (200, &"Forged".into())
    );
}
