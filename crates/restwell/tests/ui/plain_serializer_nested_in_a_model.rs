use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(plain)]
struct Name {
    name: String,
}

#[derive(Serializer)]
#[serializer(model = Book)]
struct TitleSerializer {
    #[field(nested)]
    author: Name,
}

fn main() {}
