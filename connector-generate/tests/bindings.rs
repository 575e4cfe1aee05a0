//! Types of a small action, as they are written.

use plugwright_generate::bindings::{self, ActionTypes};
use plugwright_sdk::json;

fn create() -> ActionTypes {
    ActionTypes {
        id: "shop.items.create".to_owned(),
        title: "Create an item".to_owned(),
        description: "Creates an item.\n\nReturns the new item.".to_owned(),
        deprecated: None,
        input_schema: json!({
            "type": "object",
            "properties": {
                "name": { "type": "string", "description": "Name.", "maxLength": 9 },
                "color": { "type": "string", "enum": ["red", "light blue"], "description": "Colour.", "default": "red" },
                "note": { "type": ["string", "null"] }
            },
            "required": ["name"],
            "additionalProperties": false
        }),
        output_schema: json!({
            "description": "An item.",
            "type": "object",
            "properties": {
                "id": { "type": "integer", "minimum": 0 },
                "parts": { "type": "array", "items": { "type": "object", "properties": { "size": { "type": "number" } }, "additionalProperties": false } },
                "more": { "type": "object", "additionalProperties": { "type": "boolean" } }
            },
            "required": ["id"],
            "additionalProperties": false
        }),
    }
}

#[test]
fn rust_has_a_function_and_structs() {
    let written = bindings::rust(&[create()]);
    let expected = include_str!("bindings/actions.rs");
    assert_eq!(written, expected, "{written}");
}

#[test]
fn typescript_has_entries_of_the_registry() {
    let written = bindings::typescript(&[create()]);
    let expected = include_str!("bindings/actions.d.ts");
    assert_eq!(written, expected, "{written}");
}
