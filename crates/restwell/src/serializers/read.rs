//! What validation reads a field's value with: each is there, left out, or an error of the field. Objects inside of what a
//! client sent are validated as objects of their own, in the scope of the whole.

use serde_json::Value;

use super::{
    BaseSerializer, Checks, FieldInfo, Many, Scope, run_list_validation, run_object_validation,
};
use crate::{
    db::Conn,
    exceptions::{ApiException, ErrorDetail, Errors, Result},
    fields::{Field, fail, null},
    input::{FormValue, Input, Sent},
    models::Model,
    relations::{Related, RelatedField, Rows},
};

/// The value of one field, if it was sent and holds; its errors otherwise.
pub fn read<F: Field>(
    input: &Input<'_>,
    field: &FieldInfo,
    scope: &Scope<'_>,
    errors: &mut Errors,
) -> Option<F::Value> {
    let value = match present(input, field, F::FORM, scope, errors)? {
        Sent::Value(value) if value.is_null() && !F::KIND.nullable => null(),
        Sent::Value(value) => F::to_internal_value(&value, &field.options),
        Sent::File(file) => F::from_file(file, &field.options, scope),
        Sent::Malformed | Sent::Object(_) | Sent::Objects(_) => {
            fail("This is not JSON.", "invalid")
        }
    };
    kept(value, field.name, errors)
}

/// The key of one related row, if it was sent and exists; the field's errors otherwise.
///
/// # Errors
/// The database's.
pub fn read_related<R: RelatedField>(
    input: &Input<'_>,
    field: &FieldInfo,
    rows: Rows<R::Target>,
    scope: &Scope<'_>,
    errors: &mut Errors,
    conn: &mut Conn,
) -> Result<Option<<R::Target as Model>::Key>> {
    let Some(sent) = present(input, field, FormValue::Text, scope, errors) else {
        return Ok(None);
    };
    Ok(kept(
        R::to_key(&sent.into_value(), rows, scope, conn)?,
        field.name,
        errors,
    ))
}

/// As [`read_related`], for a relation that may be null: `Some(None)` clears it.
///
/// # Errors
/// The database's.
pub fn read_nullable_related<R: RelatedField>(
    input: &Input<'_>,
    field: &FieldInfo,
    rows: Rows<R::Target>,
    scope: &Scope<'_>,
    errors: &mut Errors,
    conn: &mut Conn,
) -> Result<Option<Option<<R::Target as Model>::Key>>> {
    let sent = input.get(field, FormValue::Text, scope.partial);
    let is_null = |value: &Value| value.is_null() || value.as_str() == Some("");
    match sent.map(Sent::into_value) {
        Some(value) if is_null(&value) => Ok(Some(None)),
        _ => Ok(read_related::<R>(input, field, rows, scope, errors, conn)?.map(Some)),
    }
}

/// The keys of all related rows, each once, if they were sent and exist; the field's errors otherwise.
///
/// # Errors
/// The database's.
pub fn read_many_related<R: RelatedField>(
    input: &Input<'_>,
    field: &FieldInfo,
    rows: Rows<R::Target>,
    scope: &Scope<'_>,
    errors: &mut Errors,
    conn: &mut Conn,
) -> Result<Option<Vec<<R::Target as Model>::Key>>> {
    let Some(sent) = present(input, field, FormValue::Selection, scope, errors) else {
        return Ok(None);
    };
    let value = sent.into_value();
    let is_empty = match value.as_ref() {
        Value::Array(items) => items.is_empty(),
        Value::Object(items) => items.is_empty(),
        _ => false,
    };
    let keys: Related<Vec<_>> = match value.as_ref() {
        _ if is_empty && !field.options.allow_empty => Ok(fail("This may not be empty.", "empty")),
        Value::Null => Ok(null()),
        Value::Array(items) => R::to_keys(items, rows, scope, conn),
        // DRF iterates what it is given: the keys of an object (contract §8.2).
        Value::Object(items) => {
            let items: Vec<_> = items.keys().cloned().map(Value::String).collect();
            R::to_keys(&items, rows, scope, conn)
        }
        _ => Ok(fail("This must be a list.", "not_a_list")),
    };
    Ok(kept(keys?, field.name, errors).map(|mut keys| {
        keys.sort_unstable();
        keys.dedup();
        keys
    }))
}

/// The slugs of the related rows of a new row, each once, if they may be left to the statement that stores them.
pub fn deferred_slugs(
    input: &Input<'_>,
    field: &FieldInfo,
    scope: &Scope<'_>,
    is_new: bool,
) -> Option<Vec<String>> {
    let Input::Json(object) = input else {
        return None;
    };
    let items = object.get(field.name)?.as_array()?;
    if !is_new || scope.checks == Checks::Immediate || items.is_empty() {
        return None;
    }
    let slug = |item: &Value| {
        let slug = item.as_str().filter(|slug| !slug.contains('\0'))?;
        Some(slug.to_owned())
    };
    let mut slugs = items.iter().map(slug).collect::<Option<Vec<_>>>()?;
    slugs.sort_unstable();
    slugs.dedup();
    Some(slugs)
}

/// Whether a field takes its default: only what is left out does, and not on `PATCH` (contract §5.1.2, §5.1.3).
pub fn takes_default(
    input: &Input<'_>,
    field: &FieldInfo,
    form: FormValue,
    scope: &Scope<'_>,
) -> bool {
    // An empty box of a form is left out, whatever else it stands for (contract §5.2).
    let form = match form {
        FormValue::Boolean => FormValue::Text,
        form => form,
    };
    !scope.partial && input.get(field, form, false).is_none()
}

pub(super) fn present<'a>(
    input: &Input<'a>,
    field: &FieldInfo,
    form: FormValue,
    scope: &Scope<'_>,
    errors: &mut Errors,
) -> Option<Sent<'a>> {
    let sent = input.get(field, form, scope.partial);
    if sent.is_none() && field.required && !scope.partial {
        errors.add(
            field.name,
            ErrorDetail::new("This is required.", "required"),
        );
    }
    sent
}

pub(super) fn kept<T>(
    value: Result<T, ErrorDetail>,
    name: &'static str,
    errors: &mut Errors,
) -> Option<T> {
    value.map_err(|detail| errors.add(name, detail)).ok()
}

/// The value of a required field after validation, which fails without one.
///
/// # Errors
/// 500 if a field's own code left it out.
pub fn certain<T>(value: Option<T>, field: &str) -> Result<T> {
    value.ok_or_else(|| ApiException::internal(format!("`{field}` was validated to nothing")))
}

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
