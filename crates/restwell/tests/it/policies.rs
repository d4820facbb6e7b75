//! Who asks, what they may do, and how often; and which error wins (contract §0, §11 to §13).

use std::{
    any::Any,
    sync::atomic::{AtomicU64, Ordering},
};

use actix_web::http::Method;
use restwell::{
    authentication::{AbstractUser, Authentication, Identity},
    permissions::{IsAuthenticated, Permission},
    prelude::*,
    test::{ApiClient, TestRequest},
    throttling::Throttle,
    viewsets::Policies,
};
use restwell_postgres::test::TestDatabase;

use crate::shop::{Shop, ShopSerializer, serve, shop};

struct User(String);

impl AbstractUser for User {
    fn key(&self) -> String {
        self.0.clone()
    }
}

/// `X-User: ann`, with a header for `WWW-Authenticate` or without one.
struct HeaderAuthentication {
    says_how: bool,
}

impl Authentication for HeaderAuthentication {
    fn authenticate(&self, request: &Request, _: &mut Conn) -> Result<Option<Identity>> {
        match request.header("x-user") {
            Some("bob") => Err(ApiException::authentication_failed()),
            name => Ok(name.map(|name| Identity::new(User(name.to_owned())))),
        }
    }

    fn authenticate_header(&self, _: &Request) -> Option<String> {
        self.says_how.then(|| "Header".to_owned())
    }
}

/// Only `root` deletes, or touches the shop 2.
struct MayTouch;

fn is_root(request: &Request) -> bool {
    request.user().is_some_and(|User(name)| name == "root")
}

impl Permission for MayTouch {
    fn has_permission(&self, request: &Request, _: &mut Conn) -> Result<bool> {
        Ok(is_root(request) || request.method != Method::DELETE)
    }

    fn has_object_permission(
        &self,
        request: &Request,
        object: &dyn Any,
        _: &mut Conn,
    ) -> Result<bool> {
        let shop: Option<&Shop> = object.downcast_ref();
        Ok(is_root(request) || shop.is_some_and(|shop| shop.id != 2))
    }
}

/// As many requests as the header `X-Limit` says, in all.
struct Counter(AtomicU64);

impl Throttle for Counter {
    fn wait(&self, request: &Request, _: &mut Conn) -> Result<Option<u64>> {
        let limit = request
            .header("x-limit")
            .and_then(|limit| limit.parse().ok());
        let Some(limit) = limit else {
            return Ok(None);
        };
        let seen = self.0.fetch_add(1, Ordering::Relaxed);
        Ok((seen >= limit).then_some(7))
    }
}

static COUNTER: Counter = Counter(AtomicU64::new(0));

struct GuardedViewSet;
#[viewset]
impl ModelViewSet for GuardedViewSet {
    type Serializer = ShopSerializer;
    const POLICIES: Policies = Policies {
        authentication: Some(&[&HeaderAuthentication { says_how: true }]),
        permissions: Some(&[&IsAuthenticated, &MayTouch]),
        ..Policies::DEFAULT
    };
}

struct SilentViewSet;
#[viewset]
impl ModelViewSet for SilentViewSet {
    type Serializer = ShopSerializer;
    const METADATA: bool = false;
    const POLICIES: Policies = Policies {
        authentication: Some(&[&HeaderAuthentication { says_how: false }]),
        permissions: Some(&[&MayTouch]),
        ..Policies::DEFAULT
    };
}

struct CountedViewSet;
#[viewset(create)]
impl GenericViewSet for CountedViewSet {
    type Serializer = ShopSerializer;
    const POLICIES: Policies = Policies {
        throttles: Some(&[&COUNTER]),
        ..Policies::DEFAULT
    };
}

fn client() -> (ApiClient, TestDatabase) {
    let (_, database) = shop();
    let router = SimpleRouter::new()
        .register_as("guarded", "guarded", GuardedViewSet)
        .register_as("silent", "silent", SilentViewSet)
        .register_as("counted", "counted", CountedViewSet);
    let urls = Urls::new().include("/", router);
    (serve(urls, &database), database)
}

