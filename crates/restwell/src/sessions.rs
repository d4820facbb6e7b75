//! What is remembered of a client between requests: Django's `django.contrib.sessions`, in its table and format, so that
//! a session that one has written is valid for the other.
//!
//! A session is loaded when it is first asked for. What has changed is saved when the handler is done, in its
//! transaction if it has one; what an attempt that is rolled back has changed is forgotten with it.

use std::{cell::RefCell, ops::RangeInclusive};

use actix_web::http::{StatusCode, header};
use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use serde_json::{Map, Value};

use crate::{
    crypto::random_string,
    db::Conn,
    exceptions::{ApiException, Result},
    request::Request,
    response::Response,
    settings::Settings,
    signing::TimestampSigner,
};
use schema::django_session;

const SALT: &str = "django.contrib.sessions.SessionStore";
const KEY_CHARS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const KEY_LENGTH: usize = 32;
/// What the table holds, and the least that Django believes.
const KEY_LENGTHS: RangeInclusive<usize> = 8..=40;
/// A session's own time to live, in its data.
const EXPIRY: &str = "_session_expiry";

mod schema {
    diesel::table! {
        django_session (session_key) {
            session_key -> Varchar,
            session_data -> Text,
            expire_date -> Timestamptz,
        }
    }
}

/// One client's values by name.
#[derive(Default)]
pub struct Session {
    now: RefCell<State>,
    /// What it was when the policies had let the request pass.
    admitted: State,
}

#[derive(Clone, Default)]
struct State {
    /// It was asked for, so that the answer may depend on it.
    is_accessed: bool,
    /// `None` until it is loaded.
    data: Option<Map<String, Value>>,
    /// The key of its row, if it has one.
    key: Option<String>,
    /// The row gets a new key when it is saved.
    renews_key: bool,
    is_modified: bool,
    /// It was written, so that the client is to be told.
    is_saved: bool,
}

impl State {
    /// Nothing is remembered, and nothing has to be.
    fn is_empty(&self) -> bool {
        let has_row = self.key.is_some() && !self.renews_key;
        !has_row && self.data.as_ref().is_none_or(Map::is_empty)
    }
}

impl Session {
    /// A value.
    pub fn get(&self, name: &str) -> Option<Value> {
        self.now.borrow().data.as_ref()?.get(name).cloned()
    }

    /// Sets a value.
    pub fn insert(&self, name: &str, value: impl Into<Value>) {
        self.change(|data| data.insert(name.to_owned(), value.into()));
    }

    /// Removes a value, and returns it.
    pub fn remove(&self, name: &str) -> Option<Value> {
        self.get(name)?;
        self.change(|data| data.shift_remove(name))
    }

    /// Keeps the values under a new key: whoever knew the old one knows nothing.
    pub fn cycle_key(&self) {
        self.change(|_| ());
        self.now.borrow_mut().renews_key = true;
    }

    /// Forgets everything, the key too.
    pub fn flush(&self) {
        self.change(Map::clear);
        self.now.borrow_mut().renews_key = true;
    }

    fn change<T>(&self, change: impl FnOnce(&mut Map<String, Value>) -> T) -> T {
        let mut state = self.now.borrow_mut();
        state.is_modified = true;
        change(state.data.get_or_insert_default())
    }

    /// Called when the policies have let the request pass: what they changed is not changed again.
    pub(crate) fn admit(&mut self) {
        let state = self.now.get_mut();
        self.admitted = match state.is_modified {
            true => state.clone(),
            false => State {
                is_accessed: state.is_accessed,
                ..State::default()
            },
        };
    }

    /// Called before the handler starts, perhaps not for the first time: it is as it was when it was admitted.
    pub(crate) fn rewind(&mut self) {
        *self.now.get_mut() = self.admitted.clone();
    }

    /// What it is now, for [`Session::restore`].
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot(self.now.borrow().clone())
    }

    /// Forgets what has changed since.
    pub(crate) fn restore(&self, Snapshot(before): Snapshot) {
        let mut state = self.now.borrow_mut();
        if state.is_modified || state.is_saved {
            *state = State {
                is_accessed: true,
                ..before
            };
        }
    }

    /// Whether the answer may depend on it.
    pub(crate) fn is_accessed(&self) -> bool {
        self.now.borrow().is_accessed
    }
}

/// A session before a transaction.
pub(crate) struct Snapshot(State);

impl Request {
    /// What is remembered of the client. The first call loads it: one statement if the request names a session.
    ///
    /// # Errors
    /// The database's.
    pub fn session(&self, conn: &mut Conn) -> Result<&Session> {
        let is_loaded = self.session.now.borrow().data.is_some();
        if !is_loaded {
            let loaded = load(self, conn)?;
            self.session.now.replace(loaded);
        }
        Ok(&self.session)
    }
}

fn load(request: &Request, conn: &mut Conn) -> Result<State> {
    let settings = &request.settings;
    let mut state = State {
        is_accessed: true,
        data: Some(Map::new()),
        ..State::default()
    };
    let Some(key) = request.cookie(&settings.session_cookie.name) else {
        return Ok(state);
    };
    let is_key = |key: &str| key.bytes().all(|byte| KEY_CHARS.contains(&byte));
    if !KEY_LENGTHS.contains(&key.len()) || !is_key(key) {
        return Ok(state);
    }
    let query = django_session::table
        .find(key)
        .filter(django_session::expire_date.gt(Utc::now()))
        .select(django_session::session_data);
    if let Some(text) = query.first::<String>(conn).optional()? {
        state.data = Some(decode(&text, settings));
        state.key = Some(key.to_owned());
    }
    Ok(state)
}

