use restwell::prelude::*;

#[derive(Serializer)]
#[serializer(plain, model = Book)]
struct Order {
    title: String,
}

fn main() {}
