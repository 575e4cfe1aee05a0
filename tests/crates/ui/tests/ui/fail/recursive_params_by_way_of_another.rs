use plugwright_sdk::Params;

#[derive(Params)]
struct Left {
    /// The other side.
    right: Option<Right>,
}

#[derive(Params)]
struct Right {
    /// The other side.
    lefts: Vec<Left>,
}

fn main() {}
