//! The answer of a view: a status, headers, and a body that is rendered already.

use actix_web::http::{
    StatusCode,
    header::{self, HeaderName, HeaderValue},
};
use serde::Serialize;

use crate::{
    exceptions::{ApiException, Result},
    negotiation::Accepted,
    renderers::{self, RendererContext},
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
        Self::render(status, value, request.accepted, &request.settings).map_err(|error| {
            ApiException::internal(format!("the answer could not be rendered: {error}"))
        })
    }

    fn render<T: Serialize + ?Sized>(
        status: StatusCode,
        value: &T,
        accepted: Accepted,
        settings: &Settings,
    ) -> Result<Self, String> {
        let Accepted { renderer, indent } = accepted;
        let context = RendererContext {
            status,
            indent,
            settings,
        };
        let body = renderers::render(value, renderer, &context)?;
        let content_type = match renderer.charset() {
            None => HeaderValue::from_static(renderer.media_type()),
            Some(charset) => {
                let text = format!("{}; charset={charset}", renderer.media_type());
                HeaderValue::try_from(text).map_err(|error| error.to_string())?
            }
        };
        Ok(Self {
            status,
            headers: vec![(header::CONTENT_TYPE, content_type)],
            body,
        })
    }

    /// A status with nothing to say.
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
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
        Self::empty(StatusCode::NO_CONTENT)
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
        let (status, body) = (exception.status, exception.body());
        let rendered = Self::render(
            status,
            &body.render(settings.error_format),
            accepted,
            settings,
        );
        let mut response = rendered.unwrap_or_else(|error| {
            log::error!(target: "restwell::error", "an error could not be rendered: {error}");
            Self::empty(status)
        });
        if let Some(seconds) = exception.retry_after {
            response
                .headers
                .push((header::RETRY_AFTER, HeaderValue::from(seconds)));
        }
        match &exception.challenge {
            Some(challenge) => response.with_header(header::WWW_AUTHENTICATE, challenge),
            None => response,
        }
    }
}
