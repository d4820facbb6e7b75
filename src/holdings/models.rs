//! Branches and copies.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use diesel::{
    dsl::{case_when, exists, max},
    prelude::*,
    sql_types::Text,
};
use restwell::prelude::*;

use crate::{
    catalog::models::Book,
    holdings::validators::too_many_copies,
    schema::{circulation_loan, holdings_branch, holdings_copy},
};

/// A place that lends books.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = holdings_branch)]
#[model(slug = slug, lookup = slug, ordering(name))]
pub struct Branch {
    pub id: i64,
    pub name: String,
    pub slug: String,
    pub email: String,
    pub opens_at: NaiveTime,
    pub closes_at: NaiveTime,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub loan_period: TimeDelta,
    pub kiosk_ip: Option<IpAddress>,
    pub is_open: bool,
}

/// One copy of a book.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = holdings_copy)]
#[model(
    belongs_to(book: Book, by = book_id),
    belongs_to(branch: Branch, by = branch_id),
    computed(status: Text),
    ordering(book_id, number)
)]
pub struct Copy {
    pub id: i64,
    pub book_id: i64,
    pub branch_id: i64,
    pub number: i32,
    pub barcode: uuid::Uuid,
    pub condition: i16,
    pub acquired_on: NaiveDate,
}

impl Copy {
    /// How worn a copy may be.
    pub const CONDITIONS: &[(i64, &str)] = &[(1, "New"), (2, "Good"), (3, "Fair"), (4, "Poor")];

    /// Where a copy may be.
    pub const STATUSES: &[(&str, &str)] = &[("available", "Available"), ("on_loan", "On loan")];

    /// Adds copies of a book, numbered on from the highest; the caller holds the book locked, so that numbers stay free.
    ///
    /// # Errors
    /// `max_value` of `count` if there are not so many numbers left, and the database's.
    pub fn add(book_id: i64, branch_id: i64, count: i32, conn: &mut Conn) -> Result<Vec<Self>> {
        let others = holdings_copy::table.filter(holdings_copy::book_id.eq(book_id));
        let last: Option<i32> = others.select(max(holdings_copy::number)).get_result(conn)?;
        let last = last.unwrap_or(0);
        let end = last.checked_add(count).ok_or_else(too_many_copies)?;
        let copy = |number| {
            (
                holdings_copy::book_id.eq(book_id),
                holdings_copy::branch_id.eq(branch_id),
                holdings_copy::number.eq(number),
            )
        };
        let copies: Vec<_> = (last + 1..=end).map(copy).collect();
        let query = diesel::insert_into(holdings_copy::table).values(copies);
        Ok(query.returning(Self::as_returning()).get_results(conn)?)
    }

    /// The loans of a copy that are not returned: at most one.
    #[diesel::dsl::auto_type(no_type_alias)]
    pub fn open_loans() -> _ {
        circulation_loan::table
            .filter(circulation_loan::copy_id.eq(holdings_copy::id))
            .filter(circulation_loan::returned_at.is_null())
    }

    /// `available` or `on_loan`.
    pub fn status() -> Expr<Self, Text> {
        let (available, on_loan) = ("available".into_sql::<Text>(), "on_loan".into_sql::<Text>());
        Expr::new(case_when(exists(Self::open_loans()), on_loan).otherwise(available))
    }
}
