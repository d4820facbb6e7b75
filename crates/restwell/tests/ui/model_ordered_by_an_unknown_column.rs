use diesel::prelude::*;
use restwell::prelude::*;

diesel::table! {
    authors (id) {
        id -> Int8,
        name -> Text,
    }
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = authors)]
#[model(ordering(-nam))]
struct Author {
    id: i64,
    name: String,
}

fn main() {}
