use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(FilterSet)]
#[filterset(model = Book)]
struct BookFilter {
    #[filter(path = author -> surname, icontains)]
    author_name: String,
}

fn main() {}