#[test]
fn the_first_error_is_the_answer() {
    let (client, _database) = client();
    let cases = [
        ("GET /guarded/?format=xml", "", 404, "not_found"),
        ("GET /guarded/", "", 401, "not_authenticated"),
        ("GET /guarded/", "bob", 401, "authentication_failed"),
        ("OPTIONS /guarded/", "", 401, "not_authenticated"),
        ("DELETE /guarded/", "", 401, "not_authenticated"),
        ("DELETE /guarded/", "ann", 403, "permission_denied"),
        ("DELETE /guarded/", "root", 405, "method_not_allowed"),
        ("FOO /guarded/", "", 401, "not_authenticated"),
        ("FOO /guarded/", "ann", 405, "method_not_allowed"),
        ("DELETE /guarded/9/", "ann", 403, "permission_denied"),
        ("DELETE /guarded/9/", "root", 404, "not_found"),
        ("GET /guarded/2/", "ann", 403, "permission_denied"),
        ("PUT /guarded/9/", "ann", 404, "not_found"),
        ("PUT /guarded/2/", "ann", 403, "permission_denied"),
        ("PUT /guarded/1/", "ann", 400, "parse_error"),
        ("GET /silent/", "bob", 403, "authentication_failed"),
        ("DELETE /silent/1/", "", 403, "not_authenticated"),
        ("DELETE /silent/1/", "ann", 403, "permission_denied"),
        ("GET /silent/2/", "", 403, "not_authenticated"),
        ("OPTIONS /silent/", "", 405, "method_not_allowed"),
    ];
    for (request, user, status, code) in cases {
        let (method, path) = request.split_once(' ').unwrap();
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = TestRequest::new(method, path).json("{");
        if !user.is_empty() {
            request = request.header("x-user", user);
        }
        let response = client.send(request);
        let challenge = if status == 401 { "Header" } else { "" };
        assert_eq!(
            (response.status.as_u16(), response.json()["detail"].as_str()),
            (status, Some(code)),
            "{path} by {user}"
        );
        assert_eq!(response.header("www-authenticate"), challenge, "{path}");
    }
}

#[test]
fn those_who_may_are_answered() {
    let (client, _database) = client();
    let send = |method, path: &str, user: &str| {
        client.send(TestRequest::new(method, path).header("x-user", user))
    };
    assert_eq!(send(Method::GET, "/guarded/", "ann").status, 200);
    assert_eq!(send(Method::GET, "/guarded/1/", "ann").status, 200);
    assert_eq!(send(Method::GET, "/guarded/2/", "root").status, 200);
    assert_eq!(client.get("/silent/1/").status, 200);
    assert_eq!(
        client
            .send(TestRequest::new(Method::OPTIONS, "/silent/"))
            .header("allow"),
        "GET, POST, HEAD, OPTIONS"
    );
}

#[test]
fn options_tells_of_what_a_client_may_send() {
    let (client, _database) = client();
    let actions = |path: &str, user: &str| {
        let request = TestRequest::new(Method::OPTIONS, path).header("x-user", user);
        let body = client.send(request).json();
        body["actions"]
            .as_object()
            .map(|actions| actions.keys().cloned().collect::<Vec<_>>())
    };
    assert_eq!(actions("/guarded/", "ann"), Some(vec!["POST".to_owned()]));
    assert_eq!(actions("/guarded/1/", "ann"), Some(vec!["PUT".to_owned()]));
    assert_eq!(actions("/guarded/2/", "ann"), None);
}

#[test]
fn a_request_is_counted_once_however_often_its_action_runs() {
    let (client, _database) = client();
    let post = |name: &str| {
        let request = TestRequest::new(Method::POST, "/counted/").header("x-limit", "2");
        client.send(request.json(&format!(r#"{{"name":"{name}"}}"#)))
    };
    // The database refuses the name, so that the action runs again.
    post("Corner").assert(400, r#"{"name":["unique"]}"#);
    assert_eq!(post("New").status, 201);
    let refused = post("Newer");
    refused.assert(429, r#"{"detail":"throttled"}"#);
    assert_eq!(refused.header("retry-after"), "7");
}
