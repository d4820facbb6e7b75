//! Rules of the catalogue that no column type says.

use chrono::{NaiveDate, Utc};
use restwell::{exceptions::NON_FIELD_ERRORS, prelude::*};

use crate::catalog::{models::Author, serializers::AuthorData};

/// An ISBN-13: 13 digits, the last of which checks the others (ISO 2108).
///
/// # Errors
/// `invalid_isbn`.
pub fn isbn13(isbn: &str) -> Result<(), ErrorDetail> {
    let digits: Vec<u32> = isbn
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .collect();
    let sum: u32 = digits
        .iter()
        .zip([1, 3].iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    if isbn.len() == 13 && digits.len() == 13 && sum.is_multiple_of(10) {
        return Ok(());
    }
    Err(ErrorDetail::new("This is not an ISBN-13.", "invalid_isbn"))
}

/// No book is published later than today (UTC).
///
/// # Errors
/// `in_future`.
pub fn not_in_future(date: &Option<NaiveDate>) -> Result<(), ErrorDetail> {
    if date.is_some_and(|date| date > Utc::now().date_naive()) {
        return Err(ErrorDetail::new("This date is in the future.", "in_future"));
    }
    Ok(())
}

/// Nobody dies before they are born; what was not sent stands as it is stored.
///
/// # Errors
/// `dates_reversed`.
pub fn life(
    data: &mut AuthorData,
    author: Option<&Author>,
    _: &Scope<'_>,
    _: &mut Conn,
) -> Result<()> {
    let born_on = data
        .born_on
        .unwrap_or_else(|| author.and_then(|author| author.born_on));
    let died_on = data
        .died_on
        .unwrap_or_else(|| author.and_then(|author| author.died_on));
    match (born_on, died_on) {
        (Some(born_on), Some(died_on)) if died_on < born_on => {
            let detail = ErrorDetail::new(
                "The date of death is before the date of birth.",
                "dates_reversed",
            );
            Err(ApiException::field(NON_FIELD_ERRORS, detail))
        }
        _ => Ok(()),
    }
}
