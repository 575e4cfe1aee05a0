use plugwright_sdk::Param;

#[derive(Param)]
enum Colour {
    #[param(rename = "red", rename = "dark")]
    Red,
}

fn main() {}
