//! Objects inside of what a client sent: validated as objects of their own, in the scope of the whole.

use super::{
    BaseSerializer, FieldInfo, Many, Scope, kept, present, run_list_validation,
    run_object_validation,
};
use crate::{
    db::Conn,
    exceptions::{Errors, Result},
    fields::null,
    input::{FormValue, Input, Sent},
};

/// How a nested value is judged: [`nested_object`] or [`nested_list`].
type Validation<T> = fn(&Sent<'_>, &FieldInfo, &Scope<'_>, &mut Conn) -> Result<T>;

/// One nested object.
///
/// # Errors
/// 400 with every error.
pub fn nested_object<S: BaseSerializer>(
    sent: &Sent<'_>,
    _field: &FieldInfo,
    scope: &Scope<'_>,
    conn: &mut Conn,
) -> Result<S::Data> {
    run_object_validation::<S>(sent, None, scope, conn)
}

/// A list of nested objects.
///
/// # Errors
/// 400 with every error of every item.
pub fn nested_list<S: BaseSerializer>(
    sent: &Sent<'_>,
    field: &FieldInfo,
    scope: &Scope<'_>,
    conn: &mut Conn,
) -> Result<Vec<S::Data>> {
    run_list_validation::<S>(sent, Many::of(&field.options), scope, conn)
}

/// A nested value, if it was sent and holds; its errors stand below the field otherwise.
///
/// # Errors
/// The database's.
pub fn read_nested<T>(
    input: &Input<'_>,
    field: &FieldInfo,
    form: FormValue,
    scope: &Scope<'_>,
    errors: &mut Errors,
    conn: &mut Conn,
    validation: Validation<T>,
) -> Result<Option<T>> {
    let value = match present(input, field, form, scope, errors) {
        None => return Ok(None),
        Some(sent) if sent.is_null() => null(),
        Some(sent) => match validation(&sent, field, scope, conn) {
            Ok(data) => Ok(data),
            Err(exception) => Err(exception.into_validation()?),
        },
    };
    Ok(kept(value, field.name, errors))
}

/// As [`read_nested`], for a value that may be null: `Some(None)`.
///
/// # Errors
/// The database's.
pub fn read_nullable_nested<T>(
    input: &Input<'_>,
    field: &FieldInfo,
    form: FormValue,
    scope: &Scope<'_>,
    errors: &mut Errors,
    conn: &mut Conn,
    validation: Validation<T>,
) -> Result<Option<Option<T>>> {
    match input.get(field, form, scope.partial) {
        Some(sent) if sent.is_null() => Ok(Some(None)),
        _ => Ok(read_nested(input, field, form, scope, errors, conn, validation)?.map(Some)),
    }
}
