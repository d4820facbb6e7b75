use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

use diesel::prelude::*;

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = authors)]
#[model(has_many(books: Book, by = writer_id))]
struct Writer {
    id: i64,
}

fn main() {}
