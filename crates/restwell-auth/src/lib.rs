//! Accounts on Django's own tables: Django's `django.contrib.auth`.
//!
//! [`User`] and [`Group`] are models like any other: serializers, filtersets and viewsets can be written for them, and
//! relations can lead to them. The permissions of all models are rows too; [`create_permissions`] writes them.
//! [`authentication`], [`authtoken`], [`api_keys`] and [`jwt`] recognise users by what clients send.
//!
//! The guides are `docs/accounts.md` and `docs/authentication.md`.
#![warn(missing_docs)]

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use restwell::{
    authentication::{AbstractUser, Permissions},
    db::Conn,
    exceptions::Result,
    prelude::Model,
};

pub mod api_keys;
pub mod authentication;
pub mod authtoken;
mod backends;
pub mod jwt;
mod login;
mod management;
mod pages;
mod redirects;
pub mod schema;
mod users;
mod views;

pub use backends::authenticate;
pub use login::{get_user, login, logout};
pub use management::create_permissions;
pub use redirects::is_safe_redirect;
use schema::{
    auth_group, auth_group_permissions, auth_permission, auth_user, auth_user_groups,
    auth_user_user_permissions, django_content_type,
};
pub use users::{create_superuser, delete_user, get_by_username, has_superuser, set_password};
pub use views::{login_view, logout_view};

/// Someone who may sign in.
#[derive(Clone, Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = auth_user)]
#[model(
    many_to_many(groups: Group, through = auth_user_groups(user_id, group_id)),
    slug = username,
    ordering(id)
)]
pub struct User {
    /// The primary key.
    pub id: i32,
    /// The password's hash, in Django's format.
    pub password: String,
    /// When the user signed in last.
    pub last_login: Option<DateTime<Utc>>,
    /// Has every permission.
    pub is_superuser: bool,
    /// The name to sign in with.
    pub username: String,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// May be empty.
    pub email: String,
    /// Belongs to the staff.
    pub is_staff: bool,
    /// May sign in; who may not has no permissions either.
    pub is_active: bool,
    /// When the account was made.
    pub date_joined: DateTime<Utc>,
}

/// Users who share permissions.
#[derive(Clone, Debug, Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = auth_group)]
#[model(ordering(id))]
pub struct Group {
    /// The primary key.
    pub id: i32,
    /// The group's name.
    pub name: String,
}

impl AbstractUser for User {
    fn key(&self) -> String {
        self.id.to_string()
    }

    fn is_staff(&self) -> bool {
        self.is_active && self.is_staff
    }

    fn permissions(&self, conn: &mut Conn) -> Result<Permissions> {
        if self.is_superuser && self.is_active {
            return Ok(Permissions::All);
        }
        if !self.is_active {
            return Ok(Permissions::Some(Default::default()));
        }
        let of_groups = auth_group_permissions::table
            .inner_join(
                auth_user_groups::table
                    .on(auth_user_groups::group_id.eq(auth_group_permissions::group_id)),
            )
            .filter(auth_user_groups::user_id.eq(self.id))
            .select(auth_group_permissions::permission_id);
        let of_user = auth_user_user_permissions::table
            .filter(auth_user_user_permissions::user_id.eq(self.id))
            .select(auth_user_user_permissions::permission_id);
        let held = auth_permission::id
            .eq_any(of_groups)
            .or(auth_permission::id.eq_any(of_user));
        let names = auth_permission::table
            .inner_join(
                django_content_type::table
                    .on(django_content_type::id.eq(auth_permission::content_type_id)),
            )
            .filter(held)
            .select((django_content_type::app_label, auth_permission::codename))
            .load::<(String, String)>(conn)?;
        let names = names
            .into_iter()
            .map(|(app_label, codename)| format!("{app_label}.{codename}"));
        Ok(Permissions::Some(names.collect()))
    }
}

/// The code of the guides compiles and runs as doctests.
#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../../../docs/accounts.md")]
    struct Accounts;

    #[doc = include_str!("../../../docs/authentication.md")]
    struct Authentication;
}
