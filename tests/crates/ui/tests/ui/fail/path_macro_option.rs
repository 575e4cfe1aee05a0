use plugwright_sdk::{http::Path, path};

fn thing(id: Option<u64>) -> Path {
    path!("/things/{id}")
}

fn main() {}
