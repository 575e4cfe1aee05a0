use plugwright_sdk::Params;

#[derive(Params)]
struct Names {
    /// Which.
    name: String,
    /// Which other.
    #[param(rename = "name")]
    other: String,
}

fn main() {}
