//! The answer of a view: a status, headers, and a body that is rendered already.

use actix_web::http::{
    StatusCode,
    header::{self, HeaderName, HeaderValue},
};
use serde::Serialize;

use crate::{
    exceptions::{ApiException, Result},
    negotiation::Accepted,
    renderers,
    request::Request,
    settings::Settings,
};

/// One HTTP answer.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers, without `Content-Length`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The rendered body; empty for none.
    pub body: Vec<u8>,
}

impl Response {
    /// An answer with this value as its body, rendered as the request accepts it.
    ///
    /// # Errors
    /// 500 for a value that the renderer has no form for, e.g. NaN in JSON.
    pub fn new<T: Serialize + ?Sized>(
        request: &Request,
        status: StatusCode,
        value: &T,
    ) -> Result<Self> {
        let body = renderers::render_json(value, request.accepted.indent).map_err(|error| {
            ApiException::internal(format!("the answer could not be rendered: {error}"))
        })?;
        let content_type = HeaderValue::from_static(request.accepted.renderer.media_type);
        Ok(Self {
            status,
            headers: vec![(header::CONTENT_TYPE, content_type)],
            body,
        })
    }

    /// 200 with this value as its body.
    ///
    /// # Errors
    /// As [`Response::new`].
    pub fn ok<T: Serialize + ?Sized>(request: &Request, value: &T) -> Result<Self> {
        Self::new(request, StatusCode::OK, value)
    }

    /// 204: nothing to say.
    pub fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// This answer with a header more; a value that no header can hold is left out.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// The answer that an exception stands for, rendered as it was negotiated.
    pub fn from_exception(
        exception: &ApiException,
        settings: &Settings,
        accepted: Accepted,
    ) -> Self {
        let body = exception.body();
        let rendered = renderers::render_json(&body.render(settings.error_format), accepted.indent);
        let content_type = HeaderValue::from_static(accepted.renderer.media_type);
        let mut response = Self {
            status: exception.status,
            headers: vec![(header::CONTENT_TYPE, content_type)],
            body: rendered.unwrap_or_default(),
        };
        if let Some(seconds) = exception.retry_after {
            response
                .headers
                .push((header::RETRY_AFTER, HeaderValue::from(seconds)));
        }
        response
    }
}
