//! Lists of objects: bodies with many rows to create, and nested lists (contract §6.2).

use actix_web::http::Method;

use super::{BaseSerializer, Scope, attempt, non_field, run_object_validation};
use crate::{
    db::Conn,
    exceptions::{ApiException, ErrorDetail, Result},
    fields::FieldOptions,
    input::Sent,
    permissions::hides_rows,
    request::Request,
};

/// A list of objects where one object could stand: DRF's `many=True`, with its limits.
#[derive(Clone, Copy, Debug)]
pub struct Many {
    /// The list may have no items.
    pub allow_empty: bool,
    /// The fewest items.
    pub min_length: Option<usize>,
    /// The most items.
    pub max_length: Option<usize>,
    /// Errors are keyed by position, or stand in a list; `None` as the setting `list_errors_as_dict` says.
    pub errors_as_dict: Option<bool>,
}

impl Many {
    /// Any number of items.
    pub const ANY: Self = Self {
        allow_empty: true,
        min_length: None,
        max_length: None,
        errors_as_dict: None,
    };

    /// The limits of a nested list.
    pub(super) fn of(options: &FieldOptions) -> Self {
        Self {
            allow_empty: options.allow_empty,
            min_length: options.min_length,
            max_length: options.max_length,
            errors_as_dict: None,
        }
    }

    /// The form of the errors.
    pub(crate) fn errors_as_dict(self, request: &Request) -> bool {
        self.errors_as_dict
            .unwrap_or(request.settings.list_errors_as_dict)
    }

    /// The number of items is judged before any item.
    fn check(self, length: usize) -> Result<()> {
        if length == 0 && !self.allow_empty {
            return Err(non_field("This list may not be empty.", "empty"));
        }
        if let Some(limit) = self.max_length.filter(|limit| length > *limit) {
            let message = format!("This may have at most {limit} items.");
            return Err(non_field(message, "max_length"));
        }
        if let Some(limit) = self.min_length.filter(|limit| length < *limit) {
            let message = format!("This must have at least {limit} items.");
            return Err(non_field(message, "min_length"));
        }
        Ok(())
    }
}

/// The validated body of a request that holds a list of objects; `defers` if what follows only stores them.
///
/// # Errors
/// 400 with every error of every item.
pub fn validated_list<S: BaseSerializer>(
    request: &Request,
    limits: Many,
    defers: bool,
    conn: &mut Conn,
) -> Result<Vec<S::Data>> {
    let sent = Sent::list_of(request)?;
    if sent.is_null() {
        return Err(non_field("Null is not a list.", "null"));
    }
    let defers = defers && S::DEFERS && !hides_rows(request, conn)?;
    let partial = request.method == Method::PATCH;
    attempt(request, partial, defers, |scope| {
        run_list_validation::<S>(&sent, limits, scope, conn)
    })
}

/// Reads and judges every item of a list; null is no item.
///
/// # Errors
/// 400 with every error of every item.
pub fn run_list_validation<S: BaseSerializer>(
    sent: &Sent<'_>,
    limits: Many,
    scope: &Scope<'_>,
    conn: &mut Conn,
) -> Result<Vec<S::Data>> {
    let Some(items) = sent.items() else {
        return Err(non_field("This must be a list.", "not_a_list"));
    };
    limits.check(items.len())?;
    let mut data = Vec::with_capacity(items.len());
    let mut errors = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let result = if item.is_null() {
            let detail = ErrorDetail::new("This may not be null.", "null");
            Err(ApiException::validation(detail))
        } else {
            run_object_validation::<S>(item, None, scope, conn)
        };
        match result {
            Ok(item) => data.push(item),
            Err(exception) => errors.push((index, exception.into_validation()?)),
        }
    }
    if errors.is_empty() {
        return Ok(data);
    }
    let as_dict = limits.errors_as_dict(scope.request);
    Err(ApiException::validation(by_index(
        errors,
        items.len(),
        as_dict,
    )))
}

/// The errors of some items of a list, by position or as a list.
pub(crate) fn by_index(
    errors: Vec<(usize, ErrorDetail)>,
    length: usize,
    as_dict: bool,
) -> ErrorDetail {
    if as_dict {
        let errors = errors.into_iter();
        return ErrorDetail::Map(
            errors
                .map(|(index, detail)| (index.to_string().into(), detail))
                .collect(),
        );
    }
    let mut items = vec![ErrorDetail::Map(Vec::new()); length];
    for (index, detail) in errors {
        items[index] = detail;
    }
    ErrorDetail::List(items)
}
