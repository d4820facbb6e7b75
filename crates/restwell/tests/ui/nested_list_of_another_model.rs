use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Author)]
struct WriterSerializer {
    name: String,
    #[field(nested)]
    books: Vec<AuthorSerializer>,
}

fn main() {}
