use plugwright_sdk::Param;

#[derive(Param)]
enum Colour {
    Red,
    #[param(rename = "red")]
    DarkRed,
}

fn main() {}
