use plugwright_sdk::Param;

#[derive(Param)]
enum Colour {}

fn main() {}
