//! Whose loans a reader sees.

use diesel::prelude::*;
use restwell::{
    permissions::{Permission, Rows},
    prelude::*,
};
use restwell_auth::User;

use crate::{circulation::models::Loan, schema::circulation_loan};

/// The staff see every loan, others their own: there are no more for them.
pub struct OwnLoans;

impl Permission for OwnLoans {
    fn has_permission(&self, _: &Request, _: &mut Conn) -> Result<bool> {
        Ok(true)
    }

    fn rows(&self, request: &Request, rows: &mut Rows<'_>, _: &mut Conn) -> Result<()> {
        if !request.is_staff() {
            let reader = request.user::<User>().map(|user| user.id);
            let is_own = circulation_loan::borrower_id.nullable().eq(reader);
            rows.only::<Loan>(|| Expr::new(is_own));
        }
        Ok(())
    }
}
