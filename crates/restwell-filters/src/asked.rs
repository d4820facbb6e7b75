//! What one request asks of a filterset, while it is read: conditions, and everything that is wrong.

use bigdecimal::ToPrimitive;
use chrono::{NaiveDate, Utc};
use diesel::{Connection, RunQueryDsl, sql_types::Text};
use restwell::{
    db::Conn,
    exceptions::{ApiException, ErrorDetail, Errors, Result},
    fields::fail,
    filters::{Conditions, ordering_terms},
    models::{
        Model, Predicate,
        lookups::{Bound, Lookup},
    },
    request::{QueryParams, Request},
};

use crate::{
    FilterField, ModelChoice, Pair, boolean, number, period,
    values::{invalid_choice, no_null_characters, read_bound},
};

/// A parameter that a filterset declares.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    name: &'static str,
    exclude: bool,
    required: bool,
    counts_spaces: bool,
}

impl Parameter {
    /// The parameter of this name.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            exclude: false,
            required: false,
            counts_spaces: false,
        }
    }

    /// White space alone is a value too, and a wrong one: not so for texts, which lose it.
    #[must_use]
    pub const fn counts_spaces(self) -> Self {
        Self {
            counts_spaces: true,
            ..self
        }
    }

    /// Leaves the rows out that it matches.
    #[must_use]
    pub const fn exclude(self) -> Self {
        Self {
            exclude: true,
            ..self
        }
    }

    /// Must be sent.
    #[must_use]
    pub const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }
}

/// The parameters of one request, and what a filterset has made of them so far.
pub struct Asked<'a, M: Model> {
    /// The request whose parameters are read.
    pub request: &'a Request,
    params: &'a QueryParams,
    conn: &'a mut Conn,
    errors: Errors,
    found: Conditions<M>,
}

impl<'a, M: Model> Asked<'a, M> {
    /// The parameters of this request.
    pub fn new(request: &'a Request, conn: &'a mut Conn) -> Self {
        Self {
            request,
            params: &request.query,
            conn,
            errors: Errors::default(),
            found: Conditions::default(),
        }
    }

    /// What was asked for.
    ///
    /// # Errors
    /// 400 by parameter, all of them at once.
    pub fn into_conditions(self) -> Result<Conditions<M>> {
        self.errors.into_result()?;
        Ok(self.found)
    }

