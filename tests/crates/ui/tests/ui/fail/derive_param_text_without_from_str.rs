use plugwright_sdk::Param;

#[derive(Param)]
#[param(text, pattern = "^[a-z]+$")]
struct Name(String);

fn main() {}
