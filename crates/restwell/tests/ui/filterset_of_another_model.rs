use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(FilterSet)]
#[filterset(model = Author)]
struct AuthorFilter {
    name: String,
}

struct BookViewSet;

#[viewset]
impl ModelViewSet for BookViewSet {
    type Serializer = BookSerializer;
    type Filter = AuthorFilter;
}

fn main() {}
