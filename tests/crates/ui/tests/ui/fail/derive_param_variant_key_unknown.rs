use plugwright_sdk::Param;

#[derive(Param)]
enum Colour {
    #[param(default)]
    Red,
}

fn main() {}
