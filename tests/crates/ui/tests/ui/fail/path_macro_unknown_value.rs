use plugwright_sdk::{http::Path, path};

fn thing(id: u32) -> Path {
    path!("/things/{id}", id = id, name = "a")
}

fn main() {}
