use plugwright_sdk::Params;

#[derive(Params)]
struct Window<T> {
    /// Where it starts.
    start: T,
}

fn main() {}
