use plugwright_sdk::Params;

#[derive(Params)]
struct Left {
    #[param(flatten)]
    right: Right,
}

#[derive(Params)]
struct Right {
    /// The other side.
    lefts: Vec<Left>,
}

fn main() {}
