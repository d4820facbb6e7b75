//! Permissions out of permissions: DRF's `&`, `|` and `~` (contract §12.7).

use std::any::Any;

use super::{Permission, Rows};
use crate::{db::Conn, exceptions::Result, request::Request};

/// Both say yes.
pub struct And<A, B>(pub A, pub B);

/// One of both says yes, to the request and to the object.
pub struct Or<A, B>(pub A, pub B);

/// The other one says no. Where that is only because of the scopes of a credential, this one says no too: a limit gives
/// nobody more than they have without it.
pub struct Not<A>(pub A);

impl<A: Permission, B: Permission> Permission for And<A, B> {
    fn has_permission(&self, request: &Request, conn: &mut Conn) -> Result<bool> {
        Ok(self.0.has_permission(request, conn)? && self.1.has_permission(request, conn)?)
    }

    fn has_object_permission(
        &self,
        request: &Request,
        object: &dyn Any,
        conn: &mut Conn,
    ) -> Result<bool> {
        Ok(self.0.has_object_permission(request, object, conn)?
            && self.1.has_object_permission(request, object, conn)?)
    }

    fn rows(&self, request: &Request, rows: &mut Rows<'_>, conn: &mut Conn) -> Result<()> {
        self.0.rows(request, rows, conn)?;
        self.1.rows(request, rows, conn)
    }
}

/// Both questions to one side: a yes to the object counts only where the request has one too.
fn agrees(
    side: &impl Permission,
    request: &Request,
    object: &dyn Any,
    conn: &mut Conn,
) -> Result<bool> {
    Ok(side.has_permission(request, conn)? && side.has_object_permission(request, object, conn)?)
}

impl<A: Permission, B: Permission> Permission for Or<A, B> {
    fn has_permission(&self, request: &Request, conn: &mut Conn) -> Result<bool> {
        Ok(self.0.has_permission(request, conn)? || self.1.has_permission(request, conn)?)
    }

    fn has_object_permission(
        &self,
        request: &Request,
        object: &dyn Any,
        conn: &mut Conn,
    ) -> Result<bool> {
        Ok(agrees(&self.0, request, object, conn)? || agrees(&self.1, request, object, conn)?)
    }

    fn rows(&self, request: &Request, rows: &mut Rows<'_>, conn: &mut Conn) -> Result<()> {
        let Self(left, right) = self;
        let asked = (
            left.has_permission(request, conn)?,
            right.has_permission(request, conn)?,
        );
        match asked {
            (true, false) => left.rows(request, rows, conn),
            (false, true) => right.rows(request, rows, conn),
            (true, true) => {
                let conn = std::cell::RefCell::new(conn);
                rows.any_of(
                    |rows| left.rows(request, rows, &mut conn.borrow_mut()),
                    |rows| right.rows(request, rows, &mut conn.borrow_mut()),
                )
            }
            (false, false) => Ok(()),
        }
    }
}

impl<A: Permission> Permission for Not<A> {
    fn has_permission(&self, request: &Request, conn: &mut Conn) -> Result<bool> {
        let (answer, is_limited) = request.limits(|| self.0.has_permission(request, conn));
        Ok(!answer? && !is_limited)
    }

    fn has_object_permission(
        &self,
        request: &Request,
        object: &dyn Any,
        conn: &mut Conn,
    ) -> Result<bool> {
        let (answer, is_limited) =
            request.limits(|| self.0.has_object_permission(request, object, conn));
        Ok(!answer? && !is_limited)
    }

    fn rows(&self, request: &Request, rows: &mut Rows<'_>, conn: &mut Conn) -> Result<()> {
        rows.none_of(|rows| self.0.rows(request, rows, conn))
    }
}
