use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book)]
struct TitleSerializer {
    title: String,
    #[field(slug = name)]
    author: PrimaryKey<Author>,
}

fn main() {}
