use plugwright_sdk::Param;

struct Inner;

#[derive(Param)]
struct Outer(Inner);

fn main() {}
