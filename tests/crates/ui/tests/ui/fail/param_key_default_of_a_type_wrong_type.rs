use plugwright_sdk::Param;

/// Things per page.
#[derive(Param)]
#[param(default = "many")]
struct PageSize(u32);

fn main() {}
