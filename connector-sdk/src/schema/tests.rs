use serde::{Serialize, Serializer};

use super::*;
use crate::model;
use crate::result::Output;

#[test]
fn folds_documented_enums_and_inlines_small_types() {
    let schema = canonical(json!({
        "type": "object",
        "properties": { "state": { "$ref": "#/$defs/State", "description": "Where it is." } },
        "$defs": { "State": { "oneOf": [
            { "type": "string", "const": "open", "description": "Still open." },
            { "type": "string", "const": "closed" }
        ] } }
    }));
    assert_eq!(
        schema["properties"]["state"],
        json!({ "description": "Where it is.", "type": "string", "enum": ["open", "closed"] })
    );
    assert!(schema.get("$defs").is_none());
}

#[test]
fn keeps_recursive_types_as_definitions() {
    let tree = json!({ "type": "object", "properties": {
        "children": { "type": "array", "items": { "$ref": "#/$defs/Tree" } } } });
    let schema = canonical(json!({ "$ref": "#/$defs/Tree", "$defs": { "Tree": tree } }));
    assert_eq!(
        schema["$defs"]["Tree"]["properties"]["children"]["items"]["$ref"],
        "#/$defs/Tree"
    );
}

#[test]
fn drops_null_but_keeps_it_where_a_patch_publishes_it() {
    let schema = json!({ "properties": {
        "a": { "type": ["string", "null"] },
        "b": { "type": "object", "properties": { "c": { "type": "string" } } },
        "d": { "type": "object" }
    } });
    let mut value = json!({ "a": null, "b": { "c": null }, "d": { "e": null }, "f": null });
    drop_nulls(&schema, &mut value);
    assert_eq!(
        value,
        json!({ "a": null, "b": {}, "d": { "e": null }, "f": null })
    );
}

type Maybe<T> = std::option::Option<T>;

/// A type that has only the name of the standard one.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
enum Option {
    Buy,
}

/// A type that serializes by a function alone.
#[derive(Clone, Debug, Default)]
struct Opaque;

fn opaque<S: Serializer>(_: &Opaque, serializer: S) -> Result<S::Ok, S::Error> {
    "opaque".serialize(serializer)
}

/// A row.
#[model]
struct Row<T: schemars::JsonSchema> {
    /// An option by its path.
    path: std::option::Option<u8>,
    /// An option by another name.
    alias: Maybe<T>,
    /// An option of anything.
    open: Maybe<Value>,
    /// Anything.
    any: Value,
    /// No option.
    own: Option,
    /// What the row is of.
    item: T,
    /// Serialized by a function.
    #[serde(serialize_with = "opaque", skip_deserializing)]
    #[schemars(with = "String")]
    opaque: Opaque,
}

/// A row of some kind.
#[model]
#[serde(tag = "kind", content = "row")]
enum Kind {
    /// With a name.
    Named {
        /// The name.
        name: Maybe<String>,
        /// The rank.
        rank: u8,
    },
}

#[test]
fn a_field_may_be_left_out_by_its_type_and_not_by_the_name_of_the_type() {
    let schema = of::<Row<u8>>();
    assert_eq!(schema["required"], json!(["any", "own", "item", "opaque"]));
    assert!(!schema.to_string().contains(MAY_BE_ABSENT), "{schema}");
    let row = Row {
        path: None,
        alias: None,
        open: None,
        any: Value::Null,
        own: Option::Buy,
        item: 1_u8,
        opaque: Opaque,
    };
    assert_eq!(
        row.into_result().unwrap().data,
        json!({ "any": null, "own": "Buy", "item": 1, "opaque": "opaque" })
    );
}

#[test]
fn a_field_of_a_variant_may_be_left_out() {
    let schema = of::<Kind>();
    assert!(!schema.to_string().contains(MAY_BE_ABSENT), "{schema}");
    let row = &schema["properties"]["row"];
    assert_eq!(row["required"], json!(["rank"]), "{schema}");
    let (name, rank) = (None, 1);
    assert_eq!(
        Kind::Named { name, rank }.into_result().unwrap().data,
        json!({ "kind": "Named", "row": { "rank": 1 } })
    );
}
