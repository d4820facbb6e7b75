use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
struct TitleSerializer {
    title: String,
}

struct TitleViewSet;

#[viewset]
impl ModelViewSet for TitleViewSet {
    type Serializer = TitleSerializer;
}

fn main() {}
