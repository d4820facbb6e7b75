//! What is answered: books as JSON, in the service's own notation, and errors.

use std::{fmt, io};

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use bigdecimal::{BigDecimal, ToPrimitive};
use chrono::{DateTime, NaiveDate, SecondsFormat, Timelike, Utc};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use lending_library::catalog::models::Book;
use serde::{Serialize, Serializer};
use serde_json::{
    Map, Value,
    ser::{CompactFormatter, Formatter},
};

const JSON: &str = "application/json";

/// What a book needs besides its row: the author's name, the subjects' slugs, the available copies, the mean stars.
pub(crate) type Related = (String, Vec<String>, i64, Option<f64>);

/// A page of a list.
#[derive(Serialize)]
pub(crate) struct Page<'a> {
    pub(crate) count: i64,
    pub(crate) next: Option<String>,
    pub(crate) previous: Option<String>,
    pub(crate) results: Vec<BookJson<'a>>,
}

#[derive(Serialize)]
struct AuthorJson<'a> {
    id: i64,
    name: &'a str,
}

/// One book.
#[derive(Serialize)]
pub(crate) struct BookJson<'a> {
    id: i64,
    title: &'a str,
    isbn: &'a str,
    author: i64,
    author_detail: AuthorJson<'a>,
    subjects: &'a [String],
    #[serde(serialize_with = "date")]
    published_on: Option<NaiveDate>,
    pages: Option<i32>,
    #[serde(serialize_with = "price")]
    price: &'a BigDecimal,
    language: &'a str,
    summary: &'a str,
    keywords: &'a [String],
    metadata: &'a Value,
    is_reference: bool,
    weight_kg: Option<f64>,
    copies_available: i64,
    average_stars: Option<f64>,
    cover: Option<&'a str>,
    #[serde(serialize_with = "moment")]
    created_at: DateTime<Utc>,
    #[serde(serialize_with = "moment")]
    updated_at: DateTime<Utc>,
}

impl<'a> BookJson<'a> {
    pub(crate) fn new(book: &'a Book, related: &'a Related) -> Self {
        let (author_name, subjects, copies_available, average_stars) = related;
        Self {
            id: book.id,
            title: &book.title,
            isbn: &book.isbn,
            author: book.author_id,
            author_detail: AuthorJson {
                id: book.author_id,
                name: author_name,
            },
            subjects,
            published_on: book.published_on,
            pages: book.pages,
            price: &book.price,
            language: &book.language,
            summary: &book.summary,
            keywords: &book.keywords,
            metadata: &book.metadata,
            is_reference: book.is_reference,
            weight_kg: book.weight_kg,
            copies_available: *copies_available,
            average_stars: *average_stars,
            cover: book.cover.as_deref(),
            created_at: book.created_at,
            updated_at: book.updated_at,
        }
    }
}

/// The value, written straight into the buffer that is sent.
pub(crate) fn to_json(value: &impl Serialize, capacity: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::with_capacity(capacity);
    let mut serializer = serde_json::Serializer::with_formatter(&mut body, PythonFloats);
    value
        .serialize(&mut serializer)
        .map_err(|error| Failure::internal(&error))?;
    Ok(body)
}

/// An answer of this status with a body that is JSON already.
pub(crate) fn json_response(status: StatusCode, body: impl Into<Vec<u8>>) -> HttpResponse {
    HttpResponse::build(status)
        .content_type(JSON)
        .body(body.into())
}

/// Writes floats as Python does: at least two digits of an exponent, which starts at 1e-05.
struct PythonFloats;

impl Formatter for PythonFloats {
    fn write_f64<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        if value == 0.0 || (1e-4..1e16).contains(&value.abs()) {
            return CompactFormatter.write_f64(writer, value);
        }
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        write!(
            writer,
            "{digits}e{:+03}",
            exponent.parse::<i32>().unwrap_or_default()
        )
    }
}

fn date<S: Serializer>(date: &Option<NaiveDate>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => serializer.collect_str(date),
        None => serializer.serialize_none(),
    }
}

fn moment<S: Serializer>(moment: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    let precision = if moment.nanosecond() == 0 {
        SecondsFormat::Secs
    } else {
        SecondsFormat::Micros
    };
    serializer.serialize_str(&moment.to_rfc3339_opts(precision, true))
}

fn price<S: Serializer>(price: &BigDecimal, serializer: S) -> Result<S::Ok, S::Error> {
    let (digits, scale) = price.as_bigint_and_scale();
    match digits.to_i64() {
        Some(cents) if scale == 2 && cents >= 0 => {
            serializer.collect_str(&format_args!("{}.{:02}", cents / 100, cents % 100))
        }
        _ => serializer.serialize_str(&price.with_scale(2).to_plain_string()),
    }
}

/// Why a request is not answered as it was meant.
#[derive(Debug)]
pub(crate) enum Failure {
    /// 404, with what there is not.
    NotFound(&'static str),
    /// 400, with what is wrong with the whole request.
    Malformed(String),
    /// 400, with the errors of each field, in their order.
    Fields(Vec<(&'static str, String)>),
    /// 401: a stranger may not do this.
    Stranger,
    /// 401: there is no such token.
    WrongCredentials,
    /// 403.
    Forbidden,
    /// 503.
    Busy,
    /// 500; the cause is logged.
    Internal,
}

#[derive(Serialize)]
struct Detail<'a> {
    detail: &'a str,
}

impl Failure {
    fn internal(error: &dyn fmt::Display) -> Self {
        log::error!("{error}");
        Self::Internal
    }
}

/// The error of a name that no row has.
pub(crate) fn does_not_exist(name: &str) -> String {
    format!("“{name}” does not exist.")
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Malformed(_) | Self::Fields(_) => StatusCode::BAD_REQUEST,
            Self::Stranger | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let detail = |detail: &str| to_json(&Detail { detail }, 128);
        let body = match self {
            Self::NotFound(message) => detail(message),
            Self::Malformed(message) => detail(message),
            Self::Fields(errors) => {
                let mut body = Map::new();
                for (name, message) in errors {
                    let messages = body
                        .entry(*name)
                        .or_insert_with(|| Value::Array(Vec::new()));
                    messages
                        .as_array_mut()
                        .into_iter()
                        .for_each(|messages| messages.push(message.as_str().into()));
                }
                to_json(&body, 256)
            }
            Self::Stranger => detail("Say who you are first."),
            Self::WrongCredentials => detail("These credentials are not valid."),
            Self::Forbidden => detail("You may not do this."),
            Self::Busy => detail("The service is busy. Try again shortly."),
            Self::Internal => detail("The server failed to answer this request."),
        };
        json_response(self.status_code(), body.unwrap_or_default())
    }
}

impl From<DieselError> for Failure {
    fn from(error: DieselError) -> Self {
        let DieselError::DatabaseError(kind, information) = &error else {
            return match error {
                DieselError::NotFound => Self::NotFound("There is nothing here."),
                error => Self::internal(&error),
            };
        };
        match (kind, information.constraint_name()) {
            (DatabaseErrorKind::UniqueViolation, Some("catalog_book_isbn_key")) => {
                Self::Fields(vec![("isbn", "This value is already taken.".to_owned())])
            }
            (DatabaseErrorKind::ForeignKeyViolation, Some("catalog_book_author_id_fkey")) => {
                // `Key (author_id)=(7) is not present in table "catalog_author".`
                let detail = information.details().unwrap_or_default();
                let key = detail.split(['(', ')']).nth(3).unwrap_or_default();
                Self::Fields(vec![("author", does_not_exist(key))])
            }
            _ => Self::internal(&error),
        }
    }
}
