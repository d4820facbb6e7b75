//! Users and groups: models like any other. Serializers, filtersets and viewsets can be written for them, and relations can
//! lead to them.

use chrono::{DateTime, Utc};
use diesel::{
    connection::SimpleConnection,
    define_sql_function,
    dsl::exists,
    prelude::*,
    sql_query,
    sql_types::{Integer, Text},
};
use restwell::{
    authentication::{AbstractUser, Permissions},
    crypto::hashers::{PasswordHasher, make_password},
    db::Conn,
    exceptions::Result,
    prelude::Model,
};

use crate::schema::{
    auth_group, auth_group_permissions, auth_permission, auth_user, auth_user_groups,
    auth_user_user_permissions, authtoken_token, django_content_type,
};

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

/// The user of this name.
///
/// # Errors
/// The database's.
pub fn get_by_username(username: &str, conn: &mut Conn) -> QueryResult<Option<User>> {
    // Postgres has no text with a NUL.
    if username.contains('\0') {
        return Ok(None);
    }
    let users = auth_user::table.filter(auth_user::username.eq(username));
    users.select(User::as_select()).first(conn).optional()
}

/// Makes a user who may do everything.
///
/// # Errors
/// The database's, e.g. if the name is taken; 500 if the hasher costs more than it may.
pub fn create_superuser(
    username: &str,
    email: &str,
    password: &str,
    hasher: PasswordHasher,
    conn: &mut Conn,
) -> Result<User> {
    let query = diesel::insert_into(auth_user::table).values((
        auth_user::username.eq(username),
        auth_user::email.eq(email),
        auth_user::password.eq(make_password(password, hasher)?),
        auth_user::first_name.eq(""),
        auth_user::last_name.eq(""),
        auth_user::is_superuser.eq(true),
        auth_user::is_staff.eq(true),
        auth_user::is_active.eq(true),
        auth_user::date_joined.eq(Utc::now()),
    ));
    Ok(query.returning(User::as_returning()).get_result(conn)?)
}

/// Gives a user another password, which ends their sessions.
///
/// # Errors
/// The database's; 500 if the hasher costs more than it may.
pub fn set_password(
    user: &User,
    password: &str,
    hasher: PasswordHasher,
    conn: &mut Conn,
) -> Result<()> {
    let encoded = make_password(password, hasher)?;
    let user = auth_user::table.find(user.id);
    diesel::update(user)
        .set(auth_user::password.eq(encoded))
        .execute(conn)?;
    Ok(())
}

/// Whether there is a user who may do everything.
///
/// # Errors
/// The database's.
pub fn has_superuser(conn: &mut Conn) -> QueryResult<bool> {
    let superusers = auth_user::table.filter(auth_user::is_superuser.and(auth_user::is_active));
    diesel::select(exists(superusers)).get_result(conn)
}

/// Deletes a user with what Django would delete along: groups, permissions, the token, and what the admin has noted. The
/// keys of those tables do not cascade, as Django does it itself.
///
/// # Errors
/// The database's: whom rows of other tables refer to, is protected.
pub fn delete_user(user: &User, conn: &mut Conn) -> Result<()> {
    let id = user.id;
    let groups = auth_user_groups::table.filter(auth_user_groups::user_id.eq(id));
    diesel::delete(groups).execute(conn)?;
    let permissions =
        auth_user_user_permissions::table.filter(auth_user_user_permissions::user_id.eq(id));
    diesel::delete(permissions).execute(conn)?;
    let tokens = authtoken_token::table.filter(authtoken_token::user_id.eq(id));
    diesel::delete(tokens).execute(conn)?;
    if has_admin_log(conn)? {
        let log = sql_query("DELETE FROM django_admin_log WHERE user_id = $1");
        log.bind::<Integer, _>(id).execute(conn)?;
    }
    diesel::delete(auth_user::table.find(id)).execute(conn)?;
    // Django's keys are checked by the `COMMIT` only, where nobody would know what is refused.
    conn.batch_execute("SET CONSTRAINTS ALL IMMEDIATE")?;
    Ok(())
}

define_sql_function! {
    /// The table of this name; null if there is none.
    fn to_regclass(name: Text) -> Nullable<Oid>;
}

/// Only a database that Django's admin has been used with has its log.
fn has_admin_log(conn: &mut Conn) -> QueryResult<bool> {
    diesel::select(to_regclass("django_admin_log").is_not_null()).get_result(conn)
}
