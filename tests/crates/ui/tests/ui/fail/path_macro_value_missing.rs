use plugwright_sdk::{http::Path, path};

fn thing() -> Path {
    path!("/things/{id}")
}

fn main() {}
