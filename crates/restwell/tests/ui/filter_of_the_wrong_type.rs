use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(FilterSet)]
#[filterset(model = Book)]
struct BookFilter {
    #[filter(exact, gte)]
    title: i32,
}

fn main() {}
