use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book)]
struct TitleSerializer {
    #[field(nested, computed, source = author)]
    author_detail: AuthorSerializer,
}

fn main() {}
