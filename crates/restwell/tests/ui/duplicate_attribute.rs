use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book)]
struct TitleSerializer {
    #[field(max_length = 100, optional, max_length = 200)]
    title: String,
}

fn main() {}
