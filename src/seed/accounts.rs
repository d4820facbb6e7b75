//! The demo users: `admin`, `librarian` and five readers, who share one password.

use chrono::{DateTime, Utc};
use diesel::{PgConnection, QueryResult, prelude::*};
use restwell_auth::schema::{
    auth_group, auth_group_permissions, auth_permission, auth_user, auth_user_groups,
    django_content_type,
};

const ADMIN: &str = "admin";
const LIBRARIAN: &str = "librarian";
const READERS: [&str; 5] = ["reader1", "reader2", "reader3", "reader4", "reader5"];
/// Who may change what the apps of [`LIBRARIANS_APPS`] hold.
const LIBRARIANS: &str = "Librarians";
const LIBRARIANS_APPS: [&str; 1] = ["catalog"];
/// 2025-01-01, before they borrowed anything.
const JOINED: i64 = 1_735_689_600;

/// Makes the users whose names are free, with this hash of a password.
pub(super) fn fill(password: &str, conn: &mut PgConnection) -> QueryResult<()> {
    for username in [ADMIN, LIBRARIAN].into_iter().chain(READERS) {
        let is_admin = username == ADMIN;
        let made = diesel::insert_into(auth_user::table)
            .values((
                auth_user::username.eq(username),
                auth_user::email.eq(format!("{username}@example.org")),
                auth_user::password.eq(password),
                auth_user::first_name.eq(""),
                auth_user::last_name.eq(""),
                auth_user::is_superuser.eq(is_admin),
                auth_user::is_staff.eq(is_admin),
                auth_user::is_active.eq(true),
                auth_user::date_joined
                    .eq(DateTime::<Utc>::from_timestamp(JOINED, 0).unwrap_or_default()),
            ))
            .on_conflict_do_nothing()
            .returning(auth_user::id)
            .get_result(conn)
            .optional()?;
        if let (LIBRARIAN, Some(user)) = (username, made) {
            make_librarian(user, conn)?;
        }
    }
    Ok(())
}

/// Lets a user do what the demo's librarian may, if nobody has made such a group before.
fn make_librarian(user: i32, conn: &mut PgConnection) -> QueryResult<()> {
    let made = diesel::insert_into(auth_group::table)
        .values(auth_group::name.eq(LIBRARIANS))
        .on_conflict_do_nothing()
        .returning(auth_group::id)
        .get_result::<i32>(conn)
        .optional()?;
    let Some(group) = made else {
        return Ok(());
    };
    let apps = django_content_type::table
        .filter(django_content_type::app_label.eq_any(LIBRARIANS_APPS))
        .select(django_content_type::id);
    let permissions: Vec<i32> = auth_permission::table
        .filter(auth_permission::content_type_id.eq_any(apps))
        .order(auth_permission::id)
        .select(auth_permission::id)
        .load(conn)?;
    let pairs: Vec<_> = permissions
        .into_iter()
        .map(|permission| {
            (
                auth_group_permissions::group_id.eq(group),
                auth_group_permissions::permission_id.eq(permission),
            )
        })
        .collect();
    diesel::insert_into(auth_group_permissions::table)
        .values(pairs)
        .execute(conn)?;
    diesel::insert_into(auth_user_groups::table)
        .values((
            auth_user_groups::user_id.eq(user),
            auth_user_groups::group_id.eq(group),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}
