use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book)]
struct TitleSerializer {
    #[field(hidden = nobody, optional)]
    title: String,
}

fn nobody(_: &Request) -> String {
    String::new()
}

fn main() {}
