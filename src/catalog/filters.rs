//! What authors, subjects and books can be filtered, searched and ordered by.

use bigdecimal::BigDecimal;
use chrono::NaiveDate;
use restwell::prelude::*;

use crate::catalog::models::{Author, Book, Subject};

#[derive(FilterSet)]
#[filterset(model = Author, search(name, "^website"), ordering(name, born_on, books_count))]
pub struct AuthorFilter {
    #[filter(exact, icontains, istartswith)]
    name: String,
    #[filter(exact, gte, lte, year, isnull)]
    born_on: NaiveDate,
}

#[derive(FilterSet)]
#[filterset(model = Subject, search(name))]
pub struct SubjectFilter {}

#[derive(FilterSet)]
#[filterset(
    model = Book,
    search(title, "=isbn", author -> name),
    ordering(title, price, published_on, created_at, author -> name)
)]
pub struct BookFilter {
    #[filter(exact, in)]
    author: PrimaryKey<Author>,
    #[filter(path = author -> name, icontains)]
    author_name: String,
    #[filter(any)]
    subjects: Vec<Slug<Subject>>,
    #[filter(exact, in, choices = Book::LANGUAGES)]
    language: String,
    #[filter(exact)]
    isbn: String,
    #[filter(exact, gte, lte, year)]
    published_on: NaiveDate,
    #[filter(exact, gte, lte)]
    price: BigDecimal,
    #[filter(gte, lte, isnull)]
    pages: i32,
    #[filter(exact)]
    is_reference: bool,
    #[filter(method = Book::available)]
    available: bool,
}
