//! `/api/`, by URL.

mod authors;
mod books;
mod books_add_copies;
mod books_reviews;
mod branches;
mod copies;
mod covers;
mod http;
mod loans;
mod loans_renew;
mod loans_return;
mod races;
mod reviews;
mod subjects;
mod throttling;
mod users;
