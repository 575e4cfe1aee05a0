//! Values as pairs of a query or form.

use serde_json::Value;

use crate::error::{ActionError, ErrorCode, Result};

/// How queries and forms write lists and objects.
///
/// ```
/// use plugwright_sdk::http::Nesting;
/// use plugwright_sdk::testing::{MockContext, block_on};
/// use plugwright_sdk::{ConnectorDefinition, Value, actions, json};
///
/// static SHOP: ConnectorDefinition = ConnectorDefinition::new("shop", "Shop", "1.0.0")
///     .base_url("https://api.example.com")
///     .nesting(Nesting::Brackets)
///     .actions(actions![]);
///
/// let cx = MockContext::new(&SHOP, [(200, json!({}))]);
/// let things = json!([{ "id": "lamp" }, { "id": "rug" }]);
/// block_on(cx.post("/orders").form("things", things).fetch::<Value>())?;
/// let body = cx.sent()[0].body.as_ref().map(|body| body.bytes()).unwrap_or_default();
/// assert_eq!(body, "things%5B0%5D%5Bid%5D=lamp&things%5B1%5D%5Bid%5D=rug");
/// # Ok::<(), plugwright_sdk::ActionError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nesting {
    /// A list is its name once per item, `a=1&a=2`. There are no objects, and `null` is nothing.
    #[default]
    Repeated,
    /// The name of an item or a member is in brackets, `a[0]=1&a[1]=2` and `a[b]=1`; `null` is an empty
    /// text.
    Brackets,
}

pub(super) fn pairs(
    name: &str,
    value: Option<Value>,
    nesting: Nesting,
) -> Result<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    add_pairs(name, value, nesting, &mut pairs)?;
    Ok(pairs)
}

/// Adds the pairs of a value. Lists in lists are gone through once, however deep they are.
pub(super) fn add_pairs(
    name: &str,
    value: Option<Value>,
    nesting: Nesting,
    pairs: &mut Vec<(String, String)>,
) -> Result<()> {
    let text = match (value, nesting) {
        (None, _) | (Some(Value::Null), Nesting::Repeated) => return Ok(()),
        (Some(Value::Null), Nesting::Brackets) => String::new(),
        (Some(Value::String(text)), _) => text,
        (Some(value @ (Value::Bool(_) | Value::Number(_))), _) => value.to_string(),
        (Some(Value::Array(items)), Nesting::Repeated) => {
            for item in items {
                add_pairs(name, Some(item), nesting, pairs)?;
            }
            return Ok(());
        }
        (Some(Value::Array(items)), Nesting::Brackets) => {
            for (index, item) in items.into_iter().enumerate() {
                add_pairs(&format!("{name}[{index}]"), Some(item), nesting, pairs)?;
            }
            return Ok(());
        }
        (Some(Value::Object(members)), Nesting::Brackets) => {
            for (member, value) in members {
                add_pairs(&format!("{name}[{member}]"), Some(value), nesting, pairs)?;
            }
            return Ok(());
        }
        (Some(Value::Object(_)), Nesting::Repeated) => {
            let message = format!("`{name}` is an object, which a query or form can't hold");
            return Err(ActionError::new(ErrorCode::InternalError, message));
        }
    };
    pairs.push((name.to_owned(), text));
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_in_lists_are_one_list_and_null_is_nothing() {
        let value = json!([1, [true, [["a"], null]], []]);
        let expected = ["1", "true", "a"].map(|text| ("x".to_owned(), text.to_owned()));
        let repeated = |value| pairs("x", value, Nesting::Repeated);
        assert_eq!(repeated(Some(value)).unwrap(), expected);
        assert_eq!(repeated(None).unwrap(), []);
        assert!(repeated(Some(json!([{}]))).is_err());
    }

    #[test]
    fn a_long_list_in_many_others_is_gone_through_once() {
        let mut value = Value::from(vec![1; 50_000]);
        for _ in 0..100 {
            value = Value::from(vec![value]);
        }
        let found = pairs("x", Some(value), Nesting::Repeated).unwrap();
        assert_eq!(found.len(), 50_000);
    }

    #[test]
    fn brackets_name_items_and_members() {
        let value = json!({ "a": [{ "b": 1, "c d": null }, "e"], "f": {}, "g": [] });
        let found = pairs("x", Some(value), Nesting::Brackets).unwrap();
        let expected = [("x[a][0][b]", "1"), ("x[a][0][c d]", ""), ("x[a][1]", "e")];
        let expected = expected.map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(found, expected);
        assert_eq!(pairs("x", None, Nesting::Brackets).unwrap(), []);
    }

    /// Reads pairs as the value that they were made of, with texts in place of numbers.
    fn read(pairs: Vec<(String, String)>) -> Value {
        let mut root = Value::Null;
        for (name, text) in pairs {
            let mut place = &mut root;
            for segment in name.split(['[', ']']).filter(|segment| !segment.is_empty()) {
                place = match segment.parse::<usize>() {
                    Ok(index) => {
                        if place.is_null() {
                            *place = json!([]);
                        }
                        let items = place.as_array_mut().unwrap();
                        items.resize(items.len().max(index + 1), Value::Null);
                        &mut items[index]
                    }
                    Err(_) => &mut place[segment],
                };
            }
            *place = text.into();
        }
        root
    }

    proptest! {
        #[test]
        fn nothing_is_lost_in_brackets(value in document()) {
            let found = pairs("x", Some(value.clone()), Nesting::Brackets).unwrap();
            let read = read(found);
            prop_assert_eq!(&read["x"], &value);
        }
    }

    /// Values without empty lists and objects, of which a form can't tell.
    fn document() -> impl Strategy<Value = Value> {
        "[a-z&=]{0,3}"
            .prop_map(Value::from)
            .prop_recursive(4, 24, 4, |inner| {
                prop_oneof![
                    prop::collection::vec(inner.clone(), 1..4).prop_map(Value::from),
                    prop::collection::btree_map("[a-c]{1,2}", inner, 1..4)
                        .prop_map(|members| Value::Object(members.into_iter().collect())),
                ]
            })
    }
}
