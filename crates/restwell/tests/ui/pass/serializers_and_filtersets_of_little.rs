//! A serializer may have one field, or none that a client may write; a filterset may be empty.

use restwell::prelude::*;
use support::*;

#[path = "../support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book)]
struct ReadOnlySerializer {
    #[field(read_only)]
    id: i64,
    #[field(read_only)]
    author: PrimaryKey<Author>,
}

#[derive(Serializer)]
#[serializer(model = Author)]
struct ComputedSerializer {
    #[field(computed)]
    books_count: i64,
}

#[derive(Serializer)]
#[serializer(model = Book)]
struct NestedSerializer {
    #[field(nested)]
    author: Option<AuthorSerializer>,
}

#[derive(Serializer)]
#[serializer(model = Book)]
struct ListSerializer {
    subjects: Vec<Slug<Subject>>,
}

#[derive(Serializer)]
#[serializer(model = Subject)]
struct IdentitySerializer {
    #[field(identity)]
    url: Hyperlink<Subject>,
}

#[derive(Serializer)]
#[serializer(model = Subject)]
struct EmptySerializer {}

#[derive(FilterSet)]
#[filterset(model = Book)]
struct EmptyFilter {}

struct BookViewSet;

#[viewset]
impl ReadOnlyModelViewSet for BookViewSet {
    type Serializer = ReadOnlySerializer;
    type RetrieveSerializer = NestedSerializer;
    type Filter = EmptyFilter;
}

struct SubjectViewSet;

#[viewset(create, update)]
impl GenericViewSet for SubjectViewSet {
    type Serializer = EmptySerializer;
    type CreateSerializer = IdentitySerializer;
}

fn main() {
    let _ = DefaultRouter::new().register("books", BookViewSet).register("subjects", SubjectViewSet);
}
