//! Django REST framework's wire contract on actix-web, diesel and Postgres.
//!
//! Models, serializers, filtersets, viewsets and routers have DRF's names and do what DRF's do; URLs, parameters, bodies,
//! statuses and error codes are DRF's too. Queries are diesel's, so that a wrong column is a compile error.
//!
//! ```no_run
//! use diesel::prelude::*;
//! use restwell::{db::Db, prelude::*, server::App, settings::Settings};
//!
//! diesel::table! {
//!     book (id) {
//!         id -> BigInt,
//!         title -> Text,
//!         pages -> Nullable<Integer>,
//!     }
//! }
//!
//! #[derive(Queryable, Selectable, Identifiable, Model)]
//! #[diesel(table_name = book)]
//! #[model(ordering(title))]
//! pub struct Book {
//!     id: i64,
//!     title: String,
//!     pages: Option<i32>,
//! }
//!
//! #[derive(Serializer)]
//! #[serializer(model = Book)]
//! pub struct BookSerializer {
//!     #[field(read_only)]
//!     id: i64,
//!     #[field(max_length = 200, unique)]
//!     title: String,
//!     #[field(min_value = 1)]
//!     pages: Option<i32>,
//! }
//!
//! #[derive(FilterSet)]
//! #[filterset(model = Book, search(title), ordering(title, pages))]
//! pub struct BookFilter {
//!     #[filter(gte, lte)]
//!     pages: i32,
//! }
//!
//! pub struct BookViewSet;
//!
//! #[viewset]
//! impl ModelViewSet for BookViewSet {
//!     type Serializer = BookSerializer;
//!     type Filter = BookFilter;
//!     type Pagination = PageNumber<100>;
//! }
//!
//! fn main() -> std::io::Result<()> {
//!     let urls = Urls::new().include("/api/", DefaultRouter::new().register("books", BookViewSet));
//!     let app = App::new(urls, Settings::default(), Db::new("postgres://localhost/books", 8));
//!     let services = move || actix_web::App::new().configure(|config| app.configure(config));
//!     let server = actix_web::HttpServer::new(services).bind("127.0.0.1:8000")?;
//!     actix_web::rt::System::new().block_on(async { server.run().await })
//! }
//! ```
//!
//! | what a service writes | where it lives | guide |
//! |---|---|---|
//! | rows, relations, computed values | [`models`] | `docs/models.md` |
//! | fields, validation | [`serializers`], [`validators`] | `docs/serializers.md` |
//! | what a field accepts and shows | [`fields`], [`checks`] | `docs/fields.md` |
//! | related rows | [`relations`] | `docs/relations.md` |
//! | filters, search, order | [`filters`] | `docs/filtering.md` |
//! | pages | [`pagination`] | `docs/pagination.md` |
//! | actions, hooks, policies | [`viewsets`], [`mixins`], [`generics`] | `docs/viewsets.md` |
//! | URLs, views without a model | [`routers`], [`api_views`] | `docs/routers.md` |
//! | requests, responses | [`request`], [`response`] | `docs/request.md` |
//! | the form of answers | [`renderers`], [`negotiation`] | `docs/renderers.md` |
//! | who asks | [`authentication`], [`scopes`], [`sessions`], [`csrf`] | `docs/authentication.md` |
//! | signatures, hashes, random texts | [`signing`], [`crypto`] | `docs/crypto.md` |
//! | who may do what | [`permissions`] | `docs/permissions.md` |
//! | how often clients may ask | [`throttling`] | `docs/throttling.md` |
//! | versions | [`versioning`] | `docs/versioning.md` |
//! | bodies, forms, files | [`parsers`], [`input`], [`storage`] | `docs/parsers.md` |
//! | errors | [`exceptions`] | `docs/errors.md` |
//! | what `OPTIONS` says | [`serializers`], [`viewsets`] | `docs/metadata.md` |
//! | settings | [`settings`] | `docs/settings.md` |
//! | tests | [`mod@test`] | `docs/testing.md` |
//!
//! Three crates stand beside this one. `restwell-filters` reads what filtersets declare, as django-filter does
//! (`docs/filtering.md`). `restwell-auth` is Django's accounts: users, groups, passwords, sign-in, tokens, and
//! beyond DRF API keys and JSON web tokens (`docs/accounts.md`, `docs/authentication.md`). `restwell-postgres` runs
//! migrations, a database to start with, and one for each test (`docs/settings.md`, `docs/testing.md`).
//!
//! A request runs through [`server`], [`routers`], [`db`] and dispatch (`views.rs`); `docs/ARCHITECTURE.md` follows one.
#![warn(missing_docs)]

pub mod api_views;
pub mod authentication;
pub mod checks;
pub mod csrf;
pub mod db;
pub mod exceptions;
pub mod fields;
pub mod filters;
pub mod generics;
pub mod input;
pub mod keyset;
mod metadata;
pub mod mixins;
pub mod models;
pub mod multipart;
pub mod negotiation;
pub mod pagination;
pub mod parsers;
pub mod permissions;
pub mod prelude;
#[doc(hidden)]
pub mod private;
mod queue;
pub mod relations;
pub mod renderers;
pub mod request;
pub mod response;
pub mod routers;
pub mod scopes;
pub mod serializers;
pub mod server;
pub mod sessions;
pub mod settings;
pub mod signing;
pub mod storage;
pub mod test;
pub mod throttling;
pub mod validators;
pub mod versioning;
mod views;
pub mod viewsets;

pub use restwell_crypto as crypto;
pub use restwell_macros::{FilterSet, Model, Serializer, viewset};

/// The code of the guides compiles and runs as doctests.
#[cfg(doctest)]
mod guides {
    macro_rules! guides {
        ($($name:ident: $path:literal,)*) => {$(
            #[doc = include_str!($path)]
            struct $name;
        )*};
    }

    guides! {
        Architecture: "../../../docs/ARCHITECTURE.md",
        Crypto: "../../../docs/crypto.md",
        Errors: "../../../docs/errors.md",
        Fields: "../../../docs/fields.md",
        Filtering: "../../../docs/filtering.md",
        Metadata: "../../../docs/metadata.md",
        Models: "../../../docs/models.md",
        Pagination: "../../../docs/pagination.md",
        Parsers: "../../../docs/parsers.md",
        Permissions: "../../../docs/permissions.md",
        Relations: "../../../docs/relations.md",
        Renderers: "../../../docs/renderers.md",
        Request: "../../../docs/request.md",
        Routers: "../../../docs/routers.md",
        Serializers: "../../../docs/serializers.md",
        Settings: "../../../docs/settings.md",
        Testing: "../../../docs/testing.md",
        Throttling: "../../../docs/throttling.md",
        Versioning: "../../../docs/versioning.md",
        Viewsets: "../../../docs/viewsets.md",
    }
}
