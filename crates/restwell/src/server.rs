//! Where actix hands over: reads the body, finds the route, gives the rest to [`Db::run`], and logs one line.

use std::{
    cell::{OnceCell, RefCell},
    num::NonZero,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Instant,
};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    http::{
        Method, StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::{self, Bytes, ServiceConfig},
};
use log::Level;

use crate::{
    db::Db,
    exceptions::{ApiException, Result},
    multipart,
    negotiation::Accepted,
    parsers::{self, Chunks, Disposition, Reads},
    queue::{Offloaded, Outcome, Queue, Work},
    renderers::JSON,
    request::{Body, QueryParams, Request},
    response::Response,
    routers::{Match, Urls, slash_redirect},
    serializers::Checks,
    sessions::Session,
    settings::Settings,
    storage,
    views::dispatch,
    viewsets::Policies,
};

/// The header that names a request in logs.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What Django's security middleware sends with every answer.
const SECURITY_HEADERS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

/// The number of statements that an answer took, as an extension of the response.
#[derive(Clone, Copy, Debug)]
pub struct Statements(pub u32);

/// A service: its routes, its settings, its database.
#[derive(Clone)]
pub struct App {
    /// The routes.
    pub urls: Arc<Urls>,
    /// The framework's settings.
    pub settings: Arc<Settings>,
    /// The database.
    pub db: Db,
    /// In front of the processors, for work that needs them and no connection.
    processors: Queue,
}

impl App {
    /// A service of these parts.
    pub fn new(urls: Urls, settings: Settings, db: Db) -> Self {
        Self {
            urls: Arc::new(urls),
            settings: Arc::new(settings),
            db,
            processors: Queue::new(processors(), "a processor"),
        }
    }

    /// Answers every path that actix has no other service for: `actix_web::App::new().configure(|c| app.configure(c))`.
    pub fn configure(&self, config: &mut ServiceConfig) {
        let app = self.clone();
        config.default_service(web::to(
            move |request: HttpRequest, payload: web::Payload| {
                let app = app.clone();
                async move { app.serve(request, payload).await }
            },
        ));
    }

    async fn serve(&self, http: HttpRequest, mut payload: web::Payload) -> HttpResponse {
        let start = Instant::now();
        let id = request_id(&http);
        let storage = &self.settings.storage;
        let (result, statements) = match storage::file_of(http.path(), storage.as_ref()) {
            Some(name) => {
                let host = self.host(&http);
                (
                    host.and_then(|_| storage::respond(&http, &name, storage.as_ref())),
                    0,
                )
            }
            None => {
                let (result, statements) = self.answer(&http, &mut payload, &id).await;
                (result.map(to_actix), statements)
            }
        };
        let mut response = result.unwrap_or_else(|exception| {
            if exception.is_our_fault() {
                exception.log(&id);
            }
            self.failed(&exception)
        });
        log_request(&http, response.status(), statements, &id, start);
        add_headers(&mut response, &id);
        response.extensions_mut().insert(Statements(statements));
        // What has a length is not waited for.
        match http.chunked() {
            Ok(true) => response.map_body(|_, body| BoxBody::new(LastWord { body, payload })),
            _ => response,
        }
    }

    /// The answer to what dispatch never saw.
    fn failed(&self, exception: &ApiException) -> HttpResponse {
        let accepted = Accepted {
            renderer: JSON,
            indent: None,
        };
        let response = Response::from_exception(exception, &self.settings, accepted);
        to_actix(match exception.status {
            StatusCode::METHOD_NOT_ALLOWED => response.with_header(header::ALLOW, "GET, HEAD"),
            _ => response,
        })
    }

    async fn answer(
        &self,
        http: &HttpRequest,
        payload: &mut web::Payload,
        id: &str,
    ) -> (Result<Response>, u32) {
        match self.request(http, payload, id).await {
            Ok(Routed::To(request)) => self.dispatched(request).await,
            Ok(Routed::Redirect(location)) => (Ok(moved(&location)), 0),
            Err(exception) => (Err(exception), 0),
        }
    }

    /// Runs the view, again after each work that it asks to be done without a connection.
    async fn dispatched(&self, request: Box<Request>) -> (Result<Response>, u32) {
        let request = Arc::new(Mutex::new(request));
        let mut statements = 0;
        loop {
            let shared = Arc::clone(&request);
            let outcome = self.db.run(move |conn| dispatch(&mut lock(&shared), conn));
            let outcome = outcome.await;
            statements += outcome.statements;
            let Some((name, work)) = lock(&request).offloaded.take() else {
                return (outcome.result, statements);
            };
            match self.work(work).await {
                Ok(value) => lock(&request).offloaded.put(name, value),
                Err(exception) => return (Err(exception), statements),
            }
        }
    }

    /// Hashing keeps a processor busy for long, so that no more of it runs at once than there are processors: the
    /// requests that ask for none are answered meanwhile.
    async fn work(&self, work: Work) -> Result<Outcome> {
        self.processors.run(work).await
    }

