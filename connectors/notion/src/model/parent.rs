//! What something is in.

use plugwright_sdk::{Value, model};

/// What something is in.
#[model]
#[serde(from = "Value")]
pub struct Parent {
    /// `page`, `block`, `data_source`, `database` or `workspace`.
    pub r#type: String,
    /// Id; the workspace has none.
    pub id: Option<String>,
}

impl From<Value> for Parent {
    fn from(parent: Value) -> Self {
        let kind = parent["type"].as_str().unwrap_or_default();
        let id = parent.get(kind).and_then(Value::as_str);
        Self {
            r#type: kind.trim_end_matches("_id").to_owned(),
            id: id.map(str::to_owned),
        }
    }
}
