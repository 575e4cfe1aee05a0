use plugwright_sdk::Param;

#[derive(Param)]
struct Window(u32, u32);

fn main() {}
