use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(FilterSet)]
#[filterset(model = Book, ordering(title, writer -> name))]
struct BookFilter {}

fn main() {}
