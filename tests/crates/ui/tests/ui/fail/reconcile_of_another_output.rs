use plugwright_sdk::{ActionContext, Lost, Outcome, Result, Value, action};

/// Creates a thing.
#[action("things.create", write, reconcile(natural = find_created(name)))]
async fn create(
    _: &ActionContext,
    /// Name.
    name: String,
    /// Shelf.
    shelf: Option<u32>,
) -> Result<Value> {
    let _ = (name, shelf);
    Ok(Value::Null)
}

async fn find_created(_: &ActionContext, _: &Lost, name: String) -> Result<Outcome<String>> {
    Ok(Outcome::Done(name))
}

fn main() {}
