use plugwright_sdk::Param;

#[derive(Param)]
#[param(rename_all = "Train-Case")]
enum Colour {
    Red,
}

fn main() {}
