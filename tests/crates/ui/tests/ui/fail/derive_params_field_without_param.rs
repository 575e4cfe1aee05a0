use plugwright_sdk::Params;

struct Place;

#[derive(Params)]
struct Window {
    /// Where it starts.
    start: Place,
}

fn main() {}
