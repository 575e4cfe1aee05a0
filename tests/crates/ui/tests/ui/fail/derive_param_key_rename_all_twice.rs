use plugwright_sdk::Param;

#[derive(Param)]
#[param(rename_all = "kebab-case", rename_all = "lowercase")]
enum Colour {
    Red,
}

fn main() {}