    /// The host that the client asks for; 400 if it is none of ours.
    fn host<'a>(&self, http: &'a HttpRequest) -> Result<&'a str> {
        let host = http
            .headers()
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default();
        let host = http
            .uri()
            .authority()
            .map_or(host, |authority| authority.as_str());
        if !self.settings.allows_host(host) {
            return Err(ApiException::new(
                StatusCode::BAD_REQUEST,
                "This host is not served here.",
                "invalid_host",
            ));
        }
        Ok(host)
    }

    fn is_secure(&self, http: &HttpRequest) -> bool {
        let said = self.settings.secure_proxy_ssl_header.as_ref();
        let is_said = said.is_some_and(|(name, value)| header_text(http, name.clone()) == value);
        is_said || http.app_config().secure()
    }

    async fn request(
        &self,
        http: &HttpRequest,
        payload: &mut web::Payload,
        id: &str,
    ) -> Result<Routed> {
        let host = self.host(http)?;
        let origin = format!(
            "{}://{host}",
            if self.is_secure(http) {
                "https"
            } else {
                "http"
            }
        );
        let query = QueryParams::parse(http.query_string())?;
        let Some(route) = self.urls.resolve(http.path()) else {
            let redirect = slash_redirect(&self.urls, http.path(), http.query_string());
            return redirect
                .map(Routed::Redirect)
                .ok_or_else(ApiException::not_found);
        };
        let body = self.body(http, payload, &route).await;
        Ok(Routed::To(Box::new(Request {
            method: http.method().clone(),
            path: http.path().to_owned(),
            query,
            headers: http.headers().clone(),
            remote_addr: http.peer_addr().map(|peer| peer.ip()),
            id: id.to_owned(),
            route,
            settings: Arc::clone(&self.settings),
            version: None,
            versioning: None,
            policies: Policies::DEFAULT,
            identity: None,
            is_admitted: false,
            offloaded: Offloaded::default(),
            urls: Arc::clone(&self.urls),
            origin,
            body,
            accepted: Accepted::of(JSON),
            checks: Checks::Deferred,
            data: OnceCell::new(),
            hooks: RefCell::default(),
            rate_limits: RefCell::default(),
            uploads: RefCell::default(),
            session: Session::default(),
            csrf_secret: RefCell::default(),
        })))
    }

    /// Only a verb that has a use for its body gets it read (contract §0.3). What is wrong with it is told when the view
    /// asks for it: what is wrong with the rest of the request goes first.
    async fn body(&self, http: &HttpRequest, payload: &mut web::Payload, route: &Match) -> Body {
        if !matches!(*http.method(), Method::POST | Method::PUT | Method::PATCH) {
            return Body::Bytes(Bytes::new());
        }
        let content_type = header_text(http, header::CONTENT_TYPE);
        let parser = parsers::select(self.urls.route(route).view.parsers(), content_type);
        match parser.map(|parser| parser.reads) {
            Some(Reads::Parts) => multipart::read_form(payload, content_type, &self.settings)
                .await
                .into(),
            Some(Reads::File) => {
                let disposition = header_text(http, header::CONTENT_DISPOSITION);
                let sent = Disposition::parse(disposition).file_name;
                let named = route.kwargs.iter().find(|(name, _)| name == "filename");
                let name = named.map(|(_, name)| name.as_str()).or(sent.as_deref());
                multipart::read_file(payload, name, content_type, &self.settings)
                    .await
                    .into()
            }
            reads => {
                let chunks = Chunks::new(payload, self.settings.max_body as u64, &self.settings);
                let read = chunks.all().await.map_err(|exception| match reads {
                    Some(_) => exception,
                    None => ApiException::unsupported_media_type(content_type),
                });
                read.map_or_else(Body::Refused, Body::Bytes)
            }
        }
    }
}

/// The body of an answer behind which the connection ends, unless the request was read to its end: without the payload
/// actix would wait for the rest of it, however long that takes.
struct LastWord {
    body: BoxBody,
    #[expect(dead_code, reason = "that it is there is what counts")]
    payload: web::Payload,
}

impl MessageBody for LastWord {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// One thread at a time has the request; one that panicked has answered it.
fn lock(request: &Mutex<Box<Request>>) -> MutexGuard<'_, Box<Request>> {
    request.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A header's text; empty if it is missing.
fn header_text(http: &HttpRequest, name: HeaderName) -> &str {
    let value = http.headers().get(name);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

enum Routed {
    To(Box<Request>),
    Redirect(String),
}

/// The client's own id if it is short and printable, else a new one.
fn request_id(http: &HttpRequest) -> String {
    let sent = http
        .headers()
        .get(&REQUEST_ID)
        .and_then(|id| id.to_str().ok());
    let usable = |id: &&str| {
        !id.is_empty() && id.len() <= 128 && id.bytes().all(|byte| byte.is_ascii_graphic())
    };
    sent.filter(usable)
        .map_or_else(|| uuid::Uuid::new_v4().simple().to_string(), str::to_owned)
}

/// Contract §1.4: the slash at the end was missing.
fn moved(location: &str) -> Response {
    let response = Response {
        status: StatusCode::MOVED_PERMANENTLY,
        headers: Vec::new(),
        body: Vec::new(),
    };
    response
        .with_header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .with_header(header::LOCATION, location)
}

fn log_request(http: &HttpRequest, status: StatusCode, statements: u32, id: &str, start: Instant) {
    let level = if status.is_server_error() {
        Level::Warn
    } else {
        Level::Info
    };
    let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
    log::log!(
        target: "restwell::request",
        level,
        method = http.method().as_str(),
        path = http.path(),
        status = status.as_u16(),
        ms = milliseconds,
        statements = statements,
        request_id = id;
        "{} {} {} {milliseconds:.1} ms, {statements} statements, {id}",
        http.method(),
        http.path(),
        status.as_u16()
    );
}

fn to_actix(response: Response) -> HttpResponse {
    let mut builder = HttpResponse::build(response.status);
    for header in response.headers {
        builder.append_header(header);
    }
    builder.body(response.body)
}

fn add_headers(response: &mut HttpResponse, id: &str) {
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
}
