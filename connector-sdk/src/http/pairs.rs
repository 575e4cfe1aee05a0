//! Values as pairs of a query or form.

use serde_json::Value;

use crate::error::{ActionError, ErrorCode, Result};

/// Writes a value as the pairs of a query or form.
pub(super) fn pairs(name: &str, value: Option<Value>) -> Result<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    add_pairs(name, value, &mut pairs)?;
    Ok(pairs)
}

/// Adds the pairs of a value. Lists in lists are gone through once, however deep they are.
pub(super) fn add_pairs(
    name: &str,
    value: Option<Value>,
    pairs: &mut Vec<(String, String)>,
) -> Result<()> {
    let text = match value {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::String(text)) => text,
        Some(value @ (Value::Bool(_) | Value::Number(_))) => value.to_string(),
        Some(Value::Array(items)) => {
            for item in items {
                add_pairs(name, Some(item), pairs)?;
            }
            return Ok(());
        }
        Some(Value::Object(_)) => {
            let message = format!("`{name}` is an object, which a query or form can't hold");
            return Err(ActionError::new(ErrorCode::InternalError, message));
        }
    };
    pairs.push((name.to_owned(), text));
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_in_lists_are_one_list_and_null_is_nothing() {
        let value = json!([1, [true, [["a"], null]], []]);
        let expected = ["1", "true", "a"].map(|text| ("x".to_owned(), text.to_owned()));
        assert_eq!(pairs("x", Some(value)).unwrap(), expected);
        assert_eq!(pairs("x", None).unwrap(), []);
        assert!(pairs("x", Some(json!([{}]))).is_err());
    }

    #[test]
    fn a_long_list_in_many_others_is_gone_through_once() {
        let mut value = Value::from(vec![1; 50_000]);
        for _ in 0..100 {
            value = Value::from(vec![value]);
        }
        assert_eq!(pairs("x", Some(value)).unwrap().len(), 50_000);
    }
}
