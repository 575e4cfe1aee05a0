use plugwright_sdk::Param;

#[derive(Param)]
union Colour {
    red: u32,
}

fn main() {}
