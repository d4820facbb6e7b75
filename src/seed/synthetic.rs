//! Made-up books in any number, by `COPY`: the same ones for the same ids.

use std::{
    fmt::{self, Write as _},
    io,
    ops::Range,
};

use chrono::{DateTime, Days, NaiveDate, SecondsFormat};
use diesel::{
    PgConnection, connection::SimpleConnection, dsl::sql, pg::CopyTarget, prelude::*,
    sql_types::BigInt,
};
use restwell_postgres::migrate;
use uuid::Uuid;

use super::{ANALYZE, fill_branches, fill_subjects, to_query_error};
use crate::{
    database::Failure,
    schema::{
        catalog_author, catalog_book, catalog_book_subjects, catalog_subject, holdings_branch,
        holdings_copy,
    },
};

/// The most books that one call makes.
pub const MAX_BOOKS: i64 = 10_000_000;
const BOOKS_PER_AUTHOR: i64 = 40;
const SUBJECTS_PER_BOOK: usize = 2;
const COPIES_PER_BOOK: i64 = 2;
/// Books that are sent at once: a few megabytes of text.
const CHUNK: usize = 10_000;
/// Eight digits of an ISBN are the book's id; 979-9 is given to nobody, and the demo's books are in 979-8.
const ISBN_PREFIX: &str = "9799";
const ISBN_LIMIT: i64 = 100_000_000;

const FIRST: [&str; 16] = [
    "Ada", "Bruno", "Clara", "David", "Elena", "Felix", "Greta", "Hamid", "Ines", "Jonas",
    "Kamala", "Luis", "Mei", "Nadia", "Otto", "Zawadi",
];
const LAST: [&str; 16] = [
    "Abara",
    "Bell",
    "Castillo",
    "Dubois",
    "Eriksen",
    "Fischer",
    "Gupta",
    "Haddad",
    "Ito",
    "Jansen",
    "Khan",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Rossi",
];
const ADJECTIVES: [&str; 16] = [
    "Silent",
    "Crimson",
    "Forgotten",
    "Northern",
    "Hidden",
    "Golden",
    "Broken",
    "Distant",
    "Winter",
    "Patient",
    "Hollow",
    "Restless",
    "Second",
    "Bright",
    "Paper",
    "Last",
];
const NOUNS: [&str; 16] = [
    "River", "Garden", "Lantern", "Harbour", "Orchard", "Mirror", "Mountain", "Letter", "Island",
    "Clock", "Forest", "Bridge", "Archive", "Voyage", "Tower", "Season",
];
const LANGUAGES: [&str; 11] = [
    "en", "fr", "de", "es", "it", "pt", "ar", "hi", "sw", "ja", "zh",
];

/// Adds `books` made-up books with authors, subjects and copies, and tells `progress` how many are there so far.
///
/// Subjects and branches are the demo's if there are none. Waits while another process migrates or seeds the database.
/// All or nothing; `conn` must be a direct connection.
///
/// # Errors
/// Whatever the database refuses.
pub fn add_books(
    conn: &mut PgConnection,
    books: i64,
    progress: impl Fn(i64),
) -> Result<(), Failure> {
    migrate::with_lock(conn, |conn| {
        let authors = take_ids(conn, "catalog_author", (books / BOOKS_PER_AUTHOR).max(1))?;
        let books = take_ids(conn, "catalog_book", books)?;
        if books.end > ISBN_LIMIT {
            return Err(format!(
                "books are numbered up to {ISBN_LIMIT}: there are no ISBNs for more"
            )
            .into());
        }
        conn.transaction(|conn| {
            let stock = Stock::get(conn, authors)?;
            for start in books.clone().step_by(CHUNK) {
                let end = books.end.min(start + CHUNK as i64);
                stock.send_books(conn, start..end)?;
                progress(end - books.start);
            }
            conn.batch_execute(ANALYZE)?;
            Ok(())
        })
    })?
}

