use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(plain)]
struct Search {
    term: String,
    #[field(property = length)]
    length: i64,
}

fn length(book: &Book) -> i64 {
    book.pages.map_or(0, i64::from)
}

fn main() {}
