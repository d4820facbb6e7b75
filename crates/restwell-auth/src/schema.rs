//! The tables that Django 5.2 and DRF create for accounts.
#![expect(missing_docs, reason = "the columns are Django's and documented there")]

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    auth_user (id) {
        id -> Int4,
        password -> Varchar,
        last_login -> Nullable<Timestamptz>,
        is_superuser -> Bool,
        username -> Varchar,
        first_name -> Varchar,
        last_name -> Varchar,
        email -> Varchar,
        is_staff -> Bool,
        is_active -> Bool,
        date_joined -> Timestamptz,
    }
}

table! {
    auth_group (id) {
        id -> Int4,
        name -> Varchar,
    }
}

table! {
    django_content_type (id) {
        id -> Int4,
        app_label -> Varchar,
        model -> Varchar,
    }
}

table! {
    auth_permission (id) {
        id -> Int4,
        name -> Varchar,
        content_type_id -> Int4,
        codename -> Varchar,
    }
}

table! {
    auth_user_groups (user_id, group_id) {
        user_id -> Int4,
        group_id -> Int4,
    }
}

table! {
    auth_user_user_permissions (user_id, permission_id) {
        user_id -> Int4,
        permission_id -> Int4,
    }
}

table! {
    auth_group_permissions (group_id, permission_id) {
        group_id -> Int4,
        permission_id -> Int4,
    }
}

table! {
    authtoken_token (key) {
        key -> Varchar,
        created -> Timestamptz,
        user_id -> Int4,
    }
}

allow_tables_to_appear_in_same_query!(
    auth_group,
    auth_group_permissions,
    auth_permission,
    auth_user,
    auth_user_groups,
    auth_user_user_permissions,
    authtoken_token,
    django_content_type,
);

/// Lets tables of an application stand in one query with a table of accounts, which relations to users need:
/// `allow_tables_beside!(auth_user: circulation_loan, reviews_review);`. Diesel's own macro takes tables of one crate.
#[macro_export]
macro_rules! allow_tables_beside {
    ($account:ident: $($table:ident),+ $(,)?) => {$(
        impl ::diesel::query_source::TableNotEqual<$account::table> for $table::table {}
        impl ::diesel::query_source::TableNotEqual<$table::table> for $account::table {}
    )+};
}