    /// The trimmed text of a parameter, if it was sent and is not empty.
    pub fn text(&mut self, parameter: Parameter) -> Option<&'a str> {
        let text = match parameter.counts_spaces {
            true => self.untrimmed(parameter.name).map(str::trim),
            false => self.value_of(parameter.name),
        };
        if text.is_none() {
            self.missing(parameter);
        }
        text
    }

    fn missing(&mut self, parameter: Parameter) {
        if parameter.required {
            self.error(
                parameter,
                ErrorDetail::new("This parameter is required.", "required"),
            );
        }
    }

    fn value_of(&self, name: &str) -> Option<&'a str> {
        let text = self.params.get(name).map(str::trim);
        text.filter(|text| !text.is_empty())
    }

    fn untrimmed(&self, name: &str) -> Option<&'a str> {
        self.params.get(name).filter(|text| !text.is_empty())
    }

    /// Tells what is wrong with a parameter.
    pub fn error(&mut self, parameter: Parameter, detail: ErrorDetail) {
        self.errors.add(parameter.name, detail);
    }

    /// Adds a condition on rows.
    pub fn condition(
        &mut self,
        parameter: Parameter,
        condition: impl Fn() -> Predicate<M> + 'static,
    ) {
        self.query(move |rows| {
            let condition = condition();
            M::filter(
                rows,
                if parameter.exclude {
                    condition.negated()
                } else {
                    condition
                },
            )
        });
    }

    /// Adds a condition as a change of the query.
    pub fn query(&mut self, condition: impl Fn(M::Query) -> M::Query + 'static) {
        self.found.conditions.push(Box::new(condition));
    }

    /// Adds the condition of a value; one that no row can have leaves none.
    fn found<V: Clone + 'static>(
        &mut self,
        parameter: Parameter,
        value: Result<Option<V>, ErrorDetail>,
        condition: impl Fn(V) -> Predicate<M> + 'static,
    ) {
        match value {
            Ok(Some(value)) => self.condition(parameter, move || condition(value.clone())),
            Ok(None) => self.condition(parameter, || Predicate::any_of(Vec::new())),
            Err(detail) => self.error(parameter, detail),
        }
    }

    /// A parameter that is read as a value; `None` stands for one that no row can have.
    pub fn value<V: Clone + 'static>(
        &mut self,
        parameter: Parameter,
        read: impl FnOnce(&str) -> Result<Option<V>, ErrorDetail>,
        condition: impl Fn(V) -> Predicate<M> + 'static,
    ) {
        if let Some(text) = self.text(parameter) {
            self.found(parameter, read(text), condition);
        }
    }

    /// A parameter that is compared with a value, as the lookup says.
    pub fn bound<F: FilterField>(
        &mut self,
        parameter: Parameter,
        lookup: Lookup,
        condition: impl Fn(Lookup, Bound<F::Value>) -> Predicate<M> + 'static,
    ) {
        // What every row is within leaves, excluded, the rows without a value.
        let read = |text: &str| read_bound::<F>(text, lookup, parameter.exclude);
        self.value(parameter, read, move |(lookup, bound)| {
            condition(lookup, bound)
        });
    }

    /// The value of a parameter; `None` also for one that no row can have.
    pub fn parsed<V>(
        &mut self,
        parameter: Parameter,
        read: impl FnOnce(&str) -> Result<Option<V>, ErrorDetail>,
    ) -> Option<V> {
        let value = self.text(parameter).map(read)?;
        value
            .map_err(|detail| self.error(parameter, detail))
            .ok()
            .flatten()
    }

    /// A parameter that is a regular expression, which the database judges.
    ///
    /// # Errors
    /// The database's, when it fails.
    pub fn pattern(
        &mut self,
        parameter: Parameter,
        condition: impl Fn(String) -> Predicate<M> + 'static,
    ) -> Result<()> {
        let Some(text) = self.text(parameter) else {
            return Ok(());
        };
        let read = match String::parse(text, Lookup::Exact) {
            Ok(Some(pattern)) => check_pattern(&pattern, self.conn)?.map(|()| Some(pattern)),
            read => read,
        };
        self.found(parameter, read, condition);
        Ok(())
    }

    /// Whether a parameter is true or false; any other text is neither, white space counts (contract §10.3).
    pub fn truth(&mut self, parameter: Parameter) -> Option<bool> {
        let sent = self.text(parameter).and(self.params.get(parameter.name));
        sent.and_then(boolean)
    }

    /// A parameter that is true or false; any other text asks for nothing (contract §10.3).
    pub fn flag(
        &mut self,
        parameter: Parameter,
        condition: impl Fn(bool) -> Predicate<M> + 'static,
    ) {
        if let Some(wanted) = self.truth(parameter) {
            self.condition(parameter, move || condition(wanted));
        }
    }

    /// A parameter that may be repeated: each of its values, of which one is enough.
    pub fn values<V: Clone + 'static>(
        &mut self,
        parameter: Parameter,
        read: impl Fn(&str) -> Result<Option<V>, ErrorDetail>,
        condition: impl Fn(Vec<V>) -> Predicate<M> + 'static,
    ) {
        if !self.params.contains(parameter.name) {
            return self.missing(parameter);
        }
        let values: Result<Vec<_>, _> = self.params.get_all(parameter.name).map(read).collect();
        let values = values.map(|values| Some(values.into_iter().flatten().collect()));
        self.found(parameter, values, condition);
    }

    /// A year, as its first and its last value.
    pub fn year<F: FilterField>(
        &mut self,
        parameter: Parameter,
        condition: impl Fn(Pair<F>) -> Predicate<M> + 'static,
    ) {
        let read = |text: &str| {
            let year = number(text)?.to_i32();
            let days = year.and_then(|year| {
                NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31))
            });
            Ok(days.and_then(|(first, last)| F::days(first, last)))
        };
        self.value(parameter, read, condition);
    }

    /// A period that is named from today.
    pub fn period<F: FilterField>(
        &mut self,
        parameter: Parameter,
        condition: impl Fn(Pair<F>) -> Predicate<M> + 'static,
    ) {
        let read = |text: &str| match period(text, Utc::now().date_naive()) {
            Some((first, last)) => Ok(F::days(first, last)),
            None => invalid_choice(text),
        };
        self.value(parameter, read, condition);
    }

    /// Two parameters, `ends`, for the first and the last value; errors are keyed by what they have in common.
    pub fn range<F: FilterField>(
        &mut self,
        parameter: Parameter,
        ends: [&'static str; 2],
        condition: impl Fn(Lookup, Bound<F::Value>) -> Predicate<M> + 'static,
    ) {
        let limits = ends.map(|name| self.value_of(name));
        // A range of two ends is one condition, which rows without a value never meet.
        let is_closed = parameter.exclude || limits.iter().all(Option::is_some);
        let limits = limits.into_iter().zip([Lookup::Gte, Lookup::Lte]);
        let bounds: Result<Vec<_>, ErrorDetail> = limits
            .filter_map(|(text, lookup)| Some((text?, lookup)))
            .map(|(text, lookup)| read_bound::<F>(text, lookup, is_closed))
            .collect();
        if bounds.as_ref().is_ok_and(Vec::is_empty) {
            return self.missing(parameter);
        }
        // One end that no row can reach is enough.
        let bounds = bounds.map(|bounds| bounds.into_iter().collect::<Option<Vec<_>>>());
        self.found(parameter, bounds, move |bounds| {
            let bounds = bounds.into_iter();
            let conditions = bounds.map(|(lookup, bound)| condition(lookup, bound));
            Predicate::all_of(conditions.collect())
        });
    }

    /// One row of another model, by name; `null` is one if there is a condition for it.
    ///
    /// # Errors
    /// The database's.
    pub fn choice<N: ModelChoice>(
        &mut self,
        parameter: Parameter,
        null: Option<fn() -> Predicate<M>>,
        condition: impl Fn(Keys<N>) -> Predicate<M> + 'static,
    ) -> Result<()> {
        match (self.untrimmed(parameter.name), null) {
            (Some("null"), Some(null)) => self.condition(parameter, null),
            (Some(text), _) => match no_null_characters(text) {
                Ok(()) => {
                    let keys = N::keys(&[text], self.request, self.conn)?.map(Some);
                    self.found(parameter, keys, condition);
                }
                Err(detail) => self.error(parameter, detail),
            },
            (None, _) => self.missing(parameter),
        }
        Ok(())
    }

    /// Rows of another model, in a comma list.
    ///
    /// # Errors
    /// The database's.
    pub fn choices_in<N: ModelChoice>(
        &mut self,
        parameter: Parameter,
        condition: impl Fn(Keys<N>) -> Predicate<M> + 'static,
    ) -> Result<()> {
        let Some(text) = self.untrimmed(parameter.name) else {
            self.missing(parameter);
            return Ok(());
        };
        match no_null_characters(text) {
            Ok(()) => {
                let items = text.split(',').filter(|item| !item.is_empty());
                let keys = N::keys(&items.collect::<Vec<_>>(), self.request, self.conn)?.map(Some);
                self.found(parameter, keys, condition);
            }
            Err(detail) => self.error(parameter, detail),
        }
        Ok(())
    }

    /// Rows of another model, by a parameter that may be repeated; one of them is enough.
    ///
    /// # Errors
    /// The database's.
    pub fn choices<N: ModelChoice>(
        &mut self,
        parameter: Parameter,
        condition: impl Fn(Keys<N>) -> Predicate<M> + 'static,
    ) -> Result<()> {
        if let Some(keys) = self.chosen::<N>(parameter)? {
            self.found(parameter, keys.map(Some), condition);
        }
        Ok(())
    }

    /// Rows of another model, by a parameter that may be repeated; each of them is needed.
    ///
    /// # Errors
    /// The database's.
    pub fn choices_all<N: ModelChoice>(
        &mut self,
        parameter: Parameter,
        condition: impl Fn(Keys<N>) -> Predicate<M> + Copy + 'static,
    ) -> Result<()> {
        match self.chosen::<N>(parameter)? {
            Some(Ok(keys)) => {
                for key in keys {
                    self.found(parameter, Ok(Some(vec![key])), condition);
                }
            }
            Some(Err(detail)) => self.error(parameter, detail),
            None => {}
        }
        Ok(())
    }

    fn chosen<N: ModelChoice>(
        &mut self,
        parameter: Parameter,
    ) -> Result<Option<Result<Keys<N>, ErrorDetail>>> {
        let texts: Vec<&str> = self.params.get_all(parameter.name).collect();
        if texts.is_empty() {
            self.missing(parameter);
            return Ok(None);
        }
        if let Err(detail) = texts.iter().try_for_each(|text| no_null_characters(text)) {
            return Ok(Some(Err(detail)));
        }
        if let Some(text) = texts.iter().find(|text| !N::is_name(text)) {
            let message = format!("“{text}” cannot be a primary key.");
            return Ok(Some(fail(message, "invalid_pk_value")));
        }
        N::keys(&texts, self.request, self.conn).map(Some)
    }

    /// The lookup that a second parameter names for the first, if the first was sent.
    pub fn lookup(
        &mut self,
        parameter: Parameter,
        lookup: &str,
        known: &[&str],
    ) -> Option<&'a str> {
        self.text(parameter)?;
        let detail = match self.value_of(lookup) {
            Some(name) if known.contains(&name) => return Some(name),
            Some(name) => invalid_choice::<()>(name),
            None => fail("Say how to compare, too.", "lookup_required"),
        };
        if let Err(detail) = detail {
            self.error(parameter, detail);
        }
        None
    }

    /// Names to order by, in a comma list; [`restwell::filters::FilterSet::order_by`] knows them behind the parameter's name.
    pub fn ordering(&mut self, parameter: Parameter, names: &[&str]) {
        let Some(text) = self.text(parameter) else {
            return;
        };
        for (name, descending) in ordering_terms(text)
            .into_iter()
            .filter(|term| *term != ("", false))
        {
            if !names.contains(&name) {
                let unknown = invalid_choice::<()>(name);
                return unknown
                    .err()
                    .into_iter()
                    .for_each(|detail| self.error(parameter, detail));
            }
            self.found
                .ordering
                .push((format!("{}={name}", parameter.name), descending));
        }
    }
}

/// What is wrong with a regular expression, if anything is; a transaction around it goes on.
fn check_pattern(pattern: &str, conn: &mut Conn) -> Result<Result<(), ErrorDetail>> {
    let asked = conn.transaction(|conn| {
        let query = diesel::sql_query("SELECT '' ~ $1");
        query.bind::<Text, _>(pattern).execute(conn)
    });
    match asked {
        Ok(_) => Ok(Ok(())),
        Err(error) => ApiException::from_database(error, |_| None)
            .into_validation()
            .map(Err),
    }
}

/// The keys of the rows that a choice names.
type Keys<N> = Vec<<<N as ModelChoice>::Target as Model>::Key>;
