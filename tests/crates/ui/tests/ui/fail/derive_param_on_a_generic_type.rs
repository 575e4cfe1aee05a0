use plugwright_sdk::Param;

#[derive(Param)]
struct Wrapped<T>(T);

fn main() {}
