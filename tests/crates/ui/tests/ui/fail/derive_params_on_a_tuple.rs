use plugwright_sdk::Params;

#[derive(Params)]
struct Window(u32, u32);

fn main() {}
