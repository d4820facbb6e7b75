//! Reverse relations, nested lists, rows named by any column, and serializers without a model.

use restwell::{prelude::*, serializers::Many};
use support::*;

#[path = "../support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Author, save = save)]
struct LibrarySerializer {
    name: String,
    #[field(nested, writable)]
    books: Option<Vec<BookSerializer>>,
}

fn save(author: Option<Author>, mut data: LibraryData, conn: &mut Conn) -> Result<Author> {
    let _: Option<Option<Vec<BookData>>> = data.books.take();
    match author {
        Some(author) => Ok(LibrarySerializer::update(author, data, conn)?),
        None => Ok(LibrarySerializer::insert(data, conn)?),
    }
}

#[derive(Serializer)]
#[serializer(model = Author)]
struct KeysSerializer {
    books: Vec<PrimaryKey<Book>>,
    #[field(source = books, read_only, slug = title)]
    titles: Vec<Slug<Book>>,
    #[field(source = books, nested)]
    details: Vec<BookSerializer>,
}

#[derive(Serializer)]
#[serializer(plain)]
struct Empty {}

#[derive(Serializer)]
#[serializer(plain)]
struct Order {
    #[field(slug = name, queryset = authors)]
    author: Option<Slug<Author>>,
    r#type: String,
    #[field(nested)]
    parts: Vec<Empty>,
}

fn authors(_: &Request) -> <Author as Model>::Query {
    Author::query()
}

struct AuthorViewSet;

#[viewset]
impl ModelViewSet for AuthorViewSet {
    type Serializer = LibrarySerializer;
    type RetrieveSerializer = KeysSerializer;

    const MANY: Option<Many> = Some(Many::ANY);

    #[action(detail = false, method = "post")]
    fn order(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        let order = Order::validated(request, conn)?;
        let _: (&Option<i64>, &String) = (&order.author, &order.r#type);
        Response::ok(request, &Order::representation(&order, request))
    }
}

fn main() {
    let _ = DefaultRouter::new().register("authors", AuthorViewSet);
}
