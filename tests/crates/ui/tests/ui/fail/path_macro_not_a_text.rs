use plugwright_sdk::{http::Path, path};

fn thing(id: u32) -> Path {
    path!(id)
}

fn main() {}