/// What new books refer to: their authors' ids, and those of the rows that are there.
struct Stock {
    authors: Range<i64>,
    subjects: Vec<i64>,
    branches: Vec<i64>,
}

impl Stock {
    fn get(conn: &mut PgConnection, authors: Range<i64>) -> QueryResult<Self> {
        let subject_ids = catalog_subject::table
            .select(catalog_subject::id)
            .order(catalog_subject::id);
        let mut subjects: Vec<i64> = subject_ids.load(conn)?;
        if subjects.is_empty() {
            fill_subjects(conn)?;
            subjects = subject_ids.load(conn)?;
        }
        let branch_ids = holdings_branch::table
            .select(holdings_branch::id)
            .order(holdings_branch::id);
        let mut branches: Vec<i64> = branch_ids.load(conn)?;
        if branches.is_empty() {
            fill_branches(conn)?;
            branches = branch_ids.load(conn)?;
        }
        send_authors(conn, authors.clone())?;
        Ok(Self {
            authors,
            subjects,
            branches,
        })
    }

    fn send_books(&self, conn: &mut PgConnection, ids: Range<i64>) -> QueryResult<()> {
        let (mut books, mut subjects, mut copies) = (String::new(), String::new(), String::new());
        for id in ids {
            let mut random = Random::of(id);
            self.write_book(id, &mut random, &mut books);
            let first = random.below(self.subjects.len());
            for index in 0..SUBJECTS_PER_BOOK.min(self.subjects.len()) {
                let subject = self.subjects[(first + index) % self.subjects.len()];
                line(&mut subjects, format_args!("{id}\t{subject}"));
            }
            for number in 1..=COPIES_PER_BOOK {
                let (branch, barcode) = (random.pick(&self.branches), to_barcode(id, number));
                let (condition, acquired_on) = (random.below(4) + 1, day(2010, random.below(5000)));
                line(
                    &mut copies,
                    format_args!("{id}\t{branch}\t{number}\t{barcode}\t{condition}\t{acquired_on}"),
                );
            }
        }
        send_book_lines(conn, books)?;
        let of_subjects = (
            catalog_book_subjects::book_id,
            catalog_book_subjects::subject_id,
        );
        send(conn, catalog_book_subjects::table, of_subjects, subjects)?;
        send_copy_lines(conn, copies)
    }

    fn write_book(&self, id: i64, random: &mut Random, text: &mut String) {
        let author = self.authors.start
            + random.below((self.authors.end - self.authors.start) as usize) as i64;
        let title = format!(
            "The {} {} {}",
            random.pick(&ADJECTIVES),
            random.pick(&NOUNS),
            id
        );
        let isbn = to_isbn(id);
        let published_on = random.often(9).then(|| day(1900, random.below(45_000)));
        let pages = random.often(19).then(|| 48 + random.below(900));
        let (euros, cents) = (random.below(100), random.below(100));
        let language = if random.often(3) {
            "en"
        } else {
            random.pick(&LANGUAGES)
        };
        let keywords = format!(
            "{{{},{}}}",
            random.pick(&NOUNS).to_lowercase(),
            random.pick(&ADJECTIVES).to_lowercase()
        );
        let edition = 1 + random.below(5);
        let is_reference = !random.often(19);
        let weight_kg = random
            .often(9)
            .then(|| format!("0.{:03}", 100 + random.below(900)));
        let added_at = moment(id);
        line(
            text,
            format_args!(
                "{id}\t{title}\t{isbn}\t{author}\t{}\t{}\t{euros}.{cents:02}\t{language}\t{keywords}\t{{\"edition\": {edition}}}\t\
                 {is_reference}\t{}\t{added_at}\t{added_at}",
                OrNull(published_on),
                OrNull(pages),
                OrNull(weight_kg),
            ),
        );
    }
}

