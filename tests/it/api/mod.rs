//! `/api/`, by URL.

mod authors;
mod books;
mod http;
mod races;
mod subjects;
