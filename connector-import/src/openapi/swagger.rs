//! Swagger 2.0, brought to the form of OpenAPI 3.

use plugwright_sdk::host::word_list;
use plugwright_sdk::reading::value::{items, members, texts};
use plugwright_sdk::{Value, json};
use serde_json::Map;

use super::path;
use crate::bundle::BUNDLED;

const LONGEST_CHAIN: usize = 32;

/// Definitions are where the newer version has its components.
const MOVED: [(&str, &str); 4] = [
    ("#/definitions/", "#/components/schemas/"),
    ("#/parameters/", "#/components/parameters/"),
    ("#/responses/", "#/components/responses/"),
    ("#/securityDefinitions/", "#/components/securitySchemes/"),
];

/// The keywords whose members have names of the document's choice.
const NAMED: [&str; 6] = [
    "definitions",
    "parameters",
    "paths",
    "patternProperties",
    "properties",
    "responses",
];

pub(super) fn converted(document: &Value) -> Value {
    let mut made = Map::new();
    made.insert("openapi".into(), "3.0.3".into());
    for key in ["info", "security", "tags", "externalDocs"] {
        if let Some(part) = document.get(key) {
            made.insert(key.into(), part.clone());
        }
    }
    made.insert("servers".into(), servers(document));
    let mut paths = Map::new();
    for (path, item) in path::items(document).into_iter().flatten() {
        paths.insert(path.clone(), path_item(document, item));
    }
    made.insert("paths".into(), paths.into());
    let schemas = each_moved(members(document.get("definitions")));
    let schemes: Map<String, Value> = members(document.get("securityDefinitions"))
        .map(|(name, scheme)| (name.clone(), security_scheme(scheme)))
        .collect();
    made.insert(
        "components".into(),
        json!({ "schemas": schemas, "securitySchemes": schemes }),
    );
    if let Some(others) = document.get(BUNDLED) {
        made.insert(BUNDLED.into(), each_moved(members(Some(others))));
    }
    made.into()
}

fn servers(document: &Value) -> Value {
    let base = document
        .get("basePath")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let Some(host) = document.get("host").and_then(Value::as_str) else {
        return json!([{ "url": base }]);
    };
    let schemes: Vec<_> = texts(document.get("schemes")).collect();
    let scheme = match schemes.as_slice() {
        [] => "https",
        known if known.contains(&"https") => "https",
        [first, ..] => first,
    };
    let base = if base.starts_with('/') || base.is_empty() {
        base.to_owned()
    } else {
        format!("/{base}")
    };
    json!([{ "url": format!("{scheme}://{host}{base}") }])
}

fn each_moved<'d>(parts: impl IntoIterator<Item = (&'d String, &'d Value)>) -> Value {
    let parts = parts.into_iter();
    let moved = parts.map(|(name, part)| (name.clone(), moved(part)));
    moved.collect::<Map<_, _>>().into()
}

/// Copies a part with references to where things are now. Data may look like references.
fn moved(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let value = match (name.as_str(), value) {
                    ("$ref", Value::String(reference)) => MOVED
                        .iter()
                        .find_map(|(from, to)| {
                            Some(format!("{to}{}", reference.strip_prefix(from)?))
                        })
                        .unwrap_or_else(|| reference.clone())
                        .into(),
                    // The name of a member is stated alone.
                    ("discriminator", Value::String(member)) => json!({ "propertyName": member }),
                    ("default" | "enum" | "example" | "examples", data) => data.clone(),
                    (extension, data) if extension.starts_with("x-") => data.clone(),
                    (keyword, Value::Object(parts)) if NAMED.contains(&keyword) => {
                        each_moved(parts)
                    }
                    (_, part) => moved(part),
                };
                (name.clone(), value)
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(moved).collect::<Vec<_>>().into(),
        other => other.clone(),
    }
}

fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let mut value = value;
    for _ in 0..LONGEST_CHAIN {
        let reference = value.get("$ref").and_then(Value::as_str);
        let target = reference.and_then(|reference| document.pointer(reference.strip_prefix('#')?));
        match target {
            Some(target) => value = target,
            None => break,
        }
    }
    value
}

fn path_item(document: &Value, item: &Value) -> Value {
    let item = resolved(document, item);
    let shared = item.get("parameters");
    let mut made = Map::new();
    for (method, operation) in members(Some(item)) {
        if matches!(
            method.as_str(),
            "get" | "put" | "post" | "delete" | "options" | "head" | "patch"
        ) && operation.is_object()
        {
            let operation = operation_of(document, operation, shared);
            made.insert(method.clone(), operation);
        }
    }
    made.into()
}

