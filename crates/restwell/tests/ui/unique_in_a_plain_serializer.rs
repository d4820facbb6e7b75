use restwell::prelude::*;

#[derive(Serializer)]
#[serializer(plain)]
struct Order {
    #[field(unique)]
    title: String,
}

fn main() {}
