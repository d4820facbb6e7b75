use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book, unique_together(title, author, null_distinct = false))]
struct TitleSerializer {
    title: String,
    author: PrimaryKey<Author>,
}

fn main() {}
