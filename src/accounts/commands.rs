//! Accounts from the command line: `createsuperuser`, `changepassword` and `token`.

use std::io::{self, IsTerminal as _};

use console::Term;
use diesel::PgConnection;
use restwell::{
    crypto::{ALPHANUMERIC, hashers::PasswordHasher, random_string},
    fields::{is_username, normalize_username},
};
use restwell_auth::{
    User, authtoken::Token, create_superuser, get_by_username, has_superuser, set_password,
};
use restwell_postgres::migrate;

use crate::{database::Failure, settings::Superuser};

/// As the API has it.
const MIN_PASSWORD_LENGTH: usize = 8;
const MAX_PASSWORD_LENGTH: usize = 128;
const GENERATED_PASSWORD_LENGTH: usize = 20;
const MAX_USERNAME_LENGTH: usize = 150;

/// Makes a superuser of what is given, and asks for the rest; with `no_input` the password must be given too.
///
/// # Errors
/// If the name is taken, the password is too short, or there is nobody to ask.
pub fn make_superuser(
    given: &Superuser,
    no_input: bool,
    conn: &mut PgConnection,
) -> Result<String, Failure> {
    let username = match &given.username {
        Some(username) => username.clone(),
        None if no_input => return Err("set SUPERUSER_USERNAME, or say --username".into()),
        None => ask("Username: ")?,
    };
    let username = normalize_username(&username).into_owned();
    check_username(&username, conn)?;
    let email = match &given.email {
        Some(email) => email.clone(),
        None if no_input => String::new(),
        None => ask("E-mail address (may be empty): ")?,
    };
    let password = match &given.password {
        Some(password) => password.expose().to_owned(),
        None if no_input => return Err("set SUPERUSER_PASSWORD".into()),
        None => ask_password()?,
    };
    check_password(&password)?;
    create_superuser(
        &username,
        &email,
        &password,
        PasswordHasher::default(),
        conn,
    )
    .map_err(|exception| exception.to_string())?;
    Ok(username)
}

/// Makes the superuser that the settings name if there is none at all; the password, if one had to be made up.
///
/// Waits while another process migrates, seeds or does the same. A name that someone has already is left to them, with a
/// warning: a service that was started before must start again.
///
/// # Errors
/// As [`make_superuser`].
pub fn ensure_superuser(
    given: &Superuser,
    conn: &mut PgConnection,
) -> Result<Option<(String, String)>, Failure> {
    let Some(username) = &given.username else {
        return Ok(None);
    };
    if has_superuser(conn)? {
        return Ok(None);
    }
    migrate::with_lock(conn, |conn| make_first_superuser(username, given, conn))?
}

fn make_first_superuser(
    username: &str,
    given: &Superuser,
    conn: &mut PgConnection,
) -> Result<Option<(String, String)>, Failure> {
    // A replica may have been faster.
    if has_superuser(conn)? {
        return Ok(None);
    }
    if get_by_username(&normalize_username(username), conn)?.is_some() {
        log::warn!("there is no active superuser, and `{username}` is someone else");
        return Ok(None);
    }
    let generated = given
        .password
        .is_none()
        .then(|| random_string(GENERATED_PASSWORD_LENGTH, ALPHANUMERIC));
    let mut complete = given.clone();
    if let Some(password) = &generated {
        complete.password = Some(password.clone().into());
    }
    let username = make_superuser(&complete, true, conn)?;
    log::info!("made the superuser {username}");
    Ok(generated.map(|password| (username, password)))
}

/// Gives a user another password, which is asked for.
///
/// # Errors
/// If there is no such user, the password is too short, or there is nobody to ask.
pub fn change_password(username: &str, conn: &mut PgConnection) -> Result<(), Failure> {
    let user = find(username, conn)?;
    let password = ask_password()?;
    check_password(&password)?;
    set_password(&user, &password, PasswordHasher::default(), conn)
        .map_err(|exception| exception.to_string().into())
}

/// The token of a user, made if there is none yet.
///
/// # Errors
/// If there is no such user.
pub fn token(username: &str, conn: &mut PgConnection) -> Result<String, Failure> {
    let user = find(username, conn)?;
    Ok(Token::get_or_create(&user, conn)?.key)
}

fn find(username: &str, conn: &mut PgConnection) -> Result<User, Failure> {
    let user = get_by_username(username, conn)?;
    user.ok_or_else(|| format!("there is no user `{username}`").into())
}

fn check_username(username: &str, conn: &mut PgConnection) -> Result<(), Failure> {
    let length = username.chars().count();
    if length == 0 || length > MAX_USERNAME_LENGTH || !is_username(username) {
        return Err("a username has 1 to 150 letters, digits and characters of @.+-_".into());
    }
    match get_by_username(username, conn)? {
        Some(_) => Err(format!("there is a user `{username}` already").into()),
        None => Ok(()),
    }
}

fn check_password(password: &str) -> Result<(), Failure> {
    match password.chars().count() {
        MIN_PASSWORD_LENGTH..=MAX_PASSWORD_LENGTH => Ok(()),
        _ => Err(format!(
            "a password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters"
        )
        .into()),
    }
}

fn ask(question: &str) -> Result<String, Failure> {
    let term = terminal()?;
    term.write_str(question)?;
    Ok(term.read_line()?.trim().to_owned())
}

/// Asks twice, without showing what is typed; a pipe says it once.
fn ask_password() -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let term = terminal()?;
    term.write_str("Password: ")?;
    let password = term.read_secure_line()?;
    term.write_str("Password, again: ")?;
    match term.read_secure_line()? == password {
        true => Ok(password),
        false => Err("the passwords differ".into()),
    }
}

fn terminal() -> Result<Term, Failure> {
    match io::stdin().is_terminal() {
        true => Ok(Term::stderr()),
        false => Err("there is no terminal to ask on: say --no-input".into()),
    }
}
