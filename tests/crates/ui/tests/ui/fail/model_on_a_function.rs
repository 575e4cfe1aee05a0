use plugwright_sdk::model;

#[model]
fn thing() {}

fn main() {}
