use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book)]
struct TitleSerializer {
    #[field(read_only, child(max_len = 3))]
    title: String,
}

fn main() {}
