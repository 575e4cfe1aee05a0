//! Arguments that arrived as texts and were read as numbers, booleans, arrays or objects.

use plugwright_sdk::host::coerce;
use plugwright_sdk::schema::Schema;
use rmcp::model::{CallToolResult, MetaObject, Tool};
use serde_json::{Map, Value};

/// Member of a result's `_meta`: the arguments that were coerced, and to which type.
const READ_AS: &str = "plugwright/readAs";
const MOST: usize = 50;

/// The paths of the texts that were coerced, with their new types.
#[derive(Debug, Default)]
pub(super) struct Coercions(Map<String, Value>);

impl Coercions {
    pub(super) fn of_tool(tool: &Tool, arguments: &mut Map<String, Value>) -> Self {
        let mut coerced = Self::default();
        if arguments.values().any(may_be_coerced) {
            let schema = Value::Object(Map::clone(&tool.input_schema));
            coerced.add(&schema, arguments);
        }
        coerced
    }

    pub(super) fn add(&mut self, schema: &Schema, arguments: &mut Map<String, Value>) {
        if !arguments.values().any(may_be_coerced) {
            return;
        }
        for text in coerce::lenient(schema, arguments) {
            if self.0.len() < MOST {
                self.0.insert(text.param, text.kind.into());
            }
        }
    }

    pub(super) fn report(self, result: &mut CallToolResult) {
        if !self.0.is_empty() {
            let meta = result.meta.get_or_insert_with(|| MetaObject(Map::new()));
            meta.0.insert(READ_AS.to_owned(), self.0.into());
        }
    }
}

fn may_be_coerced(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Array(_) | Value::Object(_))
}
