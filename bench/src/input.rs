//! What clients send for a new book: all errors of its fields at once, in their order.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use lending_library::{catalog::models::Book, schema::catalog_book};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::answer::Failure;

const LANGUAGES: [&str; 11] = [
    "en", "fr", "de", "es", "it", "pt", "ar", "hi", "sw", "ja", "zh",
];

/// The body of a `POST`.
#[derive(Deserialize)]
pub(crate) struct BookInput {
    title: Option<String>,
    isbn: Option<String>,
    author: Option<i64>,
    subjects: Option<Vec<String>>,
    published_on: Option<String>,
    pages: Option<i32>,
    price: Option<Value>,
    language: Option<String>,
    summary: Option<String>,
    keywords: Option<Vec<String>>,
    metadata: Option<Value>,
    is_reference: Option<bool>,
    weight_kg: Option<f64>,
}

/// A book that may be stored, if the database has nothing against it.
pub(crate) struct NewBook {
    pub(crate) columns: BookColumns,
    /// Slugs.
    pub(crate) subjects: Vec<String>,
}

/// Every column that clients may set.
#[derive(Insertable)]
#[diesel(table_name = catalog_book, treat_none_as_default_value = false)]
pub(crate) struct BookColumns {
    title: String,
    isbn: String,
    author_id: i64,
    published_on: Option<NaiveDate>,
    pages: Option<i32>,
    price: BigDecimal,
    language: String,
    summary: String,
    keywords: Vec<String>,
    metadata: Value,
    is_reference: bool,
    weight_kg: Option<f64>,
}

impl BookColumns {
    /// The row that these columns became.
    pub(crate) fn into_book(
        self,
        id: i64,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    ) -> Book {
        Book {
            id,
            title: self.title,
            isbn: self.isbn,
            author_id: self.author_id,
            published_on: self.published_on,
            pages: self.pages,
            price: self.price,
            language: self.language,
            summary: self.summary,
            keywords: self.keywords,
            metadata: self.metadata,
            is_reference: self.is_reference,
            weight_kg: self.weight_kg,
            cover: None,
            created_at,
            updated_at,
        }
    }
}

/// The errors of each field so far.
#[derive(Default)]
struct Errors(Vec<(&'static str, String)>);

impl Errors {
    fn add(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push((field, message.into()));
    }

    fn required<T: Default>(&mut self, field: &'static str, value: Option<T>) -> T {
        value.unwrap_or_else(|| {
            self.add(field, "This is required.");
            T::default()
        })
    }

    /// A text that was sent, trimmed: not blank unless it may be, and not too long.
    fn text(
        &mut self,
        field: &'static str,
        text: String,
        may_be_blank: bool,
        max_length: Option<usize>,
    ) -> String {
        let text = if text.trim().len() == text.len() {
            text
        } else {
            text.trim().to_owned()
        };
        if text.is_empty() && !may_be_blank {
            self.add(field, "This may not be blank.");
        } else if let Some(limit) = max_length.filter(|limit| text.chars().count() > *limit) {
            self.add(field, format!("This may have at most {limit} characters."));
        } else if text.contains('\0') {
            self.add(field, "A null character is not allowed.");
        }
        text
    }

    fn has(&self, field: &str) -> bool {
        self.0.iter().any(|(name, _)| *name == field)
    }
}

impl TryFrom<BookInput> for NewBook {
    type Error = Failure;

    fn try_from(input: BookInput) -> Result<Self, Failure> {
        let mut errors = Errors::default();
        let title = text_of(&mut errors, "title", input.title, 200);
        let isbn = text_of(&mut errors, "isbn", input.isbn, 13);
        if !errors.has("isbn") && !is_isbn13(&isbn) {
            errors.add("isbn", "This is not an ISBN-13.");
        }
        let author_id = errors.required("author", input.author);
        let published_on = input.published_on.and_then(|text| date(&mut errors, &text));
        let pages = input.pages.inspect(|pages| {
            if *pages < 1 {
                errors.add("pages", "This must be at least 1.");
            }
        });
        let price = price(&mut errors, input.price);
        let language = input.language.unwrap_or_else(|| "en".to_owned());
        if !LANGUAGES.contains(&language.as_str()) {
            errors.add("language", format!("“{language}” is not a valid choice."));
        }
        let summary = errors.text("summary", input.summary.unwrap_or_default(), true, None);
        let keywords = keywords(&mut errors, input.keywords.unwrap_or_default());
        let weight_kg = input.weight_kg.inspect(|weight| {
            if *weight < 0.0 {
                errors.add("weight_kg", "This must be at least 0.");
            }
        });
        if !errors.0.is_empty() {
            return Err(Failure::Fields(errors.0));
        }
        let columns = BookColumns {
            title,
            isbn,
            author_id,
            published_on,
            pages,
            price,
            language,
            summary,
            keywords,
            metadata: input.metadata.unwrap_or_else(|| Value::Object(Map::new())),
            is_reference: input.is_reference.unwrap_or_default(),
            weight_kg,
        };
        Ok(Self {
            columns,
            subjects: input.subjects.unwrap_or_default(),
        })
    }
}

fn text_of(
    errors: &mut Errors,
    field: &'static str,
    text: Option<String>,
    max_length: usize,
) -> String {
    match text {
        Some(text) => errors.text(field, text, false, Some(max_length)),
        None => errors.required(field, text),
    }
}

fn is_isbn13(isbn: &str) -> bool {
    let digits = || isbn.bytes().map(|byte| byte.wrapping_sub(b'0'));
    let sum: u32 = digits()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit) * weight)
        .sum();
    isbn.len() == 13 && digits().all(|digit| digit <= 9) && sum.is_multiple_of(10)
}

fn date(errors: &mut Errors, text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    match date {
        None => errors.add("published_on", "This is not a date such as 2020-01-31."),
        Some(date) if date > Utc::now().date_naive() => {
            errors.add("published_on", "This date is in the future.")
        }
        Some(_) => {}
    }
    date
}

/// A number, or the text of one, with at most six digits before the point and two behind it.
fn price(errors: &mut Errors, input: Option<Value>) -> BigDecimal {
    let number = match &input {
        None => return errors.required("price", None),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(Value::Number(number)) => number.as_str().parse().ok(),
        Some(_) => None,
    };
    let Some(number) = number else {
        errors.add("price", "This is not a number.");
        return BigDecimal::default();
    };
    let (_, scale) = BigDecimal::as_bigint_and_scale(&number);
    if scale > 2 {
        errors.add("price", "This may have at most 2 decimal places.");
    } else if number >= 1_000_000 || scale < -6 {
        errors.add("price", "This may have at most 6 digits before the point.");
    } else if number < 0 {
        errors.add("price", "This must be at least 0.");
    }
    if errors.has("price") {
        BigDecimal::default()
    } else {
        number.with_scale(2)
    }
}

fn keywords(errors: &mut Errors, keywords: Vec<String>) -> Vec<String> {
    if keywords.len() > 12 {
        errors.add("keywords", "This may have at most 12 items.");
    }
    keywords
        .into_iter()
        .map(|keyword| errors.text("keywords", keyword, false, Some(40)))
        .collect()
}
