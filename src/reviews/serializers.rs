//! Reviews on the wire.

use chrono::{DateTime, Utc};
use restwell::prelude::*;
use restwell_auth::User;

use crate::{catalog::models::Book, reviews::models::Review};

/// A review.
#[derive(Serializer)]
#[serializer(model = Review, unique_together(book, reviewer))]
pub struct ReviewSerializer {
    #[field(read_only)]
    id: i64,
    book: PrimaryKey<Book>,
    #[field(read_only)]
    reviewer: Slug<User>,
    #[field(hidden = user, create_only, source = reviewer)]
    owner: PrimaryKey<User>,
    #[field(min_value = 1, max_value = 5)]
    stars: i16,
    #[field(max_length = 120)]
    title: String,
    #[field(optional, allow_blank)]
    body: String,
    #[field(read_only)]
    created_at: DateTime<Utc>,
    #[field(read_only)]
    updated_at: DateTime<Utc>,
}

/// Who writes the review; the permissions let no stranger write, and nobody has the key 0.
fn user(request: &Request) -> i32 {
    request.user::<User>().map_or(0, |user| user.id)
}
