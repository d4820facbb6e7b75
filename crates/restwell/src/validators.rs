//! Rules over several fields: what they may say, and what no constraint of the database can (contract §6.3 to §6.7).

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use diesel::{
    QueryResult, RunQueryDsl,
    pg::Pg,
    query_builder::{AstPass, QueryFragment},
    sql_types::Date,
};

use crate::{
    db::Conn,
    exceptions::{ApiException, ErrorDetail, Errors, NON_FIELD_ERRORS, Result},
    models::{Column, Model, Predicate},
};

mod functions {
    use diesel::sql_types::{BigInt, Text};

    diesel::define_sql_function! {
        /// A lock until the transaction ends; what it gives is never read.
        fn pg_advisory_xact_lock(key: BigInt) -> Bool;
    }
    diesel::define_sql_function! {
        /// A number for a text.
        fn hashtextextended(text: Text, seed: BigInt) -> BigInt;
    }
}

/// What a rule of a whole object says, in its place: a message or a list belongs to no field, and a map is by field.
pub fn as_serializer_error(exception: ApiException) -> ApiException {
    match exception.into_validation() {
        Ok(ErrorDetail::Map(fields)) => {
            let listed = fields
                .into_iter()
                .map(|(field, detail)| (field, detail.listed()));
            ApiException::validation(ErrorDetail::Map(listed.collect()))
        }
        Ok(detail) => ApiException::field(NON_FIELD_ERRORS, detail),
        Err(exception) => exception,
    }
}

/// Adds what one of several rules says to what others said.
///
/// # Errors
/// Errors by field end the questioning at once (contract §6.3), as does anything but a validation error.
pub fn collect(said: Result<()>, errors: &mut Errors) -> Result<()> {
    let Err(exception) = said else { return Ok(()) };
    match exception.into_validation()? {
        by_field @ ErrorDetail::Map(_) => {
            Err(as_serializer_error(ApiException::validation(by_field)))
        }
        detail => {
            errors.add(NON_FIELD_ERRORS, detail);
            Ok(())
        }
    }
}

/// The part of a date within which a value is unique.
#[derive(Clone, Copy, Debug)]
pub enum Period {
    /// One day.
    Date,
    /// A month of any year, as in Django.
    Month,
    /// One year.
    Year,
}

impl Period {
    /// What Postgres' `date_part` gives for it.
    pub fn of(self, date: NaiveDate) -> f64 {
        f64::from(match self {
            Self::Date => date.num_days_from_ce(),
            Self::Month => date.month() as i32,
            Self::Year => date.year(),
        })
    }

    /// Holds for the rows whose date lies in the same period.
    pub fn holds<M: Model, C: Column<M, Value: Dated> + QueryFragment<Pg> + Send + 'static>(
        self,
        column: C,
        date: NaiveDate,
    ) -> Predicate<M> {
        let is_time = C::Value::IS_TIME;
        Predicate::of(InPeriod {
            column,
            is_time,
            period: self,
            date,
        })
    }

    /// Holds other writers of the same period back until this transaction ends, so that what is looked up then holds.
    ///
    /// # Errors
    /// The database's.
    pub fn lock(self, rule: &str, date: NaiveDate, conn: &mut Conn) -> QueryResult<()> {
        let text = format!("{rule}.{}", self.of(date));
        let key = functions::hashtextextended(text, 0);
        diesel::select(functions::pg_advisory_xact_lock(key))
            .execute(conn)
            .map(drop)
    }
}

/// `column = date`, or a part of both; a time is the day that it is in UTC.
struct InPeriod<C> {
    column: C,
    is_time: bool,
    period: Period,
    date: NaiveDate,
}

impl<C: QueryFragment<Pg>> QueryFragment<Pg> for InPeriod<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let (start, end) = match self.period {
            Period::Date => ("", ""),
            Period::Month => ("date_part('month', ", ")"),
            Period::Year => ("date_part('year', ", ")"),
        };
        out.push_sql(start);
        out.push_sql("(");
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(if self.is_time {
            " AT TIME ZONE 'UTC')::date"
        } else {
            ")"
        });
        out.push_sql(end);
        out.push_sql(" = ");
        out.push_sql(start);
        out.push_bind_param::<Date, _>(&self.date)?;
        out.push_sql(if start.is_empty() { "" } else { "::date" });
        out.push_sql(end);
        Ok(())
    }
}

/// A date, or perhaps none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a date",
    label = "not a date",
    note = "a value is unique for a column of type `NaiveDate`, `DateTime<Utc>`, or an `Option` of one"
)]
pub trait Dated {
    /// The column holds times.
    const IS_TIME: bool = false;

    /// The date; of a time that in UTC.
    fn date(&self) -> Option<NaiveDate>;
}

impl Dated for NaiveDate {
    fn date(&self) -> Option<NaiveDate> {
        Some(*self)
    }
}

impl Dated for DateTime<Utc> {
    const IS_TIME: bool = true;

    fn date(&self) -> Option<NaiveDate> {
        Some(self.date_naive())
    }
}

impl Dated for Option<NaiveDate> {
    fn date(&self) -> Option<NaiveDate> {
        *self
    }
}

impl Dated for Option<DateTime<Utc>> {
    const IS_TIME: bool = true;

    fn date(&self) -> Option<NaiveDate> {
        self.map(|time| time.date_naive())
    }
}

/// The errors of fields that a rule needs and that were not sent, also by a `PATCH` (contract §6.7).
///
/// # Errors
/// 400 `required` for each of them.
pub fn require(fields: &[(&'static str, bool)]) -> Result<()> {
    let mut errors = Errors::default();
    for (name, _) in fields.iter().filter(|(_, is_sent)| !is_sent) {
        errors.add(*name, ErrorDetail::new("This is required.", "required"));
    }
    errors.into_result()
}
