use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Author)]
struct LibrarySerializer {
    name: String,
    #[field(nested, writable)]
    books: Vec<BookSerializer>,
}

fn main() {}
