use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(FilterSet)]
#[filterset(model = Book)]
struct BookFilter {
    #[filter(gte, lte, param = "length")]
    pages: i32,
}

fn main() {}
