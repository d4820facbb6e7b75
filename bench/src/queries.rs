//! The statements: three for a page, one for a book, three and a transaction for a new one.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{
    PgConnection, define_sql_function,
    dsl::{array, avg, count_star, exists, not},
    prelude::*,
    sql_types::{Nullable, Numeric, Text},
};
use lending_library::{
    catalog::models::Book,
    schema::{
        catalog_author, catalog_book, catalog_book_subjects, catalog_subject, circulation_loan,
        holdings_copy, reviews_review,
    },
};

use crate::{
    answer::{Failure, Related, does_not_exist},
    input::NewBook,
};

define_sql_function! {
    fn float8(number: Nullable<Numeric>) -> Nullable<Double>;
}

/// What belongs to each book of a statement that joins the author.
macro_rules! related {
    () => {
        (
            catalog_author::name,
            array::<Text, _>(
                catalog_book_subjects::table
                    .inner_join(catalog_subject::table)
                    .filter(catalog_book_subjects::book_id.eq(catalog_book::id))
                    .order(catalog_subject::name)
                    .select(catalog_subject::slug),
            ),
            holdings_copy::table
                .filter(holdings_copy::book_id.eq(catalog_book::id))
                .filter(not(exists(
                    circulation_loan::table
                        .filter(circulation_loan::copy_id.eq(holdings_copy::id))
                        .filter(circulation_loan::returned_at.is_null()),
                )))
                .select(count_star())
                .single_value()
                .assume_not_null(),
            reviews_review::table
                .filter(reviews_review::book_id.eq(catalog_book::id))
                .select(float8(avg(reviews_review::stars)))
                .single_value(),
        )
    };
}

/// The number of books, and a window of them by title.
///
/// Two statements: with the count among the columns, Postgres builds a wider row for every book before it sorts them.
pub(crate) fn page(
    limit: i64,
    offset: i64,
    conn: &mut PgConnection,
) -> QueryResult<(i64, Vec<Book>)> {
    let count = catalog_book::table.select(count_star()).get_result(conn)?;
    let books = catalog_book::table
        .order((catalog_book::title, catalog_book::id))
        .limit(limit)
        .offset(offset)
        .select(Book::as_select())
        .load(conn)?;
    Ok((count, books))
}

/// What belongs to these books, by their ids.
pub(crate) fn related(
    books: &[Book],
    conn: &mut PgConnection,
) -> QueryResult<HashMap<i64, Related>> {
    let ids: Vec<i64> = books.iter().map(|book| book.id).collect();
    let rows: Vec<(i64, Related)> = catalog_book::table
        .inner_join(catalog_author::table)
        .filter(catalog_book::id.eq_any(ids))
        .select((catalog_book::id, related!()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// One book with all that belongs to it.
pub(crate) fn book(id: i64, conn: &mut PgConnection) -> QueryResult<(Book, Related)> {
    catalog_book::table
        .inner_join(catalog_author::table)
        .filter(catalog_book::id.eq(id))
        .select((Book::as_select(), related!()))
        .get_result(conn)
}

/// Stores a book; who breaks a constraint is told by its name.
pub(crate) fn insert(new: NewBook, conn: &mut PgConnection) -> Result<(Book, Related), Failure> {
    conn.transaction(|conn| {
        let subjects: Vec<(i64, String)> = match new.subjects.is_empty() {
            true => Vec::new(),
            false => catalog_subject::table
                .filter(catalog_subject::slug.eq_any(&new.subjects))
                .order(catalog_subject::name)
                .select((catalog_subject::id, catalog_subject::slug))
                .load(conn)?,
        };
        if let Some(unknown) = new
            .subjects
            .iter()
            .find(|slug| !subjects.iter().any(|(_, known)| known == *slug))
        {
            return Err(Failure::Fields(vec![("subjects", does_not_exist(unknown))]));
        }
        let author_name = catalog_author::table
            .filter(catalog_author::id.eq(catalog_book::author_id))
            .select(catalog_author::name)
            .single_value();
        let (id, created_at, updated_at, author_name): (
            i64,
            DateTime<Utc>,
            DateTime<Utc>,
            Option<String>,
        ) = diesel::insert_into(catalog_book::table)
            .values(&new.columns)
            .returning((
                catalog_book::id,
                catalog_book::created_at,
                catalog_book::updated_at,
                author_name,
            ))
            .get_result(conn)?;
        let pairs: Vec<_> = subjects
            .iter()
            .map(|(subject, _)| {
                (
                    catalog_book_subjects::book_id.eq(id),
                    catalog_book_subjects::subject_id.eq(*subject),
                )
            })
            .collect();
        if !pairs.is_empty() {
            diesel::insert_into(catalog_book_subjects::table)
                .values(pairs)
                .execute(conn)?;
        }
        let slugs = subjects.into_iter().map(|(_, slug)| slug).collect();
        // Nobody has copies of a new book, or an opinion on it.
        let related = (author_name.unwrap_or_default(), slugs, 0, None);
        Ok((new.columns.into_book(id, created_at, updated_at), related))
    })
}
