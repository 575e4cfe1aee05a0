use plugwright_sdk::Param;

#[derive(Param)]
#[param(rename_all = 5)]
enum Colour {
    Red,
}

fn main() {}
