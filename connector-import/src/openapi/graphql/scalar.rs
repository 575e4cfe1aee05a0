//! Scalars as JSON Schema.

use plugwright_sdk::{Value, json};

use super::schema::Type;

pub(super) const BUILT_IN: [&str; 5] = ["Boolean", "Float", "ID", "Int", "String"];

/// The scalar of files, which are sent in a form that GraphQL does not define.
pub(super) const UPLOAD: &str = "Upload";

/// Returns the schema of a scalar. What one of a provider's own stands for is told by its name, then by
/// its description; otherwise any value is taken.
pub(super) fn schema(name: &str, own: &Type) -> Value {
    match name {
        "Boolean" => json!({ "type": "boolean" }),
        "Float" => json!({ "type": "number" }),
        "Int" => json!({ "type": "integer" }),
        "ID" | "String" => json!({ "type": "string" }),
        _ => custom(name, &own.description),
    }
}

fn custom(name: &str, description: &str) -> Value {
    let plain = name.to_ascii_lowercase().replace('_', "");
    let ends = |ends: &[&str]| ends.iter().any(|end| plain.ends_with(end));
    match plain.as_str() {
        "json" | "any" | "map" | "object" | "awsjson" => json!({}),
        "jsonobject" => json!({ "type": "object" }),
        "jsonstring" => json!({ "type": "string" }),
        "bigint" | "long" | "int64" | "biginteger" | "unsignedint64" => {
            json!({ "type": ["integer", "string"] })
        }
        "decimal" | "bigdecimal" | "money" | "numeric" => json!({ "type": ["number", "string"] }),
        _ if ends(&["datetime", "timestamptz", "datetimeiso"]) => {
            json!({ "type": "string", "format": "date-time" })
        }
        _ if ends(&["date"]) => json!({ "type": "string", "format": "date" }),
        _ if ends(&["uri", "url"]) => json!({ "type": "string", "format": "uri" }),
        _ if ends(&["uuid"]) => json!({ "type": "string", "format": "uuid" }),
        "email" | "emailaddress" => json!({ "type": "string", "format": "email" }),
        _ if says_text(description) => json!({ "type": "string" }),
        _ => json!({}),
    }
}

pub(super) fn description(name: &str, own: &Type) -> Option<String> {
    if BUILT_IN.contains(&name) {
        None
    } else if own.description.is_empty() {
        Some(format!("A value of the scalar {name}"))
    } else {
        Some(own.description.clone())
    }
}

fn says_text(description: &str) -> bool {
    let lower = description.to_ascii_lowercase();
    let words = || lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    let has = |names: &[&str]| words().any(|word| names.contains(&word));
    has(&["string", "strings", "text"])
        && !has(&[
            "object", "array", "json", "number", "integer", "int", "float", "boolean",
        ])
}

#[cfg(test)]
mod tests {
    use super::super::schema::Kind;
    use super::*;

    #[test]
    fn scalars_are_what_name_and_description_say() {
        for (name, description, kind, format) in [
            ("ID", "", json!("string"), None),
            ("DateTime", "", json!("string"), Some("date-time")),
            ("ISO8601Date", "", json!("string"), Some("date")),
            ("URI", "", json!("string"), Some("uri")),
            ("JSON", "A JSON string", Value::Null, None),
            ("BigInt", "", json!(["integer", "string"]), None),
            (
                "GitRefname",
                "A fully qualified string",
                json!("string"),
                None,
            ),
            ("Mixed", "A string or a number", Value::Null, None),
            ("Opaque", "", Value::Null, None),
        ] {
            let own = Type {
                description: description.to_owned(),
                kind: Kind::Scalar,
            };
            let schema = schema(name, &own);
            assert_eq!(schema["type"], kind, "{name}");
            assert_eq!(schema["format"].as_str(), format, "{name}");
        }
    }
}
