use plugwright_sdk::Param;

#[derive(Param)]
#[param(patern = "^a$")]
struct Name(String);

fn main() {}
