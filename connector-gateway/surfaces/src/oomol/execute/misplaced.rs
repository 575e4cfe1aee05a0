//! Members of a call's body that stand beside `input` and `options` instead of in them.

use plugwright_sdk::host::Faults;
use serde_json::{Map, Value};

use super::options::Options;
use crate::members::names;
use crate::oomol::calls::InputSchema;

/// Takes the members that belong in `input` or `options` out of those that the body does not have, with
/// a fault for each. Those of the input are moved there, so that it is not reported to lack them; the
/// call is refused all the same.
pub(crate) fn place(
    unknown: &mut Map<String, Value>,
    input: &mut Option<Value>,
    schema: InputSchema<'_>,
) -> Faults {
    let schema = schema();
    let parameters = schema.as_ref().and_then(|schema| schema.get("properties"));
    let options = names::<Options>();
    let mut faults = Faults::new();
    unknown.retain(|name, value| {
        // The rest is not read.
        if faults.is_full() {
            return true;
        }
        if parameters.is_some_and(|known| known.get(name).is_some()) {
            faults.note(name, "belongs in `input`");
            move_into(input, name, value);
        } else if options.contains(&name.as_str()) {
            faults.note(name, "belongs in `options`");
        } else {
            return true;
        }
        false
    });
    faults
}

fn move_into(input: &mut Option<Value>, name: &str, value: &mut Value) {
    let input = input.get_or_insert_default();
    if input.is_null() {
        *input = Map::new().into();
    }
    if let Some(members) = input.as_object_mut() {
        members.entry(name).or_insert_with(|| value.take());
    }
}
