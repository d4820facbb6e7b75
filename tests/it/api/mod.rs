//! `/api/`, by URL.

mod authors;
mod books;
mod covers;
mod http;
mod races;
mod subjects;
