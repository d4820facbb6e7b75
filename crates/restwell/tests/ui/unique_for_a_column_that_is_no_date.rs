use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book)]
struct TitleSerializer {
    #[field(unique_for_year = pages)]
    title: String,
    pages: Option<i32>,
}

fn main() {}
