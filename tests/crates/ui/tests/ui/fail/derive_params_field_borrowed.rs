use plugwright_sdk::Params;

#[derive(Params)]
struct Window {
    /// Where it starts.
    start: &'static str,
}

fn main() {}
