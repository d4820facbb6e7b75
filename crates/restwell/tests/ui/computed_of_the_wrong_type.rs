use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Author)]
struct CountSerializer {
    #[field(computed)]
    books_count: String,
}

fn main() {}
