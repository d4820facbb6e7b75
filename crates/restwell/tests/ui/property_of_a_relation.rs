use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book)]
struct TitleSerializer {
    title: String,
    #[field(property = key)]
    author: PrimaryKey<Author>,
}

fn key(book: &Book) -> i64 {
    book.author_id
}

fn main() {}
