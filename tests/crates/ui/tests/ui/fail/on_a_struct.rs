use plugwright_sdk::{action};

/// Lists things.
#[action("things.list", read)]
struct List;

fn main() {}
