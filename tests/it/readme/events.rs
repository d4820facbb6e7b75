//! Readings and courses at the branches.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use restwell::prelude::*;

use super::{holdings::models::Branch, schema::events_event};

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = events_event)]
#[model(belongs_to(branch: Branch, by = branch_id), ordering(starts_at))]
pub struct Event {
    pub id: i64,
    pub title: String,
    pub branch_id: i64,
    pub starts_at: DateTime<Utc>,
    pub seats: i32,
}

#[derive(Serializer)]
#[serializer(model = Event, unique_together(branch, starts_at))]
pub struct EventSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 200, validate = not_shouted)]
    title: String,
    branch: Slug<Branch>,
    starts_at: DateTime<Utc>,
    #[field(optional, min_value = 1, max_value = 500)]
    seats: i32,
}

fn not_shouted(title: &str) -> Result<(), ErrorDetail> {
    match title.chars().any(char::is_lowercase) {
        true => Ok(()),
        false => Err(ErrorDetail::new("Do not shout.", "shouted")),
    }
}

#[derive(FilterSet)]
#[filterset(model = Event, search(title, branch -> name), ordering(title, starts_at, branch -> name))]
pub struct EventFilter {
    #[filter(exact)]
    branch: Slug<Branch>,
    #[filter(gte, lte, year)]
    starts_at: DateTime<Utc>,
}

pub struct EventViewSet;

/// Readings and courses at the branches.
#[viewset]
impl ModelViewSet for EventViewSet {
    type Serializer = EventSerializer;
    type Filter = EventFilter;
    type Pagination = PageNumber<100>;
}
