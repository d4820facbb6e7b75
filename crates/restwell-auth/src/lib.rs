//! Accounts on Django's own tables: Django's `django.contrib.auth`, DRF's `authtoken`, and, beyond DRF, API keys and JSON web
//! tokens.
//!
//! | | | guide |
//! |---|---|---|
//! | users and groups | [`User`], [`Group`], [`schema`] | `docs/accounts.md` |
//! | the permissions of all models, which are rows too | [`create_permissions`] | `docs/accounts.md` |
//! | signing in and out | [`authenticate`], [`login`], [`logout`], [`login_view`], [`logout_view`] | `docs/authentication.md` |
//! | who asks | [`authentication`], [`authtoken`], [`api_keys`], [`jwt`] | `docs/authentication.md` |
//!
//! A service with users of its own (`restwell::authentication::AbstractUser`) needs none of this.
#![warn(missing_docs)]

pub mod api_keys;
pub mod authentication;
pub mod authtoken;
mod backends;
pub mod jwt;
mod login;
mod management;
mod models;
mod pages;
mod redirects;
pub mod schema;
mod views;

pub use backends::authenticate;
pub use login::{get_user, login, logout};
pub use management::create_permissions;
pub use models::{
    Group, User, create_superuser, delete_user, get_by_username, has_superuser, set_password,
};
pub use redirects::is_safe_redirect;
pub use views::{login_view, logout_view};

/// The code of the guides compiles and runs as doctests.
#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../../../docs/accounts.md")]
    struct Accounts;

    #[doc = include_str!("../../../docs/authentication.md")]
    struct Authentication;
}
