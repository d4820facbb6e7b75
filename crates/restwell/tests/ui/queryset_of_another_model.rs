use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book)]
struct TitleSerializer {
    title: String,
    #[field(queryset = subjects)]
    author: PrimaryKey<Author>,
}

fn subjects(_: &Request) -> <Subject as Model>::Query {
    Subject::query()
}

fn main() {}
