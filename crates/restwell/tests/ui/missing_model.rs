use restwell::prelude::*;
#[derive(Serializer)]
struct TitleSerializer {
    title: String,
}

fn main() {}
