use plugwright_sdk::Param;

#[derive(Param)]
struct Window {
    start: u32,
    end: u32,
}

fn main() {}
