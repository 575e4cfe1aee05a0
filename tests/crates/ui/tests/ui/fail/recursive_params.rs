use plugwright_sdk::Params;

#[derive(Params)]
struct Node {
    /// What is below.
    children: Vec<Node>,
}

fn main() {}
