use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Subject)]
struct SubjectSerializer {
    slug: String,
}

#[derive(Serializer)]
#[serializer(model = Book)]
struct TitleSerializer {
    title: String,
    #[field(nested)]
    author: SubjectSerializer,
}

fn main() {}
