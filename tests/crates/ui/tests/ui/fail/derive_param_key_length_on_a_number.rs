use plugwright_sdk::Param;

#[derive(Param)]
#[param(length(1..))]
struct Count(u32);

fn main() {}
