use plugwright_sdk::Param;

#[derive(Param)]
#[param(rename = "colour")]
enum Colour {
    Red,
}

fn main() {}
