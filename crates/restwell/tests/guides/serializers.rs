// The serializers and filters behind the examples of docs/*.md, which include this file.
include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guides/models.rs"));

#[derive(Serializer)]
#[serializer(model = Author)]
pub struct AuthorSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 200)]
    name: String,
}

#[derive(Serializer)]
#[serializer(model = Subject)]
pub struct SubjectSerializer {
    #[field(identity)]
    url: Hyperlink<Subject>,
    #[field(max_length = 80, unique)]
    name: String,
    #[field(max_length = 80, unique)]
    slug: SlugField,
}

#[derive(Serializer)]
#[serializer(model = Book)]
pub struct BookSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 200)]
    title: String,
    #[field(max_length = 13, unique)]
    isbn: String,
    author: PrimaryKey<Author>,
    #[field(max_digits = 8, decimal_places = 2, min_value = 0)]
    price: BigDecimal,
}

#[derive(Serializer)]
#[serializer(model = Copy, unique_together(book, number))]
pub struct CopySerializer {
    #[field(read_only)]
    id: i64,
    book: PrimaryKey<Book>,
    #[field(min_value = 1)]
    number: i32,
    #[field(read_only)]
    barcode: uuid::Uuid,
}

#[derive(FilterSet)]
#[filterset(model = Book, search(title), ordering(title, price))]
pub struct BookFilter {
    #[filter(exact)]
    author: PrimaryKey<Author>,
}
