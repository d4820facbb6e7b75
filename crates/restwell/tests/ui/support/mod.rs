//! The models that the cases are about: books, their authors and their subjects.
#![allow(dead_code, reason = "no case needs all of it")]

use diesel::{prelude::*, sql_types::BigInt};
use restwell::prelude::*;

diesel::table! {
    authors (id) {
        id -> Int8,
        name -> Text,
        born_on -> Nullable<Date>,
    }
}

diesel::table! {
    subjects (id) {
        id -> Int8,
        slug -> Text,
    }
}

diesel::table! {
    books (id) {
        id -> Int8,
        title -> Text,
        pages -> Nullable<Int4>,
        author_id -> Int8,
    }
}

diesel::table! {
    book_subjects (id) {
        id -> Int8,
        book_id -> Int8,
        subject_id -> Int8,
    }
}

diesel::allow_tables_to_appear_in_same_query!(authors, subjects, books, book_subjects);

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = authors)]
#[model(has_many(books: Book, by = author_id), computed(books_count: BigInt), ordering(name))]
pub struct Author {
    pub id: i64,
    pub name: String,
    pub born_on: Option<chrono::NaiveDate>,
}

impl Author {
    pub fn books_count() -> Expr<Self, BigInt> {
        let written = books::table.filter(books::author_id.eq(authors::id));
        Expr::new(written.count().single_value().assume_not_null())
    }
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = subjects)]
#[model(slug = slug)]
pub struct Subject {
    pub id: i64,
    pub slug: String,
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = books)]
#[model(
    belongs_to(author: Author, by = author_id),
    many_to_many(subjects: Subject, through = book_subjects(book_id, subject_id)),
    ordering(title)
)]
pub struct Book {
    pub id: i64,
    pub title: String,
    pub pages: Option<i32>,
    pub author_id: i64,
}

#[derive(Serializer)]
#[serializer(model = Author)]
pub struct AuthorSerializer {
    name: String,
}

#[derive(Serializer)]
#[serializer(model = Book)]
pub struct BookSerializer {
    title: String,
    author: PrimaryKey<Author>,
}
