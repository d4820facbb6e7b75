use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book)]
struct TitleSerializer {
    title: String,
    author: PrimaryKey<i64>,
}

fn main() {}
