//! What reviews can be filtered and ordered by.

use restwell::prelude::*;
use restwell_auth::User;

use crate::{catalog::models::Book, reviews::models::Review};

#[derive(FilterSet)]
#[filterset(model = Review, ordering(stars, created_at))]
pub struct ReviewFilter {
    #[filter(exact)]
    book: PrimaryKey<Book>,
    #[filter(exact, gte, lte)]
    stars: i16,
    #[filter(exact)]
    reviewer: Slug<User>,
}
