use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book)]
struct TitleSerializer {
    #[field(property = full_name)]
    author: String,
}

fn full_name(author: &Author) -> String {
    author.name.clone()
}

fn main() {}
