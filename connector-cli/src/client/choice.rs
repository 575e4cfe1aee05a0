//! The record that a user means by an id or a name.

use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::Value;

use crate::failure::Failure;

fn only(
    found: Vec<Value>,
    missing: impl FnOnce() -> Failure,
    several: impl FnOnce(&[Value]) -> Failure,
) -> Result<Value, Failure> {
    match <[Value; 1]>::try_from(found) {
        Ok([one]) => Ok(one),
        Err(found) if found.is_empty() => Err(missing()),
        Err(found) => Err(several(&found)),
    }
}

/// Returns the only record of a kind that a name has found, or says which ids there are.
pub(crate) fn by_id(
    found: Vec<Value>,
    name: &str,
    what: &str,
    missing: impl FnOnce() -> Failure,
) -> Result<Value, Failure> {
    only(found, missing, |found| {
        let ids: Vec<_> = found.iter().filter_map(|one| one["id"].as_str()).collect();
        let (count, ids) = (ids.len(), ids.join(", "));
        let message = format!("`{name}` names {count} {what}s; use one of the ids {ids}");
        Failure::usage(ActionError::new(ErrorCode::ValidationError, message))
    })
}

/// Returns the only connection that a name has found, or says which there are, as `describe` does.
pub(crate) fn connection(
    found: Vec<Value>,
    name: &str,
    list: &str,
    describe: impl Fn(&Value) -> String,
) -> Result<Value, Failure> {
    let missing = || {
        let message = format!("no connection is named `{name}`");
        let error = ActionError::new(ErrorCode::ConnectionNotFound, message);
        Failure::from(error).advise(format!("`{list}` lists them"))
    };
    only(found, missing, |found| {
        let each: Vec<_> = found.iter().map(describe).collect();
        let (count, each) = (each.len(), each.join(", "));
        let message = format!("`{name}` names {count} connections: {each}");
        let error = ActionError::new(ErrorCode::ValidationError, message);
        Failure::usage(error).advise("use an id, CONNECTOR/NAME or --organization")
    })
}
