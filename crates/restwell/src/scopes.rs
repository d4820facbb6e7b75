//! What a credential lets its user do, where that is not all that the user may: the limits of API keys.
//!
//! Scopes give nothing, they leave something of what the user may: a request must pass the view's permissions, and be
//! covered. What nobody has asked about is not covered, so that a view which knows nothing of scopes is closed.

use std::cell::Cell;

use crate::{
    exceptions::{ApiException, ErrorDetail, Result},
    request::Request,
};

/// Covers everything.
const ALL: &str = "*";
/// Covers safe verbs, and permissions to view.
const READ: &str = "read";
const MAX_SCOPES: usize = 50;
const MAX_LENGTH: usize = 200;

/// Names of what is covered: `*`; `read`, each `GET`, `HEAD` and `OPTIONS`; `catalog.add_book` or `catalog.*`, what a
/// permission asks for by such a name; any other, where [`crate::permissions::HasScope`] asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// These names.
    ///
    /// # Errors
    /// 400 on the field `scopes` unless there are 1 to 50 of them, each of at most 200 letters, digits and `_.:-`, or
    /// with `*` in the place of all, or of what follows a dot.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Result<Self> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let error = match names.len() {
            0 => Some(("Name at least one scope.", "empty")),
            1..=MAX_SCOPES => names.iter().find_map(|name| mistake(name)),
            _ => Some(("These are too many scopes.", "max_length")),
        };
        match error {
            None => Ok(Self(names)),
            Some((message, code)) => Err(ApiException::field(
                "scopes",
                ErrorDetail::new(message, code),
            )),
        }
    }

    /// Names that [`Scopes::new`] has taken before, as they were stored.
    pub fn stored(names: Vec<String>) -> Self {
        Self(names)
    }

    /// The names, as they were given.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|scope| match scope.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => scope == name,
        })
    }
}

fn mistake(name: &str) -> Option<(&'static str, &'static str)> {
    if name.len() > MAX_LENGTH {
        return Some(("This scope is too long.", "max_length"));
    }
    let start = match name.strip_suffix('*') {
        Some(start) if start.is_empty() || start.ends_with('.') => start,
        _ => name,
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    let is_scope = !name.is_empty() && start.bytes().all(is_plain);
    (!is_scope).then_some(("This is no scope.", "invalid"))
}

/// The scopes of a request's credential, and what permissions have asked of them.
pub(crate) struct Limit {
    scopes: Scopes,
    /// Something was asked for that they cover.
    is_covered: Cell<bool>,
    /// Something was asked for that they do not.
    is_withheld: Cell<bool>,
}

impl Limit {
    pub(crate) fn to(scopes: Scopes) -> Self {
        Self {
            scopes,
            is_covered: Cell::new(false),
            is_withheld: Cell::new(false),
        }
    }
}

impl Request {
    /// Whether an authenticator recognised the client by a credential that has this scope, or is not limited.
    pub fn has_scope(&self, name: &str) -> bool {
        let is_in_scope = self.is_authenticated() && self.is_in_scope(name);
        if is_in_scope {
            self.note_coverage();
        }
        is_in_scope
    }

    fn limit(&self) -> Option<&Limit> {
        self.identity.as_ref()?.limit.as_ref()
    }

    /// Whether the credential, if it is limited, has a scope for this name; the user may still lack it.
    pub(crate) fn is_in_scope(&self, name: &str) -> bool {
        let Some(limit) = self.limit() else {
            return true;
        };
        let is_viewed = || {
            let codename = name.split_once('.').map(|(_, codename)| codename);
            self.is_safe() && codename.is_some_and(|codename| codename.starts_with("view_"))
        };
        let is_in_scope = limit.scopes.contains(name) || limit.scopes.contains(READ) && is_viewed();
        if !is_in_scope {
            limit.is_withheld.set(true);
        }
        is_in_scope
    }

    /// Something was asked for that the user has and the scopes cover.
    pub(crate) fn note_coverage(&self) {
        if let Some(limit) = self.limit() {
            limit.is_covered.set(true);
        }
    }

    /// Before permissions are asked.
    pub(crate) fn forget_coverage(&self) {
        if let Some(limit) = self.limit() {
            limit.is_covered.set(false);
        }
    }

    /// Whether the scopes cover what permissions have asked for.
    pub(crate) fn is_covered(&self) -> bool {
        self.limit().is_none_or(|limit| {
            let names = limit.scopes.names();
            limit.is_covered.get()
                || names.iter().any(|name| name == ALL)
                || self.is_safe() && names.iter().any(|name| name == READ)
        })
    }

    /// What `ask` says, and whether scopes withheld something from it.
    pub(crate) fn limits<T>(&self, ask: impl FnOnce() -> T) -> (T, bool) {
        let Some(limit) = self.limit() else {
            return (ask(), false);
        };
        let before = limit.is_withheld.replace(false);
        let answer = ask();
        let is_withheld = limit.is_withheld.get();
        limit.is_withheld.set(before || is_withheld);
        (answer, is_withheld)
    }
}
