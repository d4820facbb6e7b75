//! Authors, subjects and books on the wire.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, Utc};
use restwell::prelude::*;

use crate::catalog::{
    models::{Author, Book, Subject},
    validators::{isbn13, life, not_in_future},
};

/// An author.
#[derive(Serializer)]
#[serializer(
    model = Author,
    validate = life,
    constraint("catalog_author_died_on_check", code = "dates_reversed")
)]
pub struct AuthorSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 200)]
    name: String,
    #[field(optional, allow_blank)]
    bio: String,
    born_on: Option<NaiveDate>,
    died_on: Option<NaiveDate>,
    #[field(optional, allow_blank, max_length = 200)]
    website: UrlField,
    #[field(computed, default = 0)]
    books_count: i64,
    #[field(read_only)]
    created_at: DateTime<Utc>,
}

/// An author inside a book.
#[derive(Serializer)]
#[serializer(model = Author)]
pub struct AuthorSummary {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 200)]
    name: String,
}

/// A subject.
#[derive(Serializer)]
#[serializer(model = Subject)]
pub struct SubjectSerializer {
    #[field(identity)]
    url: Hyperlink<Subject>,
    #[field(max_length = 80, unique)]
    name: String,
    #[field(max_length = 80, unique)]
    slug: SlugField,
}

/// A book.
#[derive(Serializer)]
#[serializer(model = Book)]
pub struct BookSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 200)]
    title: String,
    #[field(max_length = 13, unique, validate = isbn13)]
    isbn: String,
    author: PrimaryKey<Author>,
    #[field(nested, source = author)]
    author_detail: AuthorSummary,
    #[field(optional)]
    subjects: Vec<Slug<Subject>>,
    #[field(validate = not_in_future)]
    published_on: Option<NaiveDate>,
    #[field(min_value = 1)]
    pages: Option<i32>,
    #[field(max_digits = 8, decimal_places = 2, min_value = 0)]
    price: BigDecimal,
    #[field(optional, choices = Book::LANGUAGES)]
    language: ChoiceField<String>,
    #[field(optional, allow_blank)]
    summary: String,
    #[field(optional, max_length = 12, child(max_length = 40))]
    keywords: Vec<String>,
    #[field(optional)]
    metadata: serde_json::Value,
    #[field(optional)]
    is_reference: bool,
    #[field(min_value = 0)]
    weight_kg: Option<f64>,
    #[field(computed, default = 0)]
    copies_available: i64,
    #[field(computed, default = None)]
    average_stars: Option<f64>,
    #[field(upload_to = "covers/", max_length = 100)]
    cover: Option<ImageField>,
    #[field(read_only)]
    created_at: DateTime<Utc>,
    #[field(read_only)]
    updated_at: DateTime<Utc>,
}
