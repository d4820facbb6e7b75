use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book)]
struct TitleSerializer {
    #[field(method = length)]
    length: String,
}

fn length(book: &Book, _: &Request) -> usize {
    book.title.len()
}

fn main() {}
