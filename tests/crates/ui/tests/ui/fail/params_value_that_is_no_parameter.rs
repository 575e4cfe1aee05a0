use plugwright_sdk::{http::ParamValues, params};

struct Thing;

fn given(thing: Thing) -> ParamValues {
    params![thing]
}

fn main() {
    given(Thing);
}
