use plugwright_sdk::Param;

#[derive(Param)]
enum Colour {
    Red,
    Other(String),
}

fn main() {}