fn send_authors(conn: &mut PgConnection, ids: Range<i64>) -> QueryResult<()> {
    let mut text = String::new();
    for id in ids {
        let mut random = Random::of(id);
        let (first, last) = (random.pick(&FIRST), random.pick(&LAST));
        line(
            &mut text,
            format_args!(
                "{id}\t{first} {last}\t{}\t{}",
                day(1850, random.below(50_000)),
                moment(id)
            ),
        );
    }
    let columns = (
        catalog_author::id,
        catalog_author::name,
        catalog_author::born_on,
        catalog_author::created_at,
    );
    send(conn, catalog_author::table, columns, text)
}

fn send_book_lines(conn: &mut PgConnection, text: String) -> QueryResult<()> {
    use catalog_book as book;

    let columns = (
        book::id,
        book::title,
        book::isbn,
        book::author_id,
        book::published_on,
        book::pages,
        book::price,
        book::language,
        book::keywords,
        book::metadata,
        book::is_reference,
        book::weight_kg,
        book::created_at,
        book::updated_at,
    );
    send(conn, book::table, columns, text)
}

fn send_copy_lines(conn: &mut PgConnection, text: String) -> QueryResult<()> {
    use holdings_copy as copy;

    let columns = (
        copy::book_id,
        copy::branch_id,
        copy::number,
        copy::barcode,
        copy::condition,
        copy::acquired_on,
    );
    send(conn, copy::table, columns, text)
}

/// Takes `count` ids from a table's sequence.
///
/// While the table is locked, nobody else can take one of them between the first and the last.
fn take_ids(conn: &mut PgConnection, table: &str, count: i64) -> QueryResult<Range<i64>> {
    conn.transaction(|conn| {
        conn.batch_execute(&format!("lock table {table} in share row exclusive mode"))?;
        let sequence = format!("pg_get_serial_sequence('{table}', 'id')");
        let first = format!("(select greatest(nextval({sequence}), max(id) + 1) from {table})");
        let last: i64 = diesel::select(sql::<BigInt>(&format!(
            "setval({sequence}, {first} + {count} - 1)"
        )))
        .get_result(conn)?;
        Ok(last - count + 1..last + 1)
    })
}

/// Sends lines in the text format of `COPY`.
fn send<T, C>(conn: &mut PgConnection, table: T, columns: C, text: String) -> QueryResult<()>
where
    T: Table,
    C: CopyTarget<Table = T>,
{
    let source =
        move |copy: &mut dyn io::Write| copy.write_all(text.as_bytes()).map_err(to_query_error);
    diesel::copy_from(table)
        .from_raw_data(columns, source)
        .execute(conn)?;
    Ok(())
}

fn line(text: &mut String, fields: fmt::Arguments<'_>) {
    writeln!(text, "{fields}").expect("a String takes every text");
}

/// A value as `COPY` reads it.
struct OrNull<T>(Option<T>);

impl<T: fmt::Display> fmt::Display for OrNull<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("\\N"),
        }
    }
}

fn day(year: i32, days: usize) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).expect("the first of January exists")
        + Days::new(days as u64)
}

/// A second for each id, from 2020 on: ids have fewer than nine digits, so all are past.
fn moment(id: i64) -> String {
    let time = DateTime::from_timestamp(1_577_836_800 + id, 0).expect("a time of this decade");
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn to_isbn(id: i64) -> String {
    let digits = format!("{ISBN_PREFIX}{id:08}");
    let sum: u32 = digits
        .bytes()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Random to look at, but it ends with the book's id and the copy's number: no two are equal.
fn to_barcode(book: i64, number: i64) -> Uuid {
    let tail = (book * COPIES_PER_BOOK + number) as u128;
    let head = u128::from(Random::of(book).next()) << 64;
    uuid::Builder::from_random_bytes((head | tail).to_be_bytes()).into_uuid()
}

/// The numbers of `SplitMix64`: the same ones for the same id.
struct Random(u64);

impl Random {
    fn of(id: i64) -> Self {
        Self(id as u64)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// `n` times of `n + 1`.
    fn often(&mut self, n: usize) -> bool {
        self.below(n + 1) < n
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}
