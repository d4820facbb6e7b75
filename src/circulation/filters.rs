//! What loans can be filtered by.

use chrono::{DateTime, Utc};
use restwell::prelude::*;
use restwell_auth::User;

use crate::{circulation::models::Loan, holdings::models::Copy};

#[derive(FilterSet)]
#[filterset(model = Loan)]
pub struct LoanFilter {
    #[filter(exact)]
    copy: PrimaryKey<Copy>,
    #[filter(exact, when = Request::is_staff)]
    borrower: PrimaryKey<User>,
    #[filter(path = returned_at, isnull, param = "open")]
    open: DateTime<Utc>,
    #[filter(method = Loan::overdue)]
    overdue: bool,
}
