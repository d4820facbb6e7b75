use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book)]
struct TitleSerializer {
    #[field(property = length)]
    length: String,
}

fn length(book: &Book) -> i64 {
    book.pages.map_or(0, i64::from)
}

fn main() {}
