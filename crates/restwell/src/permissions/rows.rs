//! Which rows a request may see and name, as its permissions say; one rule for lists, objects, relations and filters.

use std::any::Any;

use crate::{
    db::Conn,
    exceptions::Result,
    models::{Model, Predicate},
    request::Request,
};

/// The rows of one model, for [`super::Permission::rows`] to narrow.
pub struct Rows<'a>(&'a mut dyn Conditions);

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
    ) -> Result<Box<dyn Conditions>> {
        let mut conditions = self.0.alike();
        narrow(&mut Rows(&mut *conditions))?;
        Ok(conditions)
    }
}

/// Conditions on the rows of a model whose type is erased, so that permissions can be trait objects.
trait Conditions: Any {
    /// No conditions yet, on the same model.
    fn alike(&self) -> Box<dyn Conditions>;
    fn add_any_of(&mut self, sides: [Box<dyn Conditions>; 2]);
    fn add_none_of(&mut self, conditions: Box<dyn Conditions>);
}

/// All of these hold.
struct Of<M: Model>(Vec<Predicate<M>>);

impl<M: Model> Of<M> {
    fn take(conditions: Box<dyn Conditions>) -> Vec<Predicate<M>> {
        let conditions: Box<dyn Any> = conditions;
        let conditions: Result<Box<Self>, _> = conditions.downcast();
        conditions.expect("`alike` keeps the model").0
    }
}

impl<M: Model> Conditions for Of<M> {
    fn alike(&self) -> Box<dyn Conditions> {
        Box::new(Self(Vec::new()))
    }

    fn add_any_of(&mut self, sides: [Box<dyn Conditions>; 2]) {
        let sides = sides.map(Self::take);
        // A side without a condition leaves every row.
        if sides.iter().all(|side| !side.is_empty()) {
            let sides = sides.into_iter().map(Predicate::all_of);
            self.0.push(Predicate::any_of(sides.collect()));
        }
    }

    fn add_none_of(&mut self, conditions: Box<dyn Conditions>) {
        let conditions = Self::take(conditions);
        if !conditions.is_empty() {
            self.0.push(Predicate::all_of(conditions).negated());
        }
    }
}

/// Whether rows of any model would be narrowed.
struct Probe(bool);

impl Probe {
    fn is_asked(conditions: Box<dyn Conditions>) -> bool {
        let conditions: Box<dyn Any> = conditions;
        conditions.downcast().is_ok_and(|probe: Box<Self>| probe.0)
    }
}

impl Conditions for Probe {
    fn alike(&self) -> Box<dyn Conditions> {
        Box::new(Self(false))
    }

    fn add_any_of(&mut self, sides: [Box<dyn Conditions>; 2]) {
        self.0 |= sides.map(Self::is_asked).contains(&true);
    }

    fn add_none_of(&mut self, conditions: Box<dyn Conditions>) {
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

fn ask(request: &Request, conditions: &mut dyn Conditions, conn: &mut Conn) -> Result<()> {
    let mut rows = Rows(conditions);
    for permission in request.permissions() {
        permission.rows(request, &mut rows, conn)?;
    }
    Ok(())
}
