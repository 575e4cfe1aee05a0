use plugwright_sdk::cassettes;

static CASSETTES: &[(&str, &str)] = cassettes!("tests/no-such-folder");

fn main() {}
