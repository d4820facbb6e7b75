//! The permissions that Django keeps in its tables: adding, changing, deleting and viewing the rows of a model.

use std::any::Any;

use actix_web::http::Method;

use super::Permission;
use crate::{
    db::Conn,
    exceptions::{ApiException, Result},
    models::Meta,
    request::Request,
    routers::route_of,
};

/// What a verb does with rows: `add`, `change`, `delete`, `view`. `None` for a verb that is none of DRF's: 405.
pub type PermsMap = fn(&Method) -> Option<&'static [&'static str]>;

/// Reading needs nothing but to be signed in; every other verb needs the model's permission (contract §12.5).
pub struct DjangoModelPermissions;

/// Everybody reads; every other verb needs the model's permission.
pub struct DjangoModelPermissionsOrAnonReadOnly;

/// The model's permission, and the same permission for the object, which a backend knows of (contract §12.6).
pub struct DjangoObjectPermissions<B> {
    /// Who has which permission for an object.
    pub backend: B,
    /// What each verb needs; with `view` for `GET`, users cannot tell what they may not see from what is not there.
    pub perms_map: PermsMap,
}

/// Knows who has which permission for one object; Django's own tables do not.
pub trait ObjectBackend: Send + Sync {
    /// Called by detail actions: whether the user has the permission, e.g. `catalog.change_book`, for this row.
    ///
    /// # Errors
    /// When it cannot be told.
    fn has_perm(
        &self,
        request: &Request,
        name: &str,
        object: &dyn Any,
        conn: &mut Conn,
    ) -> Result<bool>;
}

/// DRF's `perms_map`: reading needs nothing.
pub(super) fn perms_map(method: &Method) -> Option<&'static [&'static str]> {
    Some(match *method {
        Method::GET | Method::HEAD | Method::OPTIONS => &[],
        Method::POST => &["add"],
        Method::PUT | Method::PATCH => &["change"],
        Method::DELETE => &["delete"],
        _ => return None,
    })
}

/// The names of the permissions that a request needs.
///
/// # Errors
/// 405 for a verb that the map does not have; 500 if the view has no model.
fn required(request: &Request, perms_map: PermsMap) -> Result<Vec<String>> {
    let actions = perms_map(&request.method);
    let actions =
        actions.ok_or_else(|| ApiException::method_not_allowed(request.method.as_str()))?;
    if actions.is_empty() {
        return Ok(Vec::new());
    }
    let view = &route_of(request).view;
    let name = view.name();
    match view.model() {
        Some(Meta { app_label: "", .. }) => Err(ApiException::internal(format!(
            "the table of `{name}` names no app: give its model an `app_label`"
        ))),
        Some(Meta {
            app_label,
            model_name,
            ..
        }) => Ok(actions
            .iter()
            .map(|action| format!("{app_label}.{action}_{model_name}"))
            .collect()),
        None => Err(ApiException::internal(format!(
            "`{name}` has no model whose permissions could be asked for: give it permissions of its own"
        ))),
    }
}

fn has_all(request: &Request, perms_map: PermsMap, conn: &mut Conn) -> Result<bool> {
    for name in required(request, perms_map)? {
        if !request.has_perm(&name, conn)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The API root shows no rows.
fn is_root(request: &Request) -> bool {
    route_of(request).view.is_api_root()
}

impl Permission for DjangoModelPermissions {
    fn has_permission(&self, request: &Request, conn: &mut Conn) -> Result<bool> {
        Ok(is_root(request) || (request.is_authenticated() && has_all(request, perms_map, conn)?))
    }
}

impl Permission for DjangoModelPermissionsOrAnonReadOnly {
    fn has_permission(&self, request: &Request, conn: &mut Conn) -> Result<bool> {
        Ok(is_root(request) || has_all(request, perms_map, conn)?)
    }
}

impl<B: ObjectBackend> DjangoObjectPermissions<B> {
    /// With DRF's `perms_map`.
    pub const fn new(backend: B) -> Self {
        Self { backend, perms_map }
    }

    fn has_all(
        &self,
        names: &[String],
        request: &Request,
        object: &dyn Any,
        conn: &mut Conn,
    ) -> Result<bool> {
        for name in names {
            if !self.backend.has_perm(request, name, object, conn)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl<B: ObjectBackend> Permission for DjangoObjectPermissions<B> {
    fn has_permission(&self, request: &Request, conn: &mut Conn) -> Result<bool> {
        Ok(is_root(request)
            || (request.is_authenticated() && has_all(request, self.perms_map, conn)?))
    }

    fn has_object_permission(
        &self,
        request: &Request,
        object: &dyn Any,
        conn: &mut Conn,
    ) -> Result<bool> {
        let needed = required(request, self.perms_map)?;
        if self.has_all(&needed, request, object, conn)? {
            return Ok(true);
        }
        // Who may not even read the object is not told that it is there.
        if request.is_safe() {
            return Err(ApiException::not_found());
        }
        let to_read = (self.perms_map)(&Method::GET).unwrap_or_default();
        let meta = route_of(request).view.model();
        let to_read: Vec<_> = to_read
            .iter()
            .filter_map(|action| {
                let Meta {
                    app_label,
                    model_name,
                    ..
                } = meta?;
                Some(format!("{app_label}.{action}_{model_name}"))
            })
            .collect();
        match self.has_all(&to_read, request, object, conn)? {
            true => Ok(false),
            false => Err(ApiException::not_found()),
        }
    }
}
