//! The parts of a document: operations, and the components that they refer to.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::transform::ReplaceBoolSchemas;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// Collects the operations and components of a document.
pub(crate) struct Api {
    types: SchemaGenerator,
    schemas: Map<String, Value>,
    parameters: Map<String, Value>,
    responses: Map<String, Value>,
    paths: Map<String, Value>,
    tags: Vec<Value>,
    /// Whether calls need no token.
    open_to_all: bool,
}

/// Responses by status.
pub(crate) type Answers = BTreeMap<u16, Value>;

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whoever can reach the gateway.
    Everybody,
    /// Whoever has a token.
    Token,
    /// The operator.
    Operator,
}

impl Api {
    /// Makes an empty one; with `open_to_all`, tokens are optional.
    pub(crate) fn new(open_to_all: bool) -> Self {
        let types = SchemaSettings::draft2020_12()
            .with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
                // Several readers don't support `true` as a schema.
                let mut no_bools = ReplaceBoolSchemas::default();
                no_bools.skip_additional_properties = true;
                settings.transforms = vec![Box::new(no_bools)];
            })
            .for_serialize()
            .into_generator();
        Self {
            types,
            schemas: Map::new(),
            parameters: Map::new(),
            responses: Map::new(),
            paths: Map::new(),
            tags: Vec::new(),
            open_to_all,
        }
    }

    /// Returns the schema of a type's serialization.
    pub(crate) fn of<T: JsonSchema>(&mut self) -> Value {
        self.types.subschema_for::<T>().to_value()
    }

    /// Adds a schema and returns a reference to it.
    pub(crate) fn schema(&mut self, name: impl Into<String>, schema: Value) -> Value {
        put(&mut self.schemas, "schemas", name.into(), schema)
    }

    /// Adds a parameter and returns a reference to it.
    pub(crate) fn parameter(&mut self, name: &str, parameter: Value) -> Value {
        put(
            &mut self.parameters,
            "parameters",
            name.to_owned(),
            parameter,
        )
    }

    /// Adds a response and returns a reference to it.
    pub(crate) fn response(&mut self, name: impl Into<String>, response: Value) -> Value {
        put(&mut self.responses, "responses", name.into(), response)
    }

    pub(crate) fn tag(&mut self, tag: Value) {
        self.tags.push(tag);
    }

    pub(super) fn add(&mut self, method: &str, path: &str, operation: Value) {
        let item = self
            .paths
            .entry(path)
            .or_insert_with(|| Value::Object(Map::new()));
        item[method] = operation;
    }

    /// Returns the security requirement of operations that these may call.
    pub(super) fn security(&self, access: Access) -> Value {
        match access {
            Access::Everybody => json!([]),
            Access::Token if self.open_to_all => json!([{ "token": [] }, {}]),
            Access::Token => json!([{ "token": [] }]),
            Access::Operator => json!([{ "operator": [] }]),
        }
    }

    pub(super) fn finish(mut self, info: &Value) -> Value {
        let mut schemas = self.types.take_definitions(true);
        schemas.append(&mut self.schemas);
        let mut security = json!({
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "A token that the operator created for an app or an agent, or the \
                                operator's own.",
            },
        });
        let operators = json!({ "operator": [] });
        let has_operators = self.paths.values().any(|item| {
            item.as_object().is_some_and(|methods| {
                methods
                    .values()
                    .any(|operation| operation["security"][0] == operators)
            })
        });
        if has_operators {
            security["operator"] = json!({
                "type": "http", "scheme": "bearer", "description": "The operator's token.",
            });
        }
        let mut components = json!({ "schemas": schemas });
        for (name, parts) in [
            ("parameters", self.parameters),
            ("responses", self.responses),
        ] {
            if !parts.is_empty() {
                components[name] = parts.into();
            }
        }
        components["securitySchemes"] = security;
        json!({
            "openapi": "3.1.0",
            "info": info,
            "servers": [{ "url": "/" }],
            "tags": self.tags,
            "paths": self.paths,
            "components": components,
        })
    }
}

fn put(parts: &mut Map<String, Value>, kind: &str, name: String, part: Value) -> Value {
    let reference = json!({ "$ref": format!("#/components/{kind}/{name}") });
    parts.insert(name, part);
    reference
}

/// Returns the content of a request or a response in JSON.
pub(crate) fn content(schema: &Value) -> Value {
    json!({ "application/json": { "schema": schema } })
}

pub(crate) fn responses(answers: Answers) -> Value {
    answers
        .into_iter()
        .map(|(status, answer)| (status.to_string(), answer))
        .collect::<Map<_, _>>()
        .into()
}

pub(crate) fn in_json(description: &str, schema: &Value) -> Value {
    json!({ "description": description, "content": content(schema) })
}

/// Makes a response in plain text.
pub(crate) fn in_text(description: &str, media_type: &str) -> Value {
    json!({
        "description": description,
        "content": { media_type: { "schema": { "type": "string" } } },
    })
}

/// Makes a schema accept null too.
pub(crate) fn or_null(mut schema: Value) -> Value {
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
    if let Some(kind) = schema.get_mut("type").filter(|kind| kind.is_string()) {
        *kind = json!([kind, "null"]);
    }
    schema
}

pub(crate) fn in_path(name: &str, description: &str, schema: &Value) -> Value {
    json!({
        "name": name, "in": "path", "required": true, "description": description,
        "schema": schema,
    })
}

/// Makes an optional parameter of the query.
pub(crate) fn in_query(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

/// Makes an optional header.
pub(crate) fn in_header(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "header", "description": description, "schema": schema })
}
