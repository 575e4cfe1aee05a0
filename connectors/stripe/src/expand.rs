//! Objects that Stripe returns in place of their ids.

use std::collections::BTreeMap;

use plugwright_sdk::http::RequestBuilder;
use plugwright_sdk::serde::de::DeserializeOwned;
use plugwright_sdk::{ActionError, ErrorCode, Param, Result, Value, json, serde_json};

/// Path of a field with an id.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^[a-z_]+([.][a-z_]+){0,3}$", example = "customer")]
pub struct Path(pub String);

impl Path {
    /// Returns what an answer has there, in a list for each item.
    fn find(&self, answer: &Value) -> Value {
        self.0.split('.').fold(answer.clone(), |found, name| {
            let member = |value: &Value| value.get(name).cloned().unwrap_or_default();
            match &found {
                Value::Array(items) => items.iter().map(member).collect(),
                // A list is an object around its items.
                Value::Object(members) if members.get("object") == Some(&json!("list")) => {
                    let items = found["data"].as_array().into_iter().flatten();
                    if name == "data" {
                        found["data"].clone()
                    } else {
                        items.map(member).collect()
                    }
                }
                other => member(other),
            }
        })
    }
}

/// Fetches an object with the objects behind these paths, which become its member `expanded`. Where they
/// stood in it, types read their ids.
pub(crate) async fn fetch<T: DeserializeOwned + 'static>(
    request: RequestBuilder<'_>,
    paths: Option<Vec<Path>>,
) -> Result<T> {
    let Some(paths) = paths else {
        return request.fetch().await;
    };
    let mut answer: Value = request.query("expand", paths.clone()).fetch().await?;
    let found = paths.into_iter().map(|path| {
        let value = path.find(&answer);
        (path.0, value)
    });
    let found: BTreeMap<_, _> = found.filter(|(_, value)| !value.is_null()).collect();
    if let Some(members) = answer.as_object_mut() {
        members.insert("expanded".to_owned(), json!(found));
    }
    serde_json::from_value(answer).map_err(|error| {
        let message = "Stripe's answer with expanded objects has an unexpected shape";
        ActionError::new(ErrorCode::UpstreamInvalid, message).with_detail(error.to_string())
    })
}
