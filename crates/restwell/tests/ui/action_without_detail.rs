use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

struct BookViewSet;

#[viewset]
impl ModelViewSet for BookViewSet {
    type Serializer = BookSerializer;

    #[action(method = "post")]
    fn lend(&self, _request: &Request, _conn: &mut Conn) -> Result<Response> {
        Ok(Response::no_content())
    }
}

fn urls() -> DefaultRouter {
    DefaultRouter::new().register("books", BookViewSet)
}

fn main() {}
