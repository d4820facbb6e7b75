//! What goes wrong, and how it is told: one type, one tree, one mapping to HTTP.
//!
//! A handler returns `Result<_, ApiException>` and uses `?`. The status is the exception's, the body is its
//! [`ErrorDetail`] (contract §16), and what the database refused becomes the same field error that validation
//! would have given (see [`ApiException::from_database`]).

use std::{borrow::Cow, fmt};

use actix_web::http::StatusCode;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// The key of errors that belong to no single field.
pub const NON_FIELD_ERRORS: &str = "non_field_errors";

/// The result of everything that answers a request.
pub type Result<T, E = ApiException> = std::result::Result<T, E>;

/// The body of an error: texts with codes at the leaves, keyed by field, in declaration order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorDetail {
    /// One message and its machine-readable code.
    Message {
        /// What a person reads.
        message: Cow<'static, str>,
        /// What a program reads, e.g. `required`.
        code: Cow<'static, str>,
    },
    /// Several errors of one field.
    List(Vec<ErrorDetail>),
    /// Errors by field name, or by index for the items of a list.
    Map(Vec<(Cow<'static, str>, ErrorDetail)>),
}

impl ErrorDetail {
    /// One message with its code.
    pub fn new(message: impl Into<Cow<'static, str>>, code: impl Into<Cow<'static, str>>) -> Self {
        Self::Message {
            message: message.into(),
            code: code.into(),
        }
    }

    /// A list of this one error: the shape of a field with a single problem.
    pub fn listed(self) -> Self {
        match self {
            Self::Message { .. } => Self::List(vec![self]),
            other => other,
        }
    }

    /// The code of the first leaf.
    pub fn code(&self) -> &str {
        match self {
            Self::Message { code, .. } => code,
            Self::List(items) => items.first().map_or("invalid", Self::code),
            Self::Map(entries) => entries
                .first()
                .map_or("invalid", |(_, detail)| detail.code()),
        }
    }

    /// This tree as it stands in a body.
    pub fn render(&self, format: ErrorFormat) -> impl Serialize + '_ {
        Rendered {
            detail: self,
            format,
        }
    }
}

/// What stands at the leaves of error bodies: the setting `ERROR_DETAIL`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorFormat {
    /// The message's text, as DRF does.
    #[default]
    Message,
    /// The error code.
    Code,
    /// `{"message": …, "code": …}`.
    Full,
}

impl std::str::FromStr for ErrorFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "message" => Ok(Self::Message),
            "code" => Ok(Self::Code),
            "full" => Ok(Self::Full),
            other => Err(format!("`{other}` is none of message, code, full")),
        }
    }
}

struct Rendered<'a> {
    detail: &'a ErrorDetail,
    format: ErrorFormat,
}

impl Serialize for Rendered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.detail, self.format) {
            (ErrorDetail::Message { message, .. }, ErrorFormat::Message) => {
                serializer.serialize_str(message)
            }
            (ErrorDetail::Message { code, .. }, ErrorFormat::Code) => {
                serializer.serialize_str(code)
            }
            (ErrorDetail::Message { message, code }, ErrorFormat::Full) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("message", message)?;
                map.serialize_entry("code", code)?;
                map.end()
            }
            (ErrorDetail::List(items), format) => {
                let mut seq = serializer.serialize_seq(Some(items.len()))?;
                for detail in items {
                    seq.serialize_element(&Rendered { detail, format })?;
                }
                seq.end()
            }
            (ErrorDetail::Map(entries), format) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, detail) in entries {
                    map.serialize_entry(key, &Rendered { detail, format })?;
                }
                map.end()
            }
        }
    }
}

/// Field errors while they are collected: all of them, in declaration order (contract §6.3).
#[derive(Clone, Debug, Default)]
pub struct Errors(Vec<(Cow<'static, str>, ErrorDetail)>);

impl Errors {
    /// Adds the error of a field; a second error of the same field joins the first.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, detail: ErrorDetail) {
        let (field, detail) = (field.into(), detail.listed());
        match self.0.iter_mut().find(|(name, _)| *name == field) {
            Some((_, ErrorDetail::List(known))) => match detail {
                ErrorDetail::List(more) => known.extend(more),
                other => known.push(other),
            },
            Some((_, known)) => *known = detail,
            None => self.0.push((field, detail)),
        }
    }

    /// Whether nothing went wrong so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` if nothing went wrong, else 400 with every error.
    pub fn into_result(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(ApiException::validation(ErrorDetail::Map(self.0)))
        }
    }
}

/// An answer that is an error: status, body, and the headers that belong to it.
#[derive(Debug)]
pub struct ApiException {
    /// The status of the answer.
    pub status: StatusCode,
    /// The body; a bare message is wrapped as `{"detail": …}`.
    pub detail: ErrorDetail,
    /// Seconds a client should wait: becomes `Retry-After`.
    pub retry_after: Option<u64>,
    /// How a client may say who they are: becomes `WWW-Authenticate`.
    pub challenge: Option<Box<str>>,
    /// What the log says and no body ever does.
    pub cause: Option<Cause>,
}