fn signer(settings: &Settings) -> TimestampSigner<'_> {
    TimestampSigner {
        settings,
        salt: SALT,
    }
}

/// What was signed with another key, or is no object, holds nothing.
fn decode(text: &str, settings: &Settings) -> Map<String, Value> {
    match signer(settings).loads(text, None) {
        Some(Value::Object(data)) => data,
        _ => {
            log::warn!(target: "restwell::sessions", "a session's data is not ours");
            Map::new()
        }
    }
}

/// Writes what the handler has changed, unless it failed: at most two statements.
///
/// # Errors
/// The database's, and 400 `session_interrupted` if the session was deleted meanwhile: the client has logged out.
pub(crate) fn save(request: &Request, status: StatusCode, conn: &mut Conn) -> Result<()> {
    let mut state = request.session.now.borrow_mut();
    let settings = &request.settings;
    let slides = settings.session_save_every_request && !state.is_saved;
    let is_due = state.is_modified || slides && state.data.is_some();
    if !is_due || status.is_server_error() {
        return Ok(());
    }
    if state.is_empty() {
        if let Some(key) = state.key.take() {
            diesel::delete(django_session::table.find(key)).execute(conn)?;
        }
        state.is_modified = false;
        return Ok(());
    }
    write(&mut state, settings, conn)
}

fn write(state: &mut State, settings: &Settings, conn: &mut Conn) -> Result<()> {
    let data = state.data.get_or_insert_default();
    let text = signer(settings).dumps(data);
    let text = text.map_err(|error| ApiException::internal(format!("a session: {error}")))?;
    let end = Lifetime::of(data, settings).end();
    let key = match &state.key {
        Some(key) if !state.renews_key => key.clone(),
        _ => random_string(KEY_LENGTH, KEY_CHARS),
    };
    let row = || {
        (
            django_session::session_key.eq(&key),
            django_session::session_data.eq(&text),
            django_session::expire_date.eq(end),
        )
    };
    let updated = match &state.key {
        Some(old) => diesel::update(django_session::table.find(old))
            .set(row())
            .execute(conn)?,
        None => 0,
    };
    if updated == 0 {
        if state.key.is_some() && !state.renews_key {
            return Err(interrupted());
        }
        diesel::insert_into(django_session::table)
            .values(row())
            .execute(conn)?;
    }
    *state = State {
        is_accessed: true,
        data: state.data.take(),
        key: Some(key),
        is_saved: true,
        ..State::default()
    };
    Ok(())
}

fn interrupted() -> ApiException {
    ApiException::new(
        StatusCode::BAD_REQUEST,
        "The session ended while this request was answered.",
        "session_interrupted",
    )
}

/// How long a session is good for.
struct Lifetime {
    seconds: i64,
    /// Its cookie ends with the browser.
    is_browsers: bool,
}

impl Lifetime {
    /// The session's own, or that of the settings.
    fn of(data: &Map<String, Value>, settings: &Settings) -> Self {
        let default = settings.session_cookie.age.as_secs();
        let default = i64::try_from(default).unwrap_or(i64::MAX);
        let own = match data.get(EXPIRY) {
            Some(Value::Number(seconds)) => seconds.as_i64(),
            Some(Value::String(end)) => DateTime::parse_from_rfc3339(end)
                .ok()
                .map(|end| (end.to_utc() - Utc::now()).num_seconds()),
            _ => None,
        };
        Self {
            seconds: own.filter(|seconds| *seconds != 0).unwrap_or(default),
            is_browsers: own.map_or(settings.session_expire_at_browser_close, |own| own == 0),
        }
    }

    fn end(&self) -> DateTime<Utc> {
        let span = Duration::try_seconds(self.seconds);
        span.and_then(|span| Utc::now().checked_add_signed(span))
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// Saves what is not saved yet: what authenticators changed, and handlers without a transaction.
pub(crate) fn close(
    result: Result<Response>,
    request: &Request,
    conn: &mut Conn,
) -> Result<Response> {
    let status = match &result {
        Ok(response) => response.status,
        Err(exception) => exception.status,
    };
    save(request, status, conn).and(result)
}

/// Tells the client of the key of its session, or that it has none any more.
pub(crate) fn with_cookie(response: Response, request: &Request) -> Response {
    let state = request.session.now.borrow();
    let (settings, cookie) = (&request.settings, &request.settings.session_cookie);
    match (&state.data, &state.key) {
        (Some(data), Some(key)) if state.is_saved => {
            let lifetime = Lifetime::of(data, settings);
            let age = (!lifetime.is_browsers).then_some(lifetime.seconds);
            response.with_header(header::SET_COOKIE, &cookie.header(key, age))
        }
        (Some(_), _) if state.is_empty() && request.cookie(&cookie.name).is_some() => {
            response.with_header(header::SET_COOKIE, &cookie.deletion())
        }
        _ => response,
    }
}

/// Deletes the sessions that have ended: Django's `clearsessions`. How many there were.
///
/// # Errors
/// The database's.
pub fn clear_expired(conn: &mut Conn) -> QueryResult<usize> {
    let ended = django_session::table.filter(django_session::expire_date.lt(Utc::now()));
    diesel::delete(ended).execute(conn)
}
