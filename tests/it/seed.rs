//! `src/seed/`: the demo library, and made-up books.

use std::{collections::HashSet, thread};

use diesel::prelude::*;
use lending_library::{
    schema::{catalog_author, catalog_book, holdings_copy},
    seed,
};

use crate::harness::{Library, password};

const TABLES: [&str; 8] = [
    "catalog_author",
    "catalog_subject",
    "catalog_book",
    "catalog_book_subjects",
    "holdings_branch",
    "holdings_copy",
    "circulation_loan",
    "reviews_review",
];

fn isbns(library: &Library) -> Vec<String> {
    catalog_book::table
        .select(catalog_book::isbn)
        .load(&mut library.database.connect())
        .unwrap()
}

fn is_isbn(text: &str) -> bool {
    let digits: Vec<u32> = text
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .collect();
    let sum: u32 = digits
        .iter()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    text.len() == 13 && digits.len() == 13 && sum.is_multiple_of(10)
}

/// The whole contents of the tables.
fn contents(library: &Library) -> String {
    use diesel::{dsl::sql, sql_types::Text};

    let rows = |table: &&str| {
        format!("(select coalesce(md5(string_agg(t::text, '|' order by id)), '') from {table} t)")
    };
    let all = TABLES.iter().map(rows).collect::<Vec<_>>().join(" || ");
    diesel::select(sql::<Text>(&all))
        .get_result(&mut library.database.connect())
        .unwrap()
}

#[test]
fn the_demo_fills_empty_tables_once() {
    let library = Library::new();
    let conn = &mut library.database.connect();
    assert!(seed::fill(conn, &password()).unwrap());
    assert!(!seed::fill(conn, &password()).unwrap());
    assert_eq!(
        seed::count(conn).unwrap(),
        "192 authors, 20 subjects, 389 books, 4 branches, 500 copies, 100 loans, 300 reviews"
    );
    assert_eq!(
        isbns(&library)
            .iter()
            .filter(|isbn| isbn.starts_with("9798") && is_isbn(isbn))
            .count(),
        389
    );
    assert_eq!(
        library.count("catalog_book where published_on > current_date"),
        0
    );
    assert_eq!(library.count("catalog_book b where not exists (select from catalog_book_subjects s where s.book_id = b.id)"), 0);
    assert_eq!(
        library.count("(select distinct branch_id, condition from holdings_copy) as pairs"),
        4
    );
}

