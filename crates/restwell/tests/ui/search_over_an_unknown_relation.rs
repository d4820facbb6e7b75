use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(FilterSet)]
#[filterset(model = Book, search(title, writer -> name))]
struct BookFilter {}

fn main() {}
