//! Who may do what: policies that a view lists and dispatch asks, in order; the first refusal wins (contract §12).
//!
//! A permission is asked up to three times: about the request before anything else, about the rows that the request
//! may see ([`Permission::rows`]), and about the one object that a detail action has found. What it
//! says of rows holds for lists, objects, relations and filters.

use std::any::Any;

use actix_web::http::Method;

use crate::{
    db::Conn,
    exceptions::{ApiException, Result},
    models::{Model, Predicate},
    request::Request,
};

mod django;

pub use django::{
    DjangoModelPermissions, DjangoModelPermissionsOrAnonReadOnly, DjangoObjectPermissions,
    ObjectBackend, PermsMap,
};

/// A rule about requests, and about the objects that they name.
pub trait Permission: Send + Sync {
    /// Called before the verb is looked at: whether the request may go on.
    ///
    /// # Errors
    /// A refusal that is the same for strangers and users, or when the question itself cannot be answered, e.g. the
    /// database is gone.
    fn has_permission(&self, request: &Request, conn: &mut Conn) -> Result<bool>;

    /// Called when a detail action has found its object, which is a row of the viewset's model:
    /// `object.downcast_ref::<Book>()`. Lists and `create` never ask; [`Permission::rows`] holds for those.
    ///
    /// # Errors
    /// As [`Permission::has_permission`].
    fn has_object_permission(
        &self,
        _request: &Request,
        _object: &dyn Any,
        _conn: &mut Conn,
    ) -> Result<bool> {
        Ok(true)
    }

    /// Called whenever the view reads rows of a model, or lets a client name them: lists and their counts, the object
    /// of a detail action, relation fields, choices of filters. Override to leave only some:
    /// `rows.only::<Loan>(|| …)`. What it hides does not exist: 404, or `does_not_exist`.
    ///
    /// # Errors
    /// The database's.
    fn rows(&self, _request: &Request, _rows: &mut Rows<'_>, _conn: &mut Conn) -> Result<()> {
        Ok(())
    }

    /// Called when the answer was no, for a user who is known: the error that says so. Override for words and a code of
    /// one's own; a stranger is told to sign in instead, and so is everybody if operators join permissions.
    fn denial(&self) -> ApiException {
        ApiException::permission_denied()
    }
}

/// Everybody may do everything.
pub struct AllowAny;

impl Permission for AllowAny {
    fn has_permission(&self, _request: &Request, _conn: &mut Conn) -> Result<bool> {
        Ok(true)
    }
}

/// Clients that an authenticator recognised may do everything.
pub struct IsAuthenticated;

impl Permission for IsAuthenticated {
    fn has_permission(&self, request: &Request, _conn: &mut Conn) -> Result<bool> {
        Ok(request.is_authenticated())
    }
}

/// The staff may do everything, others nothing.
pub struct IsAdminUser;

impl Permission for IsAdminUser {
    fn has_permission(&self, request: &Request, _conn: &mut Conn) -> Result<bool> {
        Ok(request.is_staff())
    }
}

/// Everybody reads; clients that an authenticator recognised may do everything.
pub struct IsAuthenticatedOrReadOnly;

impl Permission for IsAuthenticatedOrReadOnly {
    fn has_permission(&self, request: &Request, _conn: &mut Conn) -> Result<bool> {
        Ok(request.is_safe() || request.is_authenticated())
    }
}

/// The user has all these permissions, e.g. `HasPerms(&["holdings.add_copy"])`.
pub struct HasPerms(pub &'static [&'static str]);

impl Permission for HasPerms {
    fn has_permission(&self, request: &Request, conn: &mut Conn) -> Result<bool> {
        for name in self.0 {
            if !request.has_perm(name, conn)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// A user whose credential has this scope, or is not limited ([`crate::scopes`]).
pub struct HasScope(pub &'static str);

impl Permission for HasScope {
    fn has_permission(&self, request: &Request, _conn: &mut Conn) -> Result<bool> {
        Ok(request.has_scope(self.0))
    }
}

impl Request {
    /// The permissions of its route.
    pub(crate) fn permissions(&self) -> &'static [&'static dyn Permission] {
        self.policies.permissions.unwrap_or_default()
    }

    /// Whether the verb only reads (contract §12.1).
    pub fn is_safe(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD | Method::OPTIONS)
    }
}

/// 401 or 403 if any of the permissions says no, or the credential's scopes do not cover what they have asked for.
pub(crate) fn check_permissions(request: &Request, conn: &mut Conn) -> Result<()> {
    request.forget_coverage();
    for permission in request.permissions() {
        if !permission.has_permission(request, conn)? {
            return Err(denied(*permission, request));
        }
    }
    match request.is_covered() {
        true => Ok(()),
        false => Err(ApiException::permission_denied()),
    }
}

/// 401 or 403 if any of the permissions of the request's route says no to this object.
pub(crate) fn check_object_permissions(
    request: &Request,
    object: &dyn Any,
    conn: &mut Conn,
) -> Result<()> {
    for permission in request.permissions() {
        if !permission.has_object_permission(request, object, conn)? {
            return Err(denied(*permission, request));
        }
    }
    Ok(())
}

/// A stranger might be allowed once they say who they are, if the view can recognise anyone (contract §11.3).
fn denied(permission: &dyn Permission, request: &Request) -> ApiException {
    match request.is_authenticated() || request.authenticators().is_empty() {
        true => permission.denial(),
        false => ApiException::not_authenticated(),
    }
}

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

/// The rows of one model, for [`Permission::rows`] to narrow.
pub struct Rows<'a>(&'a mut dyn ErasedConditions);

impl Rows<'_> {
    /// Leaves only the rows for which this holds, if it is rows of `M` that are asked for.
    pub fn only<M: Model>(&mut self, condition: impl FnOnce() -> Predicate<M>) {
        let conditions: &mut dyn Any = self.0;
        if let Some(Of(conditions)) = conditions.downcast_mut::<Of<M>>() {
            conditions.push(condition());
        } else if let Some(Probe(is_asked)) = conditions.downcast_mut() {
            *is_asked = true;
        }
    }

