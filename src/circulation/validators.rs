//! Rules of lending.

use restwell::{exceptions::NON_FIELD_ERRORS, prelude::*};

use crate::circulation::models::{Lending, Loan};

/// Whether the reader may have the copy.
///
/// # Errors
/// `unavailable` and `reference_only` on the copy; `too_many_loans`.
pub fn may_borrow(lending: &Lending) -> Result<()> {
    if lending.is_lent {
        return Err(unavailable());
    }
    if lending.is_reference {
        let message = "This book is read in the library only.";
        return Err(of_copy(message, "reference_only"));
    }
    if lending.open_loans >= Loan::MAX_OPEN {
        let message = format!("No more than {} copies at a time.", Loan::MAX_OPEN);
        return Err(of_loan(ErrorDetail::new(message, "too_many_loans")));
    }
    Ok(())
}

/// The error of a copy that is in someone's hands.
pub fn unavailable() -> ApiException {
    of_copy("This copy is on loan.", "unavailable")
}

/// Whether the loan can go on for another period.
///
/// # Errors
/// `returned`, `too_many_renewals`.
pub fn may_renew(loan: &Loan) -> Result<()> {
    is_open(loan)?;
    if loan.renewals >= Loan::MAX_RENEWALS {
        let message = format!(
            "A loan is renewed {} times at the most.",
            Loan::MAX_RENEWALS
        );
        return Err(of_loan(ErrorDetail::new(message, "too_many_renewals")));
    }
    Ok(())
}

/// Whether the copy is still in the reader's hands.
///
/// # Errors
/// `returned`.
pub fn is_open(loan: &Loan) -> Result<()> {
    match loan.returned_at {
        None => Ok(()),
        Some(_) => Err(of_loan(ErrorDetail::new(
            "This copy is back already.",
            "returned",
        ))),
    }
}

fn of_copy(message: &'static str, code: &'static str) -> ApiException {
    ApiException::field("copy", ErrorDetail::new(message, code))
}

fn of_loan(detail: ErrorDetail) -> ApiException {
    ApiException::field(NON_FIELD_ERRORS, detail)
}
