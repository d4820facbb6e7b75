use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

struct BookViewSet;

#[viewset]
impl ModelViewSet for BookViewSet {
    type Serializer = BookSerializer;

    fn preform_create(&self, _request: &Request, data: BookData, conn: &mut Conn) -> Result<Book> {
        Ok(BookSerializer::insert(data, conn)?)
    }
}

fn urls() -> DefaultRouter {
    DefaultRouter::new().register("books", BookViewSet)
}

fn main() {}
