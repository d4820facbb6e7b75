//! Data to try the service with: the demo library for empty tables, or any number of made-up books.
//!
//! The demo's CSV files go to Postgres as they are, by `COPY`: an empty value is null, `""` is the empty text.

mod accounts;
mod synthetic;

use diesel::{
    PgConnection,
    connection::SimpleConnection,
    dsl::{exists, not},
    pg::{CopyFormat, CopyHeader, CopyTarget},
    prelude::*,
};
use restwell::crypto::hashers::{PasswordHasher, make_password};
use restwell_postgres::migrate;

use crate::{
    database::Failure,
    schema::{
        catalog_author, catalog_book, catalog_subject, circulation_loan, holdings_branch,
        holdings_copy, reviews_review,
    },
    settings::Secret,
};

pub use synthetic::{MAX_BOOKS, add_books};

const AUTHORS: &str = include_str!("authors.csv");
const SUBJECTS: &str = include_str!("subjects.csv");
const BOOKS: &str = include_str!("books.csv");
const BRANCHES: &str = include_str!("branches.csv");

/// So that the first requests are planned for as many rows as there are.
const ANALYZE: &str = "analyze catalog_author, catalog_book, catalog_book_subjects, catalog_subject, holdings_branch, holdings_copy";

diesel::table! {
    seed_book (id) {
        id -> BigInt,
        title -> Text,
        isbn -> Text,
        author_id -> BigInt,
        published_on -> Nullable<Date>,
        pages -> Nullable<Integer>,
        price -> Numeric,
        language -> Text,
        summary -> Text,
        keywords -> Text,
        metadata -> Jsonb,
        is_reference -> Bool,
        weight_kg -> Nullable<Double>,
        subjects -> Text,
    }
}

/// The demo library's own table for a moment; the columns are those of `books.csv`.
const CREATE_SEED_BOOK: &str = "create temporary table seed_book (
    id bigint, title text, isbn text, author_id bigint, published_on date, pages integer, price numeric, language text,
    summary text, keywords text, metadata jsonb, is_reference boolean, weight_kg double precision, subjects text)";

/// Fills the tables with the demo library if all of them are empty; says whether it did.
///
/// The demo users get this password; those whose names are taken are left out.
///
/// Waits while another process migrates or seeds the database. All or nothing; `conn` must be a direct connection.
///
/// # Errors
/// Whatever the database refuses.
pub fn fill(conn: &mut PgConnection, password: &Secret) -> Result<bool, Failure> {
    if !is_empty(conn)? {
        return Ok(false);
    }
    let password = make_password(password.expose(), PasswordHasher::default());
    let password = password.map_err(|exception| exception.to_string())?;
    let filled = migrate::with_lock(conn, |conn| {
        conn.transaction(|conn| {
            // A replica may have been faster.
            let is_empty = is_empty(conn)?;
            if is_empty {
                fill_tables(conn)?;
                accounts::fill(&password, conn)?;
                fill_circulation(conn)?;
            }
            QueryResult::Ok(is_empty)
        })
    })??;
    if filled {
        log::info!("loaded the demo data: {}", count(conn)?);
    }
    Ok(filled)
}

/// How many rows the tables have, as text.
///
/// # Errors
/// Whatever the database refuses.
pub fn count(conn: &mut PgConnection) -> QueryResult<String> {
    let authors: i64 = catalog_author::table.count().get_result(conn)?;
    let subjects: i64 = catalog_subject::table.count().get_result(conn)?;
    let books: i64 = catalog_book::table.count().get_result(conn)?;
    let branches: i64 = holdings_branch::table.count().get_result(conn)?;
    let copies: i64 = holdings_copy::table.count().get_result(conn)?;
    let loans: i64 = circulation_loan::table.count().get_result(conn)?;
    let reviews: i64 = reviews_review::table.count().get_result(conn)?;
    Ok(format!(
        "{authors} authors, {subjects} subjects, {books} books, {branches} branches, {copies} copies, {loans} loans, \
         {reviews} reviews"
    ))
}

fn is_empty(conn: &mut PgConnection) -> QueryResult<bool> {
    let has_rows = exists(catalog_author::table.select(catalog_author::id))
        .or(exists(catalog_subject::table.select(catalog_subject::id)))
        .or(exists(catalog_book::table.select(catalog_book::id)))
        .or(exists(holdings_branch::table.select(holdings_branch::id)))
        .or(exists(holdings_copy::table.select(holdings_copy::id)));
    diesel::select(not(has_rows)).get_result(conn)
}

fn fill_tables(conn: &mut PgConnection) -> QueryResult<()> {
    use catalog_author::{bio, born_on, died_on, id, name, website};

    copy_csv(
        conn,
        catalog_author::table,
        (id, name, bio, born_on, died_on, website),
        AUTHORS,
    )?;
    fill_subjects(conn)?;
    fill_branches(conn)?;
    conn.batch_execute(CREATE_SEED_BOOK)?;
    copy_csv(conn, seed_book::table, seed_book::all_columns, BOOKS)?;
    conn.batch_execute(include_str!("demo.sql"))?;
    for table in [
        "catalog_author",
        "catalog_book",
        "catalog_book_subjects",
        "holdings_copy",
    ] {
        skip_ids(conn, table)?;
    }
    conn.batch_execute(ANALYZE)
}

fn fill_subjects(conn: &mut PgConnection) -> QueryResult<()> {
    copy_csv(
        conn,
        catalog_subject::table,
        catalog_subject::all_columns,
        SUBJECTS,
    )?;
    skip_ids(conn, "catalog_subject")
}

fn fill_branches(conn: &mut PgConnection) -> QueryResult<()> {
    copy_csv(
        conn,
        holdings_branch::table,
        holdings_branch::all_columns,
        BRANCHES,
    )?;
    skip_ids(conn, "holdings_branch")
}

/// What the demo users have borrowed, and what they think of the books.
fn fill_circulation(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute(include_str!("circulation.sql"))?;
    skip_ids(conn, "circulation_loan")?;
    conn.batch_execute(include_str!("reviews.sql"))?;
    skip_ids(conn, "reviews_review")?;
    conn.batch_execute("analyze circulation_loan, reviews_review")
}

/// The next row comes after those whose ids were given.
fn skip_ids(conn: &mut PgConnection, table: &str) -> QueryResult<()> {
    conn.batch_execute(&format!(
        "select setval(pg_get_serial_sequence('{table}', 'id'), max(id)) from {table}"
    ))
}

fn copy_csv<T, C>(
    conn: &mut PgConnection,
    table: T,
    columns: C,
    csv: &'static str,
) -> QueryResult<()>
where
    T: Table,
    C: CopyTarget<Table = T>,
{
    let source =
        move |copy: &mut dyn std::io::Write| copy.write_all(csv.as_bytes()).map_err(to_query_error);
    let query = diesel::copy_from(table).from_raw_data(columns, source);
    query
        .with_format(CopyFormat::Csv)
        .with_header(CopyHeader::Set(true))
        .execute(conn)?;
    Ok(())
}

/// A `COPY` ended early; what Postgres has to say about it comes with the end of the statement.
fn to_query_error(error: std::io::Error) -> diesel::result::Error {
    diesel::result::Error::SerializationError(Box::new(error))
}