fn operation_of(document: &Value, operation: &Value, shared: Option<&Value>) -> Value {
    let mut made = Map::new();
    for key in [
        "operationId",
        "summary",
        "description",
        "tags",
        "deprecated",
        "security",
    ] {
        if let Some(part) = operation.get(key) {
            made.insert(key.into(), part.clone());
        }
    }
    let types = |key: &str| -> Vec<String> {
        let own = operation.get(key).or_else(|| document.get(key));
        texts(own).map(str::to_owned).collect()
    };
    let own: Vec<&Value> = items(operation.get("parameters"))
        .map(|it| resolved(document, it))
        .collect();
    let inherited = items(shared).map(|it| resolved(document, it));
    let inherited = inherited.filter(|parameter| {
        let same = |other: &&Value| {
            other.get("name") == parameter.get("name") && other.get("in") == parameter.get("in")
        };
        !own.iter().any(same)
    });
    let all: Vec<&Value> = own.iter().copied().chain(inherited).collect();
    let mut parameters = Vec::new();
    let mut fields = Vec::new();
    for parameter in all {
        match parameter.get("in").and_then(Value::as_str) {
            Some("body") => {
                made.insert(
                    "requestBody".into(),
                    json_body(parameter, &types("consumes")),
                );
            }
            Some("formData") => fields.push(parameter),
            _ => parameters.push(parameter_of(parameter)),
        }
    }
    if !fields.is_empty() {
        made.insert("requestBody".into(), form_body(&fields, &types("consumes")));
    }
    made.insert("parameters".into(), parameters.into());
    let produces = types("produces");
    let responses: Map<String, Value> = members(operation.get("responses"))
        .map(|(status, response)| {
            (
                status.clone(),
                response_of(resolved(document, response), &produces),
            )
        })
        .collect();
    made.insert("responses".into(), responses.into());
    made.into()
}

/// The keywords of a parameter that are those of a schema.
const SCHEMA: &[&str] = &word_list::<17>(include_str!("../../words/parameter_schema_keywords.txt"));

fn schema_of(parameter: &Value) -> Value {
    if let Some(schema) = parameter.get("schema") {
        return moved(schema);
    }
    let members = SCHEMA.iter().filter_map(|key| {
        let value = parameter.get(*key)?;
        Some(((*key).to_owned(), moved(value)))
    });
    members.collect::<Map<_, _>>().into()
}

fn style_of(parameter: &Value) -> Option<(&'static str, bool)> {
    Some(
        match parameter.get("collectionFormat").and_then(Value::as_str) {
            Some("multi") => ("form", true),
            Some("ssv") => ("spaceDelimited", false),
            Some("pipes") => ("pipeDelimited", false),
            Some("tsv") => ("tabDelimited", false),
            _ if parameter.get("type").and_then(Value::as_str) == Some("array") => ("form", false),
            _ => return None,
        },
    )
}

fn parameter_of(parameter: &Value) -> Value {
    let mut made = Map::new();
    for key in ["name", "in", "description", "required", "deprecated"] {
        if let Some(part) = parameter.get(key) {
            made.insert(key.into(), part.clone());
        }
    }
    if let Some((style, explode)) = style_of(parameter) {
        let is_query = parameter.get("in").and_then(Value::as_str) == Some("query");
        let style = if style == "form" && !is_query {
            "simple"
        } else {
            style
        };
        made.insert("style".into(), style.into());
        made.insert("explode".into(), explode.into());
    }
    // Azure's word for it: a scope is a path of its own.
    let keeps_slashes = parameter.get("x-ms-skip-url-encoding") == Some(&Value::Bool(true));
    if keeps_slashes && parameter.get("in").and_then(Value::as_str) == Some("path") {
        made.insert("allowReserved".into(), true.into());
    }
    made.insert("schema".into(), schema_of(parameter));
    made.into()
}

fn json_body(parameter: &Value, consumes: &[String]) -> Value {
    let schema = schema_of(parameter);
    let types = if consumes.is_empty() {
        vec!["application/json".to_owned()]
    } else {
        consumes.to_vec()
    };
    let content: Map<String, Value> = types
        .into_iter()
        .map(|name| (name, json!({ "schema": schema })))
        .collect();
    json!({
        "required": parameter.get("required") == Some(&Value::Bool(true)),
        "content": content,
    })
}

