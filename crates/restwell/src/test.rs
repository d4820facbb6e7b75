//! For the tests of a service: a client that needs no network. Databases for them are `restwell-postgres`'.

use std::net::{IpAddr, SocketAddr};

use actix_web::{
    HttpResponse,
    body::to_bytes,
    dev::Service,
    http::{Method, StatusCode, header::HeaderMap},
    rt::System,
    test as actix,
};
use serde_json::Value;

use crate::server::{App, Statements};

/// A client of a service in the same process: DRF's `APIClient`.
pub struct ApiClient {
    app: App,
    headers: Vec<(String, String)>,
}

impl ApiClient {
    /// A client of this service.
    pub fn new(app: App) -> Self {
        Self {
            app,
            headers: Vec::new(),
        }
    }

    /// A client that sends this header with every request, e.g. `authorization`.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Another client of the same service, which sends no headers of its own.
    #[must_use]
    pub fn without_headers(&self) -> Self {
        Self::new(self.app.clone())
    }

    /// `GET` of a path.
    pub fn get(&self, path: &str) -> TestResponse {
        self.send(TestRequest::new(Method::GET, path))
    }

    /// `POST` of a JSON text.
    pub fn post(&self, path: &str, body: &str) -> TestResponse {
        self.send(TestRequest::new(Method::POST, path).json(body))
    }

    /// `PUT` of a JSON text.
    pub fn put(&self, path: &str, body: &str) -> TestResponse {
        self.send(TestRequest::new(Method::PUT, path).json(body))
    }

    /// `PATCH` with a JSON text.
    pub fn patch(&self, path: &str, body: &str) -> TestResponse {
        self.send(TestRequest::new(Method::PATCH, path).json(body))
    }

    /// `DELETE` of a path.
    pub fn delete(&self, path: &str) -> TestResponse {
        self.send(TestRequest::new(Method::DELETE, path))
    }

    /// The answer to a request.
    pub fn send(&self, request: TestRequest) -> TestResponse {
        self.send_together(vec![request]).remove(0)
    }

    /// The request with the headers of this client.
    fn complete(&self, request: TestRequest) -> TestRequest {
        let headers = self.headers.iter();
        headers.fold(request, |request, (name, value)| {
            request.header(name, value)
        })
    }

    /// The answers to requests that are sent at the same time.
    ///
    /// # Panics
    /// If actix itself fails, which it does only without memory or threads.
    pub fn send_together(&self, requests: Vec<TestRequest>) -> Vec<TestResponse> {
        System::new().block_on(async {
            let app = self.app.clone();
            let service = actix::init_service(
                actix_web::App::new().configure(|config| app.configure(config)),
            )
            .await;
            let requests = requests.into_iter().map(|request| self.complete(request));
            let answers = requests.map(|request| service.call(request.0.to_request()));
            let answers: Vec<_> = answers.map(actix_web::rt::spawn).collect();
            let mut responses = Vec::with_capacity(answers.len());
            for answer in answers {
                match answer.await {
                    Ok(Ok(response)) => responses.push(TestResponse::read(response.into()).await),
                    _ => panic!("the service gave no answer"),
                }
            }
            responses
        })
    }
}

/// A request to be sent by an [`ApiClient`].
pub struct TestRequest(actix::TestRequest);

impl TestRequest {
    /// A request without a body.
    pub fn new(method: Method, path: &str) -> Self {
        Self(
            actix::TestRequest::default()
                .method(method)
                .uri(path)
                .insert_header(("host", "localhost")),
        )
        .remote_addr(IpAddr::from([127, 0, 0, 1]))
    }

    /// From this address, in the place of `127.0.0.1`.
    #[must_use]
    pub fn remote_addr(self, address: IpAddr) -> Self {
        Self(self.0.peer_addr(SocketAddr::new(address, 0)))
    }

    /// With this header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.insert_header((name, value)))
    }

    /// With this header beside others of its name; it need not be text.
    #[must_use]
    pub fn append_header(self, name: &str, value: &[u8]) -> Self {
        Self(self.0.append_header((name, value)))
    }

    /// With this JSON text as its body.
    #[must_use]
    pub fn json(self, body: &str) -> Self {
        self.body("application/json", body.as_bytes().to_vec())
    }

    /// With these texts as a form.
    #[must_use]
    pub fn form(self, texts: &[(&str, &str)]) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        let body = form.extend_pairs(texts).finish();
        self.body("application/x-www-form-urlencoded", body)
    }

    /// With these texts, and files by field, name and contents, as a form of several parts.
    #[must_use]
    pub fn multipart(self, texts: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Self {
        let mut body = Vec::new();
        let mut part = |head: String, content: &[u8]| {
            let head = format!("--boundary\r\nContent-Disposition: form-data; {head}\r\n\r\n");
            body.extend([head.as_bytes(), content, b"\r\n"].concat());
        };
        for (name, text) in texts {
            part(format!("name=\"{name}\""), text.as_bytes());
        }
        for (name, file_name, content) in files {
            part(
                format!("name=\"{name}\"; filename=\"{file_name}\""),
                content,
            );
        }
        body.extend(b"--boundary--\r\n");
        self.body("multipart/form-data; boundary=boundary", body)
    }

    /// With a body of any type.
    #[must_use]
    pub fn body(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self(
            self.0
                .insert_header(("content-type", content_type))
                .set_payload(body.into()),
        )
    }
}

/// The answer to a [`TestRequest`].
#[derive(Debug)]
pub struct TestResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
    /// The statements that were sent to the database, `BEGIN` and `COMMIT` included.
    pub statements: u32,
}

impl TestResponse {
    async fn read(response: HttpResponse) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let statements = response
            .extensions()
            .get::<Statements>()
            .map_or(0, |statements| statements.0);
        let body = to_bytes(response.into_body()).await.unwrap_or_default();
        Self {
            status,
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            statements,
        }
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// A header's text; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Fails the test unless the answer has this status and, if it is JSON, exactly this body.
    ///
    /// # Panics
    /// If it has not.
    #[track_caller]
    pub fn assert(&self, status: u16, body: &str) {
        assert_eq!((self.status.as_u16(), self.body.as_str()), (status, body));
    }
}
