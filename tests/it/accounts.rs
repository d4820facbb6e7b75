//! `src/accounts/commands.rs`: accounts from the command line and the environment.

use std::thread;

use lending_library::{
    accounts::commands::{ensure_superuser, make_superuser, token},
    settings::Superuser,
};

use crate::harness::{Library, password};

fn superuser(username: &str) -> Superuser {
    Superuser {
        username: Some(username.to_owned()),
        email: None,
        password: Some(password()),
    }
}

#[test]
fn a_superuser_of_the_command_line_may_do_everything() {
    let library = Library::new();
    let conn = &mut library.database.connect();
    let wanted = Superuser {
        password: Some("long enough".to_owned().into()),
        ..superuser("root")
    };
    assert_eq!(make_superuser(&wanted, true, conn).unwrap(), "root");
    let key = token("root", conn).unwrap();
    assert_eq!(token("root", conn).unwrap(), key);
    let root = library
        .anonymous()
        .with_header("authorization", &format!("Token {key}"));
    assert_eq!(root.get("/api/users/").status, 200);
    assert_eq!(root.post("/api/books/", "{}").status, 400);
}

#[test]
fn what_is_missing_or_wrong_is_told() {
    let library = Library::new();
    let conn = &mut library.database.connect();
    let cases = [
        (Superuser::default(), "set SUPERUSER_USERNAME"),
        (superuser("admin"), "there is a user `admin` already"),
        (superuser("a b"), "a username has"),
        (superuser("root"), "a password has"),
        (
            Superuser {
                password: None,
                ..superuser("root")
            },
            "set SUPERUSER_PASSWORD",
        ),
    ];
    for (given, expected) in cases {
        let error = make_superuser(&given, true, conn).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert!(
        token("nobody", conn)
            .unwrap_err()
            .to_string()
            .contains("there is no user `nobody`")
    );
    assert_eq!(library.count("auth_user"), 6);
}

#[test]
fn the_first_start_makes_a_superuser_once() {
    let library = Library::new();
    let conn = &mut library.database.connect();
    let wanted = Superuser {
        password: None,
        ..superuser("root")
    };
    assert!(ensure_superuser(&wanted, conn).unwrap().is_none());
    library.sql("UPDATE auth_user SET is_superuser = false");
    assert!(
        ensure_superuser(&Superuser::default(), conn)
            .unwrap()
            .is_none()
    );
    let (username, password) = ensure_superuser(&wanted, conn).unwrap().unwrap();
    assert_eq!((username.as_str(), password.len()), ("root", 20));
    assert!(ensure_superuser(&wanted, conn).unwrap().is_none());
    let credentials = format!(r#"{{"username": "root", "password": "{password}"}}"#);
    assert_eq!(
        library
            .anonymous()
            .post("/api/api-token-auth/", &credentials)
            .status,
        200
    );
}

#[test]
fn of_many_first_starts_at_once_one_makes_the_superuser() {
    let library = Library::new();
    library.sql("UPDATE auth_user SET is_superuser = false");
    let start = || {
        let wanted = Superuser {
            password: None,
            ..superuser("root")
        };
        ensure_superuser(&wanted, &mut library.database.connect()).unwrap()
    };
    let made: usize = thread::scope(|scope| {
        let starts: Vec<_> = (0..5).map(|_| scope.spawn(start)).collect();
        let made = starts.into_iter().map(|start| start.join().unwrap());
        made.flatten().count()
    });
    assert_eq!(made, 1);
    assert_eq!(library.count("auth_user WHERE is_superuser"), 1);
}

#[test]
fn the_first_start_takes_nobodys_name() {
    let library = Library::new();
    library.sql("UPDATE auth_user SET is_superuser = false");
    let conn = &mut library.database.connect();
    for name in ["reader1", "ｒｅａｄｅｒ１"] {
        assert!(ensure_superuser(&superuser(name), conn).unwrap().is_none());
    }
    assert_eq!(library.count("auth_user WHERE is_superuser"), 0);
}
