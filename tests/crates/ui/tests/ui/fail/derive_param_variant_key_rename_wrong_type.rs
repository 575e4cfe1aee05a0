use plugwright_sdk::Param;

#[derive(Param)]
enum Colour {
    #[param(rename = 5)]
    Red,
}

fn main() {}
