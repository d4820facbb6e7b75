//! Copies on the wire.

use chrono::NaiveDate;
use restwell::prelude::*;

use crate::{
    catalog::models::Book,
    holdings::models::{Branch, Copy},
};

/// One copy.
#[derive(Serializer)]
#[serializer(model = Copy)]
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
    #[field(computed)]
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
