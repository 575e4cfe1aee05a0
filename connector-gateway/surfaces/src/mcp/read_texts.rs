//! Arguments that came as texts and were read as what they stand for.

use plugwright_sdk::host::coerce;
use plugwright_sdk::schema::Schema;
use rmcp::model::{CallToolResult, MetaObject, Tool};
use serde_json::{Map, Value};

/// Member of a result's `_meta`: which arguments were read, and as which type.
const READ_AS: &str = "plugwright/readAs";
/// So many are told.
const MOST: usize = 50;

/// Which texts were read: their paths, and the types that they were read as.
#[derive(Debug, Default)]
pub(super) struct ReadTexts(Map<String, Value>);

impl ReadTexts {
    /// Reads the texts among the arguments of a tool.
    pub(super) fn of_tool(tool: &Tool, arguments: &mut Map<String, Value>) -> Self {
        let mut read = Self::default();
        if arguments.values().any(may_be_read) {
            let schema = Value::Object(Map::clone(&tool.input_schema));
            read.add(&schema, arguments);
        }
        read
    }

    /// Reads the texts among arguments with this schema.
    pub(super) fn add(&mut self, schema: &Schema, arguments: &mut Map<String, Value>) {
        if !arguments.values().any(may_be_read) {
            return;
        }
        for text in coerce::lenient(schema, arguments) {
            if self.0.len() < MOST {
                self.0.insert(text.param, text.kind.into());
            }
        }
    }

    /// Says so in the result.
    pub(super) fn tell(self, result: &mut CallToolResult) {
        if !self.0.is_empty() {
            let meta = result.meta.get_or_insert_with(|| MetaObject(Map::new()));
            meta.0.insert(READ_AS.to_owned(), self.0.into());
        }
    }
}

fn may_be_read(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Array(_) | Value::Object(_))
}
