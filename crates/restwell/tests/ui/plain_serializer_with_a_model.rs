use restwell::prelude::*;
use support::*;

#[path = "support/mod.rs"]
mod support;

#[derive(Serializer)]
#[serializer(plain, model = Book)]
struct Order {
    title: String,
}

fn main() {}
