use plugwright_sdk::Params;

#[derive(Params)]
enum Colour {
    Red,
}

fn main() {}
