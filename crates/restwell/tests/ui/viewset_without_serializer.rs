use restwell::prelude::*;
struct BookViewSet;

#[viewset]
impl ModelViewSet for BookViewSet {
    type Pagination = PageNumber;
}

fn urls() -> DefaultRouter {
    DefaultRouter::new().register("books", BookViewSet)
}

fn main() {}
