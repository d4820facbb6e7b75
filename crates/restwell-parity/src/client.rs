//! One server: a request goes out as it is written, and the answer comes back unchanged.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use ureq::{
    Agent,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header},
};

const MAX_BODY: u64 = 256 << 20;

/// What is sent; the URL is without the origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Whether the method promises to change nothing.
    pub(crate) fn is_safe(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE")
    }
}

/// What came back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A header's value; the lines of a repeated one are joined by `, `, as HTTP has it.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let lines = self.headers.get_all(name).iter();
        let lines: Vec<_> = lines
            .map(|line| String::from_utf8_lossy(line.as_bytes()))
            .collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    }

    /// The content type without its parameters.
    pub(crate) fn media_type(&self) -> Option<String> {
        let content_type = self.header("content-type")?;
        let media_type = content_type.split(';').next()?;
        Some(media_type.trim().to_ascii_lowercase())
    }

    /// Whether the answer says that its body is JSON.
    pub(crate) fn is_json(&self) -> bool {
        let is_json = |media: &str| media == "application/json" || media.ends_with("+json");
        self.media_type().is_some_and(|media| is_json(&media))
    }

    /// The body, if it is JSON.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The value of a cookie that the answer sets.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter();
        let mut cookies = lines.filter_map(|line| line.to_str().ok()?.split(';').next());
        let value = cookies.find_map(|cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='));
        value.map(str::to_owned)
    }
}

/// The server of one side.
pub(crate) struct Server {
    /// Scheme, host and port, without a final slash.
    pub(crate) origin: String,
    agent: Agent,
}

impl Server {
    /// # Errors
    /// If the URL is not `http://host[:port]`.
    pub(crate) fn new(url: &str, timeout: Duration) -> Result<Self> {
        let origin = url.trim_end_matches('/');
        let uri: Uri = origin
            .parse()
            .with_context(|| format!("`{url}` is no URL"))?;
        if uri.scheme_str() != Some("http") || uri.path() != "/" || uri.query().is_some() {
            bail!("`{url}` must be like http://localhost:8000, without a path");
        }
        let config = Agent::config_builder()
            .accept("")
            .accept_encoding("")
            .user_agent("")
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_response_header_size(1 << 20)
            // An idle connection that the server closes meanwhile would look like a difference.
            .max_idle_connections(0)
            .timeout_global(Some(timeout))
            .build();
        Ok(Self {
            origin: origin.to_owned(),
            agent: config.new_agent(),
        })
    }

    /// Sends one request.
    ///
    /// # Errors
    /// If HTTP cannot express the request, or no whole answer came.
    pub(crate) fn send(&self, request: &Request) -> Result<Answer> {
        let response = if request.body.is_empty() && !expects_body(&request.method) {
            self.agent.run(self.to_http(request, ())?)
        } else {
            self.agent.run(self.to_http(request, &request.body)?)
        };
        let (parts, mut body) = response?.into_parts();
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.with_config().limit(MAX_BODY).read_to_vec()?,
        })
    }

    fn to_http<B>(&self, request: &Request, body: B) -> Result<ureq::http::Request<B>> {
        let mut http = ureq::http::Request::new(body);
        *http.method_mut() = Method::from_bytes(request.method.as_bytes())
            .with_context(|| format!("`{}` is no method", request.method))?;
        let url = format!("{}{}", self.origin, request.target);
        *http.uri_mut() = url
            .parse()
            .with_context(|| format!("`{url}` is no URL that can be sent"))?;
        for (name, value) in &request.headers {
            let context = || format!("`{name}: {value}` is no header that can be sent");
            let value = HeaderValue::from_bytes(value.as_bytes()).with_context(context)?;
            let name: HeaderName = name.parse().with_context(context)?;
            http.headers_mut().append(name, value);
        }
        Ok(http)
    }
}

fn expects_body(method: &str) -> bool {
    matches!(method, "POST" | "PUT" | "PATCH")
}
