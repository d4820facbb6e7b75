use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(FilterSet)]
#[filterset(model = Book)]
struct BookFilter {
    #[filter(when = is_libarian)]
    title: String,
}

fn is_librarian(_: &Request) -> bool {
    true
}

fn main() {}