/// What is behind an [`ApiException`]; it is logged, never sent.
#[derive(Debug)]
pub enum Cause {
    /// A statement that the database refused, or the loss of the connection.
    Database(DieselError),
    /// Anything else, as text.
    Other(String),
    /// The handler starts again once its work is done.
    Offloaded,
}

macro_rules! exceptions {
    ($($(#[$doc:meta])* $name:ident => $status:ident, $code:literal, $message:literal;)*) => {
        impl ApiException {$(
            $(#[$doc])*
            pub fn $name() -> Self {
                Self::new(StatusCode::$status, $message, $code)
            }
        )*}
    };
}

exceptions! {
    /// 400 `parse_error`: the body is not what its content type says.
    parse_error => BAD_REQUEST, "parse_error", "The request body could not be parsed.";
    /// 401 `not_authenticated`: a stranger may not do this; 403 where the view's first authenticator has no header.
    not_authenticated => UNAUTHORIZED, "not_authenticated", "Say who you are first.";
    /// 401 `authentication_failed`: the credentials are wrong; 403 where the view's first authenticator has no header.
    authentication_failed => UNAUTHORIZED, "authentication_failed", "These credentials are not valid.";
    /// 404 `not_found`.
    not_found => NOT_FOUND, "not_found", "There is nothing here.";
    /// 403 `permission_denied`.
    permission_denied => FORBIDDEN, "permission_denied", "You may not do this.";
    /// 406 `not_acceptable`.
    not_acceptable => NOT_ACCEPTABLE, "not_acceptable", "No available format satisfies the Accept header.";
    /// 409 `protected`: other rows still refer to this one.
    protected => CONFLICT, "protected", "This is still referred to by other records and cannot be deleted.";
    /// 408 `request_timeout`: the body did not arrive in time.
    request_timeout => REQUEST_TIMEOUT, "request_timeout", "The request body did not arrive in time.";
    /// 413 `request_too_large`: the body is over the limit.
    too_large => PAYLOAD_TOO_LARGE, "request_too_large", "The request body is too large.";
    /// 500 `error`: our own fault; the cause is in the log.
    server_error => INTERNAL_SERVER_ERROR, "error", "The server failed to answer this request.";
}

impl ApiException {
    /// An answer of this status with one message.
    pub fn new(
        status: StatusCode,
        message: impl Into<Cow<'static, str>>,
        code: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            detail: ErrorDetail::new(message, code),
            retry_after: None,
            challenge: None,
            cause: None,
        }
    }

    /// An answer of this status with this tree; only a bare message is wrapped as `{"detail": …}` (contract §16.2).
    pub fn with_detail(status: StatusCode, detail: ErrorDetail) -> Self {
        Self {
            detail,
            ..Self::new(status, "", "error")
        }
    }

    /// 400 with this tree as body; a bare message becomes a list of one (contract §16.2).
    pub fn validation(detail: ErrorDetail) -> Self {
        Self {
            detail: detail.listed(),
            ..Self::new(StatusCode::BAD_REQUEST, "", "invalid")
        }
    }

    /// 400 with one error on one field.
    pub fn field(field: impl Into<Cow<'static, str>>, detail: ErrorDetail) -> Self {
        Self::validation(ErrorDetail::Map(vec![(field.into(), detail.listed())]))
    }

    /// 405 `method_not_allowed`.
    pub fn method_not_allowed(method: &str) -> Self {
        let message = format!("The method {method} is not allowed here.");
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            message,
            "method_not_allowed",
        )
    }

    /// 415 `unsupported_media_type`.
    pub fn unsupported_media_type(media_type: &str) -> Self {
        let message = format!("The content type “{media_type}” is not supported here.");
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            message,
            "unsupported_media_type",
        )
    }

    /// 429 `throttled`, with the seconds to wait if they are known and not 0.
    pub fn throttled(wait: Option<u64>) -> Self {
        Self {
            retry_after: wait.filter(|seconds| *seconds > 0),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "Too many requests. Try again later.",
                "throttled",
            )
        }
    }

    /// 503 `unavailable` with `Retry-After`: the database does not answer, or too many wait.
    pub fn unavailable(cause: impl Into<String>) -> Self {
        Self {
            retry_after: Some(1),
            cause: Some(Cause::Other(cause.into())),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "The service is busy. Try again shortly.",
                "unavailable",
            )
        }
    }

    /// 500 whose cause is logged.
    pub fn internal(cause: impl Into<String>) -> Self {
        Self {
            cause: Some(Cause::Other(cause.into())),
            ..Self::server_error()
        }
    }

    /// The same once more, for what is told whenever it is asked for.
    pub(crate) fn again(&self) -> Self {
        Self {
            status: self.status,
            detail: self.detail.clone(),
            retry_after: self.retry_after,
            challenge: self.challenge.clone(),
            cause: (self.cause.is_some()).then(|| Cause::Other(self.to_string())),
        }
    }

    /// The tree that is sent: a bare message stands under `detail`.
    pub fn body(&self) -> ErrorDetail {
        match &self.detail {
            message @ ErrorDetail::Message { .. } => {
                ErrorDetail::Map(vec![("detail".into(), message.clone())])
            }
            tree => tree.clone(),
        }
    }

    /// What the database refused, as the error that validation would have given.
    ///
    /// `constraint` translates the name of a violated constraint to a field and a code. A delete that a
    /// restricting foreign key refuses is 409 `protected`. Everything else is our own fault: 500.
    pub fn from_database(
        error: DieselError,
        constraint: impl Fn(&str) -> Option<Constraint>,
    ) -> Self {
        let DieselError::DatabaseError(kind, information) = &error else {
            return error.into();
        };
        let name = information.constraint_name().unwrap_or_default();
        let told = information.message();
        let fallback = match kind {
            DatabaseErrorKind::UniqueViolation => Constraint::new(NON_FIELD_ERRORS, "unique"),
            // The row that holds the key is of another table: this one is being deleted.
            DatabaseErrorKind::ForeignKeyViolation if told.starts_with("update or delete") => {
                return Self::protected_by(error);
            }
            DatabaseErrorKind::RestrictViolation => return Self::protected_by(error),
            DatabaseErrorKind::ForeignKeyViolation => {
                Constraint::new(NON_FIELD_ERRORS, "does_not_exist")
            }
            DatabaseErrorKind::CheckViolation | DatabaseErrorKind::ExclusionViolation => {
                Constraint::new(NON_FIELD_ERRORS, "invalid")
            }
            // SQLSTATE 2201B: the pattern came with the search.
            _ if told.starts_with("invalid regular expression") => {
                return Self::validation(ErrorDetail::new(
                    "This is not a regular expression.",
                    "invalid",
                ));
            }
            _ => return error.into(),
        };
        let Constraint { field, code } = constraint(name).unwrap_or(fallback);
        let message = match code {
            "unique" => "This value is already taken.",
            "does_not_exist" => "This refers to something that does not exist.",
            _ => "This value is not allowed.",
        };
        Self {
            cause: Some(Cause::Database(error)),
            ..Self::field(field, ErrorDetail::new(message, code))
        }
    }

    /// What the database refused, if this is what went wrong, as [`ApiException::from_database`] tells it.
    pub(crate) fn refused(self, constraint: impl Fn(&str) -> Option<Constraint>) -> Self {
        match self {
            Self {
                cause: Some(Cause::Database(error)),
                status,
                ..
            } if status.is_server_error() => Self::from_database(error, constraint),
            other => other,
        }
    }

    /// The foreign key that refuses a delete, as 409 `protected`, in whatever language Postgres tells of it.
    pub(crate) fn still_referenced(self) -> Self {
        match self.cause {
            Some(Cause::Database(
                error @ DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _),
            )) => Self::protected_by(error),
            _ => self,
        }
    }

    fn protected_by(error: DieselError) -> Self {
        Self {
            cause: Some(Cause::Database(error)),
            ..Self::protected()
        }
    }

    /// The tree of a validation error; any other exception as it is.
    ///
    /// # Errors
    /// The exception, if it is not what validation says of an input.
    pub fn into_validation(self) -> Result<ErrorDetail> {
        match self {
            Self {
                status: StatusCode::BAD_REQUEST,
                cause: None,
                detail,
                ..
            } if !matches!(detail, ErrorDetail::Message { .. }) => Ok(detail),
            other => Err(other),
        }
    }

    /// Whether the client did not say who they are, or not rightly.
    pub(crate) fn is_unauthorized(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
    }

    /// The same as a 403.
    pub(crate) fn forbidden(self) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            ..self
        }
    }

    /// Writes the cause of a failure to the log, with the id of the request.
    pub(crate) fn log(&self, request_id: &str) {
        log::error!(target: "restwell::error", request_id = request_id; "{self}");
    }

    /// Whether this is the service's own fault, or its database's: it is logged, and a lost connection is replaced.
    pub fn is_our_fault(&self) -> bool {
        self.status.is_server_error()
    }

    /// Whether the database refused a row that validation had let through.
    pub fn is_constraint_violation(&self) -> bool {
        self.status == StatusCode::BAD_REQUEST && matches!(self.cause, Some(Cause::Database(_)))
    }
}

/// What a violated constraint means to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// The field that is at fault, or [`NON_FIELD_ERRORS`].
    pub field: &'static str,
    /// The code of the error.
    pub code: &'static str,
}

impl Constraint {
    /// This code on this field.
    pub const fn new(field: &'static str, code: &'static str) -> Self {
        Self { field, code }
    }
}

impl From<DieselError> for ApiException {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::not_found(),
            error => Self {
                cause: Some(Cause::Database(error)),
                ..Self::server_error()
            },
        }
    }
}

impl fmt::Display for ApiException {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status.as_u16(), self.detail.code())?;
        match &self.cause {
            Some(Cause::Database(error)) => write!(f, ": {error}"),
            Some(Cause::Other(text)) => write!(f, ": {text}"),
            Some(Cause::Offloaded) => f.write_str(": waits for its work"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ApiException {}
