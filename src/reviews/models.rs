//! Reviews.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use restwell::prelude::*;
use restwell_auth::{User, schema::auth_user};

use crate::{catalog::models::Book, schema::reviews_review};

restwell_auth::allow_tables_beside!(auth_user: reviews_review);

/// One reader's opinion of one book.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = reviews_review)]
#[model(
    belongs_to(book: Book, by = book_id),
    belongs_to(reviewer: User, by = reviewer_id),
    ordering(-created_at, -id),
    auto_now(updated_at)
)]
pub struct Review {
    pub id: i64,
    pub book_id: i64,
    pub reviewer_id: i32,
    pub stars: i16,
    pub title: String,
    pub body: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}
