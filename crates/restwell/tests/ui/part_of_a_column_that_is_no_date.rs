use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(FilterSet)]
#[filterset(model = Book)]
struct BookFilter {
    #[filter(month)]
    title: String,
}

fn main() {}
