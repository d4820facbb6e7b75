//! Uniqueness, and many rows in one request.

use chrono::NaiveDate;
use diesel::prelude::*;
use restwell::{models::Predicate, prelude::*, serializers::Many};

use crate::schema::{probe_entry, probe_post, probe_slot};

/// A row with a unique column and two sets that are unique together.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_entry)]
#[model(ordering(id))]
pub(crate) struct Entry {
    pub(crate) id: i64,
    pub(crate) code: String,
    pub(crate) a: i32,
    pub(crate) b: Option<i32>,
    pub(crate) c: String,
    pub(crate) d: String,
}

/// An hour in a room.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_slot)]
#[model(ordering(id))]
pub(crate) struct Slot {
    pub(crate) id: i64,
    pub(crate) room: i32,
    pub(crate) hour: i32,
    pub(crate) seat: Option<i32>,
    pub(crate) active: bool,
}

/// What is told on a day.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_post)]
#[model(ordering(id))]
pub(crate) struct Post {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) slug: String,
    pub(crate) section: String,
    pub(crate) day: Option<NaiveDate>,
}

#[derive(Serializer)]
#[serializer(model = Entry, unique_together(a, c), unique_together(b, d))]
pub(crate) struct EntrySerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 20, unique)]
    code: String,
    a: i32,
    #[field(default = None)]
    b: Option<i32>,
    #[field(default = "x".to_owned(), max_length = 20)]
    c: String,
    #[field(default = String::new(), allow_blank, max_length = 20)]
    d: String,
}

#[derive(Serializer)]
#[serializer(
    model = Slot,
    unique_together(room, hour, condition = among_active, constraint = "probe_slot_room_hour_active_key"),
    unique_together(room, seat, nulls_distinct = false, code = "taken")
)]
pub(crate) struct SlotSerializer {
    #[field(read_only)]
    id: i64,
    room: i32,
    hour: i32,
    #[field(default = None)]
    seat: Option<i32>,
    #[field(default = true)]
    active: bool,
}

/// What is not sent stands as it is stored.
fn among_active(data: &SlotData, slot: Option<&Slot>) -> Option<Predicate<Slot>> {
    let active = data.active.or(slot.map(|slot| slot.active));
    (active == Some(true)).then(|| Predicate::new(probe_slot::active.nullable()))
}

#[derive(Serializer)]
#[serializer(model = Post)]
pub(crate) struct PostSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 40, unique_for_year = day)]
    title: String,
    #[field(max_length = 40, unique_for_date = day)]
    slug: String,
    #[field(max_length = 40, unique_for_month = day)]
    section: String,
    day: Option<NaiveDate>,
}

pub(crate) struct EntryViewSet;

/// A unique column and two sets that are unique together.
#[viewset]
impl ModelViewSet for EntryViewSet {
    type Serializer = EntrySerializer;
}

pub(crate) struct SlotViewSet;

/// Unique on a condition, and with nulls that count.
#[viewset]
impl ModelViewSet for SlotViewSet {
    type Serializer = SlotSerializer;
}

pub(crate) struct PostViewSet;

/// Unique in a day, a month and a year.
#[viewset]
impl ModelViewSet for PostViewSet {
    type Serializer = PostSerializer;
}

pub(crate) struct BulkViewSet;

/// Lists of entries are created, and single ones.
#[viewset]
impl ModelViewSet for BulkViewSet {
    type Serializer = EntrySerializer;
    const MANY: Option<Many> = Some(Many::ANY);
}

pub(crate) struct ListedBulkViewSet;

/// The same with errors as a list.
#[viewset]
impl ModelViewSet for ListedBulkViewSet {
    type Serializer = EntrySerializer;
    const MANY: Option<Many> = Some(Many {
        errors_as_dict: Some(false),
        ..Many::ANY
    });
}

pub(crate) fn register(router: DefaultRouter) -> DefaultRouter {
    router
        .register("entries", EntryViewSet)
        .register("slots", SlotViewSet)
        .register("posts", PostViewSet)
        .register_as("bulk", "bulk", BulkViewSet)
        .register_as("bulk-listed", "bulk-listed", ListedBulkViewSet)
}
