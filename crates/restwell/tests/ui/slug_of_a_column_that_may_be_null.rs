use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book)]
struct TitleSerializer {
    title: String,
    #[field(slug = born_on)]
    author: Slug<Author>,
}

fn main() {}
