//! `/api/`, by URL.

mod authors;
mod books;
mod books_add_copies;
mod branches;
mod copies;
mod covers;
mod http;
mod races;
mod subjects;
mod throttling;
mod users;
