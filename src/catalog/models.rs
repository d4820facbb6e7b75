//! Authors, subjects and books, with their relations and computed values.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    define_sql_function,
    dsl::{avg, count_star, exists, not},
    prelude::*,
    sql_types::{BigInt, Double, Nullable, Numeric},
};
use restwell::prelude::*;

use crate::{
    holdings::models::Copy,
    reviews::models::Review,
    schema::{
        catalog_author, catalog_book, catalog_book_subjects, catalog_subject, holdings_copy,
        reviews_review,
    },
};

define_sql_function! {
    /// A number as the nearest double.
    fn float8(number: Nullable<Numeric>) -> Nullable<Double>;
}

/// Who wrote a book.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = catalog_author)]
#[model(has_many(books: Book, by = author_id), computed(books_count: BigInt), ordering(name))]
pub struct Author {
    pub id: i64,
    pub name: String,
    pub bio: String,
    pub born_on: Option<NaiveDate>,
    pub died_on: Option<NaiveDate>,
    pub website: String,
    pub created_at: DateTime<Utc>,
}

impl Author {
    /// The number of the author's books.
    pub fn books_count() -> Expr<Self, BigInt> {
        let books = catalog_book::table.filter(catalog_book::author_id.eq(catalog_author::id));
        Expr::new(books.select(count_star()).single_value().assume_not_null())
    }
}

/// What a book is about.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = catalog_subject)]
#[model(slug = slug, lookup = slug, ordering(name))]
pub struct Subject {
    pub id: i64,
    pub name: String,
    pub slug: String,
}

/// A title, of which the branches hold copies.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = catalog_book)]
#[model(
    belongs_to(author: Author, by = author_id),
    many_to_many(subjects: Subject, through = catalog_book_subjects(book_id, subject_id)),
    has_many(copies: Copy, by = book_id),
    has_many(reviews: Review, by = book_id),
    computed(copies_available: BigInt),
    computed(average_stars: Nullable<Double>),
    ordering(title),
    auto_now(updated_at)
)]
pub struct Book {
    pub id: i64,
    pub title: String,
    pub isbn: String,
    pub author_id: i64,
    pub published_on: Option<NaiveDate>,
    pub pages: Option<i32>,
    pub price: BigDecimal,
    pub language: String,
    pub summary: String,
    pub keywords: Vec<String>,
    pub metadata: serde_json::Value,
    pub is_reference: bool,
    pub weight_kg: Option<f64>,
    pub cover: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Book {
    /// The languages that a book may be in, by ISO 639-1 code.
    pub const LANGUAGES: &[(&str, &str)] = &[
        ("en", "English"),
        ("fr", "French"),
        ("de", "German"),
        ("es", "Spanish"),
        ("it", "Italian"),
        ("pt", "Portuguese"),
        ("ar", "Arabic"),
        ("hi", "Hindi"),
        ("sw", "Swahili"),
        ("ja", "Japanese"),
        ("zh", "Chinese"),
    ];

    /// The number of copies without an open loan.
    pub fn copies_available() -> Expr<Self, BigInt> {
        let copies = holdings_copy::table.filter(holdings_copy::book_id.eq(catalog_book::id));
        let available = copies.filter(not(exists(Copy::open_loans())));
        Expr::new(
            available
                .select(count_star())
                .single_value()
                .assume_not_null(),
        )
    }

    /// The mean of all reviews' stars; null without any.
    pub fn average_stars() -> Expr<Self, Nullable<Double>> {
        let reviews = reviews_review::table.filter(reviews_review::book_id.eq(catalog_book::id));
        Expr::new(
            reviews
                .select(float8(avg(reviews_review::stars)))
                .single_value(),
        )
    }

    /// The books that have, or have not, an available copy.
    pub fn available(books: <Self as Model>::Query, available: bool) -> <Self as Model>::Query {
        let copies = holdings_copy::table.filter(holdings_copy::book_id.eq(catalog_book::id));
        let any = exists(copies.filter(not(exists(Copy::open_loans()))));
        if available {
            books.filter(any)
        } else {
            books.filter(not(any))
        }
    }
}
