//! Loans on the wire.

use chrono::{DateTime, NaiveDate, Utc};
use restwell::prelude::*;
use restwell_auth::User;

use crate::{circulation::models::Loan, holdings::models::Copy};

/// A loan.
#[derive(Serializer)]
#[serializer(model = Loan)]
pub struct LoanSerializer {
    #[field(read_only)]
    id: i64,
    copy: PrimaryKey<Copy>,
    #[field(read_only)]
    borrower: PrimaryKey<User>,
    #[field(read_only)]
    borrowed_at: DateTime<Utc>,
    #[field(read_only)]
    due_on: NaiveDate,
    #[field(read_only)]
    returned_at: Option<DateTime<Utc>>,
    #[field(read_only)]
    renewals: i16,
    #[field(property = Loan::is_overdue)]
    is_overdue: bool,
}
