use plugwright_sdk::model;

#[model(rename_all = "camelCase")]
struct Thing {
    name: String,
}

fn main() {}
