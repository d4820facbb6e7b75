//! The endpoint `loans`.

use actix_web::http::StatusCode;
use restwell::{
    generics::object_response, permissions::IsAuthenticated, prelude::*, serializers::certain,
    viewsets::Policies,
};
use restwell_auth::User;

use crate::circulation::{
    filters::LoanFilter,
    models::{Lending, Loan},
    permissions::OwnLoans,
    serializers::{LoanData, LoanSerializer},
    validators::{is_open, may_borrow, may_renew, unavailable},
};

pub struct LoanViewSet;

/// Who has which copy, and until when.
#[viewset(list, create, retrieve)]
impl GenericViewSet for LoanViewSet {
    type Serializer = LoanSerializer;
    type Filter = LoanFilter;
    type Pagination = CursorPagination;
    const POLICIES: Policies = Policies {
        permissions: Some(&[&IsAuthenticated, &OwnLoans]),
        ..Policies::DEFAULT
    };

    fn perform_create(&self, request: &Request, data: LoanData, conn: &mut Conn) -> Result<Loan> {
        let copy = certain(data.copy, "copy")?;
        let reader = request.user::<User>();
        let reader = reader.ok_or_else(ApiException::not_authenticated)?;
        let lending = Lending::of(copy, reader.id, conn)?;
        may_borrow(&lending)?;
        let loan = Loan::borrow(copy, reader.id, lending.loan_period, conn)?;
        loan.ok_or_else(unavailable)
    }

    /// A later day for what is lent.
    #[action(detail = true, method = "post")]
    fn renew(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        let loan = self.lock_object(request, conn)?;
        may_renew(&loan)?;
        shown(request, &loan.renew(conn)?, conn)
    }

    /// What was lent is back.
    #[action(detail = true, method = "post")]
    fn r#return(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        let loan = self.lock_object(request, conn)?;
        is_open(&loan)?;
        shown(request, &loan.close(conn)?, conn)
    }
}

fn shown(request: &Request, loan: &Loan, conn: &mut Conn) -> Result<Response> {
    let related = LoanSerializer::prefetch(std::slice::from_ref(loan), conn)?;
    object_response::<LoanSerializer>(request, loan, &related, StatusCode::OK)
}
