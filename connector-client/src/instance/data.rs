//! Parameters in groups: by the part of the request that each is sent in.

use serde_json::{Map, Value};

use crate::error::Error;

const GROUPS: [&str; 3] = ["path", "query", "body"];

/// Returns whether data may be in groups: it has nothing but objects by the names of groups.
pub(super) fn is_grouped(data: &Value) -> bool {
    let Value::Object(members) = data else {
        return false;
    };
    let is_group =
        |(name, value): (&String, &Value)| GROUPS.contains(&name.as_str()) && value.is_object();
    !members.is_empty() && members.iter().all(is_group)
}

/// Puts the members of groups side by side. A name that the action itself has is no group.
pub(super) fn flat(data: Value, schema: &Value) -> Result<Value, Error> {
    let Value::Object(members) = data else {
        return Ok(data);
    };
    let mut input = Map::new();
    let mut add = |name: String, value: Value| match input.insert(name.clone(), value) {
        None => Ok(()),
        Some(_) => {
            let message = format!("`{name}` is in several of `path`, `query` and `body`");
            Err(Error::invalid_request(message))
        }
    };
    for (name, value) in members {
        match value {
            Value::Object(group) if schema["properties"].get(&name).is_none() => {
                for (name, value) in group {
                    add(name, value)?;
                }
            }
            value => add(name, value)?,
        }
    }
    Ok(Value::Object(input))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn groups_are_put_side_by_side_unless_the_action_has_them() {
        let schema =
            json!({ "properties": { "id": {}, "name": {}, "body": { "type": "object" } } });
        let data = json!({ "path": { "id": 1 }, "query": { "name": "a" } });
        assert!(is_grouped(&data));
        assert_eq!(
            flat(data, &schema).unwrap(),
            json!({ "id": 1, "name": "a" })
        );
        let data = json!({ "path": { "id": 1 }, "body": { "text": "b" } });
        assert_eq!(
            flat(data, &schema).unwrap(),
            json!({ "id": 1, "body": { "text": "b" } })
        );
        for flat in [
            json!({}),
            json!({ "path": "a" }),
            json!({ "id": 1, "path": {} }),
            json!(1),
        ] {
            assert!(!is_grouped(&flat), "{flat}");
        }
        let twice = json!({ "path": { "id": 1 }, "query": { "id": 2 } });
        let error = flat(twice, &schema).unwrap_err();
        assert_eq!(
            error.message(),
            "`id` is in several of `path`, `query` and `body`"
        );
    }
}
