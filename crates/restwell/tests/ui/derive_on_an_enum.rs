use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(model = Book)]
enum TitleSerializer {
    Title(String),
}

struct TitleViewSet;

#[viewset]
impl ModelViewSet for TitleViewSet {
    type Serializer = TitleSerializer;
}

fn main() {}