fn form_body(fields: &[&Value], consumes: &[String]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut encoding = Map::new();
    let mut has_file = false;
    for field in fields {
        let Some(name) = field.get("name").and_then(Value::as_str) else {
            continue;
        };
        let mut schema = schema_of(field);
        if schema["type"] == "file" {
            has_file = true;
            schema["type"] = "string".into();
            schema["format"] = "binary".into();
        }
        if let Some(text) = field.get("description") {
            schema["description"] = text.clone();
        }
        if field.get("required") == Some(&Value::Bool(true)) {
            required.push(Value::from(name));
        }
        if let Some((style, explode)) = style_of(field) {
            encoding.insert(
                name.to_owned(),
                json!({ "style": style, "explode": explode }),
            );
        }
        properties.insert(name.to_owned(), schema);
    }
    let is_multipart = has_file
        || (consumes.iter().any(|name| name.starts_with("multipart/"))
            && !consumes.iter().any(|name| name.contains("urlencoded")));
    let media_type = if is_multipart {
        "multipart/form-data"
    } else {
        "application/x-www-form-urlencoded"
    };
    let is_required = !required.is_empty();
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    json!({
        "required": is_required,
        "content": { media_type: { "schema": schema, "encoding": encoding } },
    })
}

fn response_of(response: &Value, produces: &[String]) -> Value {
    let mut made = Map::new();
    for key in ["description", "headers"] {
        if let Some(part) = response.get(key) {
            made.insert(key.into(), moved(part));
        }
    }
    if let Some(schema) = response.get("schema") {
        let is_file = schema.get("type").and_then(Value::as_str) == Some("file");
        let schema = moved(schema);
        let examples = response.get("examples");
        let types: Vec<&str> = match produces {
            [] if is_file => vec!["application/octet-stream"],
            [] => vec!["application/json"],
            known => known.iter().map(String::as_str).collect(),
        };
        let content: Map<String, Value> = types
            .into_iter()
            .map(|name| {
                let mut content = json!({ "schema": schema });
                if let Some(example) = examples.and_then(|examples| examples.get(name)) {
                    content["example"] = example.clone();
                }
                (name.to_owned(), content)
            })
            .collect();
        made.insert("content".into(), content.into());
    }
    made.into()
}

fn security_scheme(scheme: &Value) -> Value {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str);
    let mut made = match text("type") {
        Some("basic") => json!({ "type": "http", "scheme": "basic" }),
        Some("oauth2") => {
            let (flow, urls): (_, &[&str]) = match text("flow") {
                Some("accessCode") => ("authorizationCode", &["authorizationUrl", "tokenUrl"]),
                Some("application") => ("clientCredentials", &["tokenUrl"]),
                Some("password") => ("password", &["tokenUrl"]),
                _ => ("implicit", &["authorizationUrl"]),
            };
            let mut flow_of =
                json!({ "scopes": scheme.get("scopes").cloned().unwrap_or(json!({})) });
            for url in urls {
                if let Some(value) = scheme.get(*url) {
                    flow_of[*url] = value.clone();
                }
            }
            json!({ "type": "oauth2", "flows": { flow: flow_of } })
        }
        _ => return scheme.clone(),
    };
    if let Some(description) = scheme.get("description") {
        made["description"] = description.clone();
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_kept_and_what_is_named_like_data_is_moved() {
        let data = json!({ "discriminator": "cat", "$ref": "#/definitions/Pet" });
        let old = json!({ "$ref": "#/definitions/Pet" });
        let new = json!({ "$ref": "#/components/schemas/Pet" });
        let schema = |part: &Value, discriminator: Value| {
            json!({
                "discriminator": discriminator,
                "default": data, "enum": [data], "example": data, "x-data": data,
                "properties": { "default": part, "enum": part, "x-part": part, "properties": part },
                "items": part,
            })
        };
        let moved = moved(&schema(&old, json!("kind")));
        assert_eq!(moved, schema(&new, json!({ "propertyName": "kind" })));
        let responses = json!({ "responses": { "default": { "schema": old } } });
        let bundled = converted(&json!({ BUNDLED: { "x-1": responses } }));
        let response = &bundled[BUNDLED]["x-1"]["responses"]["default"];
        assert_eq!(response["schema"], new);
    }
}
