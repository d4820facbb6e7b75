use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

struct BookViewSet;

#[viewset]
impl ReadOnlyModelViewSet for BookViewSet {
    type Serializer = BookSerializer;

    fn perform_destroy(&self, _request: &Request, _book: Book, _conn: &mut Conn) -> Result<()> {
        Ok(())
    }
}

fn main() {}