#[test]
fn the_demo_is_the_same_everywhere_and_new_rows_come_after_it() {
    let [one, two] = [Library::new(), Library::new()];
    for library in [&one, &two] {
        assert!(seed::fill(&mut library.database.connect(), &password()).unwrap());
    }
    assert_eq!(contents(&one), contents(&two));
    assert!(
        one.client
            .post("/api/authors/", r#"{"name": "New"}"#)
            .body
            .contains(r#""id":193"#)
    );
    assert!(
        one.client
            .post("/api/subjects/", r#"{"name": "New", "slug": "new"}"#)
            .status
            == 201
    );
    let book = r#"{"title": "New", "isbn": "9780306406157", "author": 193, "price": "1.00", "subjects": ["new", "drama"]}"#;
    assert!(
        one.client
            .post("/api/books/", book)
            .body
            .contains(r#""id":390"#)
    );
}

#[test]
fn the_demo_lends_as_the_rules_say() {
    let library = Library::new();
    seed::fill(&mut library.database.connect(), &password()).unwrap();
    let loans = "circulation_loan
        join holdings_copy on holdings_copy.id = copy_id
        join catalog_book on catalog_book.id = book_id
        join holdings_branch on holdings_branch.id = branch_id";
    let count = |condition: &str| library.count(&format!("{loans} where {condition}"));
    assert_eq!(count("returned_at is null"), 10);
    assert_eq!(count("is_reference"), 0);
    assert_eq!(count("returned_at <= borrowed_at"), 0);
    let last_day = "(borrowed_at at time zone 'UTC')::date + renewals * 10 + loan_period";
    assert_eq!(count(&format!("due_on <> {last_day}")), 0);
    // At the moment of each loan: the same copy in other hands, and six of one reader.
    let at_that_moment =
        "(select count(*) from circulation_loan other where other.borrowed_at <= loan.borrowed_at
        and coalesce(other.returned_at > loan.borrowed_at, true)";
    for (same, limit) in [("copy_id", 1), ("borrower_id", 5)] {
        let others = format!("{at_that_moment} and other.{same} = loan.{same})");
        let broken = format!("circulation_loan loan where {others} > {limit}");
        assert_eq!(library.count(&broken), 0, "{same}");
    }
}

#[test]
fn the_demo_reviews_are_of_all_kinds() {
    let library = Library::new();
    seed::fill(&mut library.database.connect(), &password()).unwrap();
    let kinds = "(select distinct stars, title from reviews_review) as kind";
    assert_eq!(library.count(kinds), 15);
    let several = "(select from reviews_review group by book_id having count(*) > 2) as book";
    assert!(library.count(several) > 10);
    let reviewers = "(select distinct reviewer_id from reviews_review) as reviewer";
    assert_eq!(library.count(reviewers), 7);
}

#[test]
fn the_demo_leaves_tables_with_rows_alone() {
    let library = Library::new();
    library.sql("insert into catalog_subject (name, slug) values ('Mine', 'mine')");
    assert!(!seed::fill(&mut library.database.connect(), &password()).unwrap());
    assert_eq!(library.count("catalog_author"), 0);
}

#[test]
fn replicas_that_start_together_load_the_demo_once() {
    let library = Library::new();
    let fill = || seed::fill(&mut library.database.connect(), &password()).unwrap();
    let filled = thread::scope(|scope| {
        let threads = [scope.spawn(fill), scope.spawn(fill), scope.spawn(fill)];
        threads
            .map(|thread| thread.join().unwrap())
            .into_iter()
            .filter(|filled| *filled)
            .count()
    });
    assert_eq!(filled, 1);
    assert_eq!(library.count("catalog_book"), 389);
}

#[test]
fn made_up_books_are_whole() {
    let library = Library::new();
    let conn = &mut library.database.connect();
    seed::add_books(conn, 400, |_| {}).unwrap();
    assert_eq!(
        seed::count(conn).unwrap(),
        "10 authors, 20 subjects, 400 books, 4 branches, 800 copies, 0 loans, 0 reviews"
    );
    assert_eq!(library.count("catalog_book_subjects"), 800);
    let isbns: HashSet<String> = isbns(&library)
        .into_iter()
        .filter(|isbn| !isbn.starts_with("9798") && is_isbn(isbn))
        .collect();
    assert_eq!(isbns.len(), 400);
    assert!(
        library
            .client
            .get("/api/books/?page_size=100")
            .body
            .starts_with(r#"{"count":400,"#)
    );
    let other = Library::new();
    seed::add_books(&mut other.database.connect(), 400, |_| {}).unwrap();
    assert_eq!(contents(&library), contents(&other));
}

#[test]
fn made_up_books_join_what_is_there() {
    let library = Library::new();
    let conn = &mut library.database.connect();
    assert!(seed::fill(conn, &password()).unwrap());
    let told = std::cell::RefCell::new(Vec::new());
    seed::add_books(conn, 10_001, |done| told.borrow_mut().push(done)).unwrap();
    assert_eq!(told.into_inner(), [10_000, 10_001]);
    seed::add_books(conn, 1, |_| {}).unwrap();
    assert_eq!(
        seed::count(conn).unwrap(),
        "443 authors, 20 subjects, 10391 books, 4 branches, 20504 copies, 100 loans, 300 reviews"
    );
    let copies: Vec<uuid::Uuid> = holdings_copy::table
        .select(holdings_copy::barcode)
        .load(conn)
        .unwrap();
    assert_eq!(
        copies
            .iter()
            .filter(|barcode| [3, 4].contains(&barcode.get_version_num()))
            .count(),
        20_504
    );
    let newest: Option<i64> = catalog_author::table
        .select(diesel::dsl::max(catalog_author::id))
        .get_result(conn)
        .unwrap();
    assert_eq!(newest, Some(443));
}

#[test]
fn rows_that_were_given_ids_do_not_get_in_the_way() {
    let library = Library::stocked();
    library.sql("insert into catalog_author (id, name) values (1000, 'Ahead of the sequence')");
    seed::add_books(&mut library.database.connect(), 10, |_| {}).unwrap();
    assert_eq!(library.count("catalog_author where id = 1001"), 1);
}
