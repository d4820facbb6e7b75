//! Loans, and what decides whether a copy may be lent.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::{
    dsl::{count_star, exists, not},
    prelude::*,
};
use restwell::prelude::*;
use restwell_auth::{User, schema::auth_user};

use crate::{
    holdings::models::Copy,
    schema::{catalog_book, circulation_loan, holdings_branch, holdings_copy},
};

restwell_auth::allow_tables_beside!(auth_user: circulation_loan);

/// A copy in a reader's hands, or one that was.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = circulation_loan)]
#[model(
    belongs_to(copy: Copy, by = copy_id),
    belongs_to(borrower: User, by = borrower_id),
    ordering(-borrowed_at, -id)
)]
pub struct Loan {
    pub id: i64,
    pub copy_id: i64,
    pub borrower_id: i32,
    pub borrowed_at: DateTime<Utc>,
    pub due_on: NaiveDate,
    pub returned_at: Option<DateTime<Utc>>,
    pub renewals: i16,
}

impl Loan {
    /// How many copies one reader may have at a time.
    pub const MAX_OPEN: i64 = 5;

    /// How often a loan may be renewed.
    pub const MAX_RENEWALS: i16 = 2;

    /// The copy is not back, and its day has passed (UTC).
    pub fn is_overdue(&self) -> bool {
        self.returned_at.is_none() && self.due_on < Utc::now().date_naive()
    }

    /// The loans that are overdue, or all others, returned ones included.
    pub fn overdue(loans: <Self as Model>::Query, overdue: bool) -> <Self as Model>::Query {
        let today = Utc::now().date_naive();
        let is_open = circulation_loan::returned_at.is_null();
        let is_overdue = is_open.and(circulation_loan::due_on.lt(today));
        match overdue {
            true => loans.filter(is_overdue),
            false => loans.filter(not(is_overdue)),
        }
    }

    /// Lends a copy, from now on; `None` if another request was faster.
    ///
    /// # Errors
    /// The database's.
    pub fn borrow(
        copy_id: i64,
        borrower_id: i32,
        loan_period: TimeDelta,
        conn: &mut Conn,
    ) -> QueryResult<Option<Self>> {
        let now = Utc::now();
        diesel::insert_into(circulation_loan::table)
            .values((
                circulation_loan::copy_id.eq(copy_id),
                circulation_loan::borrower_id.eq(borrower_id),
                circulation_loan::borrowed_at.eq(now),
                circulation_loan::due_on.eq(due_on(now, loan_period)),
            ))
            .on_conflict(circulation_loan::copy_id)
            .filter_target(circulation_loan::returned_at.is_null())
            .do_nothing()
            .returning(Self::as_returning())
            .get_result(conn)
            .optional()
    }

    /// Lends the copy for another period, from today on; the caller holds the loan locked.
    ///
    /// # Errors
    /// The database's.
    pub fn renew(&self, conn: &mut Conn) -> QueryResult<Self> {
        let copies = holdings_copy::table.inner_join(holdings_branch::table);
        let loan_period: TimeDelta = copies
            .filter(holdings_copy::id.eq(self.copy_id))
            .select(holdings_branch::loan_period)
            .get_result(conn)?;
        diesel::update(circulation_loan::table.find(self.id))
            .set((
                circulation_loan::due_on.eq(due_on(Utc::now(), loan_period)),
                circulation_loan::renewals.eq(self.renewals + 1),
            ))
            .returning(Self::as_returning())
            .get_result(conn)
    }

    /// Takes the copy back; the caller holds the loan locked.
    ///
    /// # Errors
    /// The database's.
    pub fn close(&self, conn: &mut Conn) -> QueryResult<Self> {
        diesel::update(circulation_loan::table.find(self.id))
            .set(circulation_loan::returned_at.eq(Utc::now()))
            .returning(Self::as_returning())
            .get_result(conn)
    }
}

/// The last day of a loan: whole days count, and a day that has begun counts for a period that goes back. What the
/// calendar of an API does not have is its first or its last day.
fn due_on(start: DateTime<Utc>, loan_period: TimeDelta) -> NaiveDate {
    let whole = loan_period.num_days();
    let days = whole - i64::from(loan_period < TimeDelta::days(whole));
    let (first, last) = CALENDAR;
    let today = start.date_naive();
    let due_on = TimeDelta::try_days(days).and_then(|days| today.checked_add_signed(days));
    let beyond = if days < 0 { first } else { last };
    due_on.map_or(beyond, |due_on| due_on.clamp(first, last))
}

/// The dates of four digits for the year, which is how dates are written (ISO 8601).
const CALENDAR: (NaiveDate, NaiveDate) = (
    NaiveDate::from_ymd_opt(1, 1, 1).unwrap(),
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap(),
);

/// What decides whether a reader may borrow a copy.
#[derive(Queryable)]
pub struct Lending {
    /// The copy is in someone's hands.
    pub is_lent: bool,
    /// Its book stays in the house.
    pub is_reference: bool,
    /// How long its branch lends.
    pub loan_period: TimeDelta,
    /// How many copies the reader has.
    pub open_loans: i64,
}

impl Lending {
    /// Looks at a copy and its reader, whose other requests to borrow wait until this transaction ends.
    ///
    /// # Errors
    /// The database's.
    pub fn of(copy_id: i64, borrower_id: i32, conn: &mut Conn) -> QueryResult<Self> {
        let borrower = auth_user::table.find(borrower_id);
        borrower
            .select(auth_user::id)
            .for_no_key_update()
            .get_result::<i32>(conn)?;
        let open_loans = circulation_loan::table
            .filter(circulation_loan::borrower_id.eq(borrower_id))
            .filter(circulation_loan::returned_at.is_null());
        holdings_copy::table
            .inner_join(catalog_book::table)
            .inner_join(holdings_branch::table)
            .filter(holdings_copy::id.eq(copy_id))
            .select((
                exists(Copy::open_loans()),
                catalog_book::is_reference,
                holdings_branch::loan_period,
                open_loans
                    .select(count_star())
                    .single_value()
                    .assume_not_null(),
            ))
            .get_result(conn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loans_end_on_a_day_of_the_calendar() {
        let start = "2026-03-10T23:59:59Z".parse().unwrap();
        let cases = [
            (TimeDelta::zero(), "2026-03-10"),
            (TimeDelta::days(21), "2026-03-31"),
            (TimeDelta::hours(47), "2026-03-11"),
            (TimeDelta::seconds(-1), "2026-03-09"),
            (TimeDelta::days(-1), "2026-03-09"),
            (TimeDelta::days(5_000_000), "9999-12-31"),
            (TimeDelta::days(-5_000_000), "0001-01-01"),
            (TimeDelta::MAX, "9999-12-31"),
            (TimeDelta::MIN, "0001-01-01"),
        ];
        for (loan_period, expected) in cases {
            assert_eq!(due_on(start, loan_period).to_string(), expected);
        }
    }
}
