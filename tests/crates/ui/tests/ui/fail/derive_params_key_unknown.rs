use plugwright_sdk::Params;

#[derive(Params)]
struct Window {
    /// Where it starts.
    #[param(rename_all = "lowercase")]
    start: u32,
}

fn main() {}