    /// Leaves the rows that `left` or `right` leaves, each of which narrows all rows.
    pub(super) fn any_of(
        &mut self,
        left: impl FnOnce(&mut Rows<'_>) -> Result<()>,
        right: impl FnOnce(&mut Rows<'_>) -> Result<()>,
    ) -> Result<()> {
        let sides = [self.alike(left)?, self.alike(right)?];
        self.0.add_any_of(sides);
        Ok(())
    }

    /// Leaves the rows that `hidden` hides; all if that hides none.
    pub(super) fn none_of(
        &mut self,
        hidden: impl FnOnce(&mut Rows<'_>) -> Result<()>,
    ) -> Result<()> {
        let conditions = self.alike(hidden)?;
        self.0.add_none_of(conditions);
        Ok(())
    }

    fn alike(
        &self,
        narrow: impl FnOnce(&mut Rows<'_>) -> Result<()>,
    ) -> Result<Box<dyn ErasedConditions>> {
        let mut conditions = self.0.alike();
        narrow(&mut Rows(&mut *conditions))?;
        Ok(conditions)
    }
}

/// Conditions on the rows of a model whose type is erased, so that permissions can be trait objects.
trait ErasedConditions: Any {
    /// No conditions yet, on the same model.
    fn alike(&self) -> Box<dyn ErasedConditions>;
    fn add_any_of(&mut self, sides: [Box<dyn ErasedConditions>; 2]);
    fn add_none_of(&mut self, conditions: Box<dyn ErasedConditions>);
}

/// All of these hold.
struct Of<M: Model>(Vec<Predicate<M>>);

impl<M: Model> Of<M> {
    fn take(conditions: Box<dyn ErasedConditions>) -> Vec<Predicate<M>> {
        let conditions: Box<dyn Any> = conditions;
        let conditions: Result<Box<Self>, _> = conditions.downcast();
        conditions.expect("`alike` keeps the model").0
    }
}

impl<M: Model> ErasedConditions for Of<M> {
    fn alike(&self) -> Box<dyn ErasedConditions> {
        Box::new(Self(Vec::new()))
    }

    fn add_any_of(&mut self, sides: [Box<dyn ErasedConditions>; 2]) {
        let sides = sides.map(Self::take);
        // A side without a condition leaves every row.
        if sides.iter().all(|side| !side.is_empty()) {
            let sides = sides.into_iter().map(Predicate::all_of);
            self.0.push(Predicate::any_of(sides.collect()));
        }
    }

    fn add_none_of(&mut self, conditions: Box<dyn ErasedConditions>) {
        let conditions = Self::take(conditions);
        if !conditions.is_empty() {
            self.0.push(Predicate::all_of(conditions).negated());
        }
    }
}

/// Whether rows of any model would be narrowed.
struct Probe(bool);

impl Probe {
    fn is_asked(conditions: Box<dyn ErasedConditions>) -> bool {
        let conditions: Box<dyn Any> = conditions;
        conditions.downcast().is_ok_and(|probe: Box<Self>| probe.0)
    }
}

impl ErasedConditions for Probe {
    fn alike(&self) -> Box<dyn ErasedConditions> {
        Box::new(Self(false))
    }

    fn add_any_of(&mut self, sides: [Box<dyn ErasedConditions>; 2]) {
        self.0 |= sides.map(Self::is_asked).contains(&true);
    }

    fn add_none_of(&mut self, conditions: Box<dyn ErasedConditions>) {
        self.0 |= Self::is_asked(conditions);
    }
}

/// The rows of `query` that the permissions of the request leave.
///
/// # Errors
/// The database's.
pub fn visible<M: Model>(request: &Request, query: M::Query, conn: &mut Conn) -> Result<M::Query> {
    let conditions = conditions::<M>(request, conn)?;
    Ok(conditions.into_iter().fold(query, M::filter))
}

/// What all rows that the permissions of the request leave have in common.
pub(crate) fn conditions<M: Model>(
    request: &Request,
    conn: &mut Conn,
) -> Result<Vec<Predicate<M>>> {
    let mut conditions = Of::<M>(Vec::new());
    ask(request, &mut conditions, conn)?;
    Ok(conditions.0)
}

/// Whether the permissions of the request hide any rows that a client could name.
pub(crate) fn hides_rows(request: &Request, conn: &mut Conn) -> Result<bool> {
    let mut probe = Probe(false);
    ask(request, &mut probe, conn)?;
    Ok(probe.0)
}

fn ask(request: &Request, conditions: &mut dyn ErasedConditions, conn: &mut Conn) -> Result<()> {
    let mut rows = Rows(conditions);
    for permission in request.permissions() {
        permission.rows(request, &mut rows, conn)?;
    }
    Ok(())
}
