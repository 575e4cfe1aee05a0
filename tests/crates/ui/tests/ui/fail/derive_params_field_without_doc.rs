use plugwright_sdk::Params;

#[derive(Params)]
struct Window {
    start: u32,
}

fn main() {}
