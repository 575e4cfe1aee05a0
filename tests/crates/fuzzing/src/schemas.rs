//! What reads schemas: those of tools are of anybody's making.

use plugwright_sdk::serde_json::Deserializer;
use plugwright_sdk::{Value, schema};
use plugwright_tools::{Dialect, Tool};

/// Longest definition of a tool, in bytes, beside what it repeats of a schema.
const LONGEST_DEFINITION: usize = 4 << 20;

/// A schema, and the arguments of a model after it.
pub fn tools(bytes: &[u8]) {
    let mut values = Deserializer::from_slice(bytes).into_iter::<Value>();
    let Some(Ok(schema)) = values.next() else {
        return;
    };
    let arguments = values.next().and_then(Result::ok).unwrap_or_default();
    let description = schema["description"].as_str().unwrap_or_default();
    for dialect in Dialect::ALL {
        let Ok(tool) = Tool::new(dialect, "fuzzed", description, &schema) else {
            continue;
        };
        let length = tool.definition().to_string().len();
        let longest = LONGEST_DEFINITION + 100 * bytes.len();
        assert!(length <= longest, "{dialect}: {length} bytes");
        for loss in tool.losses() {
            assert!(loss.to_string().len() <= longest, "{dialect}");
        }
        tool.input(arguments.clone());
        tool.input(Value::String(arguments.to_string()));
    }
}

/// A schema that is made shorter.
pub fn schemas(bytes: &[u8]) {
    let Ok(schema) = plugwright_sdk::serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let short = schema::concise(&schema).to_string();
    let length = schema.to_string().len();
    // The mark of a text that goes on may be longer than what it stands for.
    assert!(short.len() <= length + length / 50, "{short}");
}
