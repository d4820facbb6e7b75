use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book, partial)]
struct TitleSerializer {
    title: String,
}

fn main() {}
