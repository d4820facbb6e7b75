//! Branches and copies on the wire.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use restwell::prelude::*;

use crate::{
    catalog::models::Book,
    holdings::{
        models::{Branch, Copy},
        validators::hours,
    },
};

/// A branch.
#[derive(Serializer)]
#[serializer(model = Branch, validate = hours)]
pub struct BranchSerializer {
    #[field(identity)]
    url: Hyperlink<Branch>,
    #[field(max_length = 100, unique)]
    name: String,
    #[field(max_length = 60, unique)]
    slug: SlugField,
    #[field(max_length = 254)]
    email: EmailField,
    opens_at: NaiveTime,
    closes_at: NaiveTime,
    #[field(min_value = -90, max_value = 90)]
    latitude: Option<f64>,
    #[field(min_value = -180, max_value = 180)]
    longitude: Option<f64>,
    #[field(optional)]
    loan_period: TimeDelta,
    kiosk_ip: Option<IpAddress>,
    #[field(optional)]
    is_open: bool,
}

/// One copy.
#[derive(Serializer)]
#[serializer(model = Copy, unique_together(book, number))]
pub struct CopySerializer {
    #[field(read_only)]
    id: i64,
    book: PrimaryKey<Book>,
    branch: Slug<Branch>,
    #[field(min_value = 1)]
    number: i32,
    #[field(read_only)]
    barcode: uuid::Uuid,
    #[field(optional, choices = Copy::CONDITIONS)]
    condition: ChoiceField<i16>,
    #[field(optional)]
    acquired_on: NaiveDate,
    #[field(computed, default = "available".to_owned())]
    status: String,
}

/// Copies to add to a book.
#[derive(Serializer)]
#[serializer(plain)]
pub struct AddCopies {
    branch: Slug<Branch>,
    #[field(min_value = 1, max_value = 50)]
    count: i32,
}
