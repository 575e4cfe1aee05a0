use plugwright_sdk::Params;

#[derive(Params)]
#[param(rename_all = "lowercase")]
struct Window {
    /// Where it starts.
    start: u32,
}

fn main() {}
