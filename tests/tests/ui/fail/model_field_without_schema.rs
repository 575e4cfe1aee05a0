use plugwright_sdk::model;

struct Inner;

#[model]
struct Thing {
    inner: Inner,
}

fn main() {}
