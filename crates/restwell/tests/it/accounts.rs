//! Users and their passwords.

use diesel::{connection::SimpleConnection, prelude::*};
use restwell::{
    auth::{
        User, authenticate,
        hashers::{PasswordHasher, make_password, make_unusable_password},
        schema::auth_user,
    },
    db::{Conn, count_statements, statements},
    settings::Settings,
    test::TestDatabase,
};

use crate::shop::template;

pub(crate) const PASSWORD: &str = "correct horse";

/// Costs next to nothing.
pub(crate) const HASHER: PasswordHasher = PasswordHasher::Pbkdf2Sha256 { iterations: 2 };
const OLD_HASHER: PasswordHasher = PasswordHasher::Pbkdf2Sha256 { iterations: 1 };

/// Ann, whose hash is new, and Bob, whose hash is old; Carl is not active, Dora has no password.
pub(crate) fn accounts() -> TestDatabase {
    let database = template().database();
    let users = [
        ("ann", make_password(PASSWORD, HASHER).unwrap(), true),
        ("bob", make_password(PASSWORD, OLD_HASHER).unwrap(), true),
        ("carl", make_password(PASSWORD, HASHER).unwrap(), false),
        ("dora", make_unusable_password(), true),
    ];
    let mut conn = database.connect();
    for (name, password, is_active) in users {
        let row = format!(
            "INSERT INTO auth_user (password, is_superuser, username, first_name, last_name, email, is_staff, is_active, \
             date_joined) VALUES ('{password}', false, '{name}', '', '', '', false, {is_active}, now())"
        );
        conn.batch_execute(&row).unwrap();
    }
    database
}

/// The user of this name.
pub(crate) fn user(name: &str, conn: &mut Conn) -> User {
    let query = auth_user::table.filter(auth_user::username.eq(name));
    query.select(User::as_select()).first(conn).unwrap()
}

#[test]
fn an_active_user_with_the_right_password_is_authenticated() {
    let database = accounts();
    let mut conn = database.connect();
    count_statements(&mut conn);
    let settings = Settings {
        password_hasher: HASHER,
        ..Settings::default()
    };
    let cases = [
        ("ann", PASSWORD, Some(1)),
        ("ann", "correct horse ", None),
        ("ann", "", None),
        ("Ann", PASSWORD, None),
        ("bob", "wrong", None),
        ("carl", PASSWORD, None),
        ("dora", PASSWORD, None),
        ("dora", "", None),
        ("eve", PASSWORD, None),
        ("", PASSWORD, None),
        ("ann\0", PASSWORD, None),
        ("ann", "nul\0", None),
    ];
    for (name, password, id) in cases {
        let before = statements();
        let found = authenticate(name, password, &settings, &mut conn).unwrap();
        assert_eq!(found.map(|user| user.id), id, "{name} {password}");
        assert!(statements() - before <= 1, "{name} {password}");
    }
}

#[test]
fn an_old_hash_is_replaced_when_its_user_signs_in() {
    let database = accounts();
    let mut conn = database.connect();
    let settings = Settings {
        password_hasher: HASHER,
        ..Settings::default()
    };
    let old = user("bob", &mut conn).password;
    assert!(old.starts_with("pbkdf2_sha256$1$"), "{old}");
    let mut sign_in = |password| authenticate("bob", password, &settings, &mut conn).unwrap();
    assert!(sign_in("wrong").is_none());
    let bob = sign_in(PASSWORD).unwrap();
    assert!(
        bob.password.starts_with("pbkdf2_sha256$2$"),
        "{}",
        bob.password
    );
    assert!(sign_in(PASSWORD).is_some());
    assert_eq!(user("bob", &mut conn).password, bob.password);
}
