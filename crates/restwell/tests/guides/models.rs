// The models behind the examples of docs/*.md, which include this file.
include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guides/schema.rs"));

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{dsl::count_star, prelude::*, sql_types::BigInt};
use restwell::prelude::*;
use schema::{author, book, book_subjects, copy, subject};

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = author)]
#[model(has_many(books: Book, by = author_id), computed(books_count: BigInt), ordering(name))]
pub struct Author {
    pub id: i64,
    pub name: String,
    pub born_on: Option<NaiveDate>,
    pub died_on: Option<NaiveDate>,
}

impl Author {
    pub fn books_count() -> Expr<Self, BigInt> {
        let books = book::table.filter(book::author_id.eq(author::id));
        Expr::new(books.select(count_star()).single_value().assume_not_null())
    }
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = subject)]
#[model(slug = slug, lookup = slug, ordering(name))]
pub struct Subject {
    pub id: i64,
    pub name: String,
    pub slug: String,
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = book)]
#[model(
    belongs_to(author: Author, by = author_id),
    many_to_many(subjects: Subject, through = book_subjects(book_id, subject_id)),
    has_many(copies: Copy, by = book_id),
    computed(copies_count: BigInt),
    ordering(title),
    auto_now(updated_at)
)]
pub struct Book {
    pub id: i64,
    pub title: String,
    pub isbn: String,
    pub author_id: i64,
    pub price: BigDecimal,
    pub language: String,
    pub published_on: Option<NaiveDate>,
    pub updated_at: DateTime<Utc>,
}

impl Book {
    pub const LANGUAGES: &[(&str, &str)] = &[("en", "English"), ("fr", "French")];

    pub fn copies_count() -> Expr<Self, BigInt> {
        let copies = copy::table.filter(copy::book_id.eq(book::id));
        Expr::new(copies.select(count_star()).single_value().assume_not_null())
    }
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = copy)]
#[model(belongs_to(book: Book, by = book_id), ordering(book_id, number))]
pub struct Copy {
    pub id: i64,
    pub book_id: i64,
    pub number: i32,
    pub barcode: uuid::Uuid,
}
