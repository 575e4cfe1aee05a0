//! What a document shows of its operations beside what the form has: examples, the status of a
//! success, and the bodies of errors.

use std::borrow::Cow;

use plugwright_sdk::Value;
use plugwright_sdk::reading::value::{items, members};
use plugwright_sdk::schema::example;

use super::reference::Document;
use super::{ImportError, converted, path};
use crate::form::{Operation, ParameterPlace};

const MOST_ERRORS: usize = 6;

/// A document, of which examples are asked.
pub struct Examples<'d> {
    document: Cow<'d, Value>,
}

/// What a document shows of one operation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OperationExamples {
    /// The status of a success.
    pub status: Option<u16>,
    /// Whether a success has a body.
    pub has_body: bool,
    /// The body of a success, if it is JSON.
    pub answer: Option<Value>,
    /// The body of a request, if it is JSON or a form.
    pub body: Option<Value>,
    /// Values of parameters, by place and name.
    pub parameters: Vec<(ParameterPlace, String, Value)>,
    /// Bodies of errors: examples, or values made after their schemas.
    pub errors: Vec<Value>,
}

impl<'d> Examples<'d> {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// If it is no OpenAPI document.
    pub fn new(document: &'d Value) -> Result<Self, ImportError> {
        let document = converted(document)?.document;
        Ok(Self { document })
    }

    /// Returns the licence of the document, as it names it.
    pub fn license(&self) -> Option<&str> {
        let license = self.document.pointer("/info/license")?;
        let stated = license.get("identifier").or_else(|| license.get("name"))?;
        stated.as_str()
    }

    /// Returns what the document shows of an operation.
    pub fn of(&self, operation: &Operation) -> OperationExamples {
        let mut shown = OperationExamples::default();
        let document = Document::new(&self.document);
        let find = || {
            let item = path::item(&self.document, &operation.path)?;
            let item = document.resolve(item).ok()?;
            Some((item, item.get(operation.method.to_ascii_lowercase())?))
        };
        let Some((item, operation)) = find() else {
            return shown;
        };
        self.responses(document, operation, &mut shown);
        let body = operation.get("requestBody");
        let body = body.and_then(|body| document.resolve(body).ok());
        shown.body = body.and_then(|body| {
            let (name, content) = json(body)?;
            let is_known = name.contains("json") || name.contains("form");
            let schema = content.get("schema");
            let schema = schema.and_then(|schema| document.resolve(schema).ok());
            stated(document, content)
                .or_else(|| stated(document, schema?))
                .filter(|_| is_known)
        });
        for part in [operation, item] {
            for parameter in items(part.get("parameters")) {
                shown
                    .parameters
                    .extend(Self::parameter(document, parameter));
            }
        }
        shown
    }

    fn responses<'a>(
        &'a self,
        document: Document<'a>,
        operation: &'a Value,
        shown: &mut OperationExamples,
    ) {
        let mut success = None;
        for (name, response) in members(operation.get("responses")) {
            let Ok(response) = document.resolve(response) else {
                continue;
            };
            let status: Option<u16> = name.parse().ok();
            match (name.as_bytes().first(), status) {
                (Some(b'2'), status) if success.is_none() => success = Some((status, response)),
                (Some(b'2'), Some(200)) => success = Some((Some(200), response)),
                (Some(b'4' | b'5' | b'd'), _) if shown.errors.len() < MOST_ERRORS => {
                    let Some((name, content)) = json(response) else {
                        continue;
                    };
                    if !name.contains("json") {
                        continue;
                    }
                    let made = || {
                        let schema = content.get("schema")?;
                        Some(example::of_part(&self.document, schema))
                    };
                    let body = stated(document, content).or_else(made);
                    shown.errors.extend(body.filter(Value::is_object));
                }
                _ => {}
            }
        }
        let Some((status, response)) = success else {
            return;
        };
        shown.status = status;
        if let Some((name, content)) = json(response) {
            shown.has_body = true;
            shown.answer = stated(document, content).filter(|_| name.contains("json"));
        }
    }

    fn parameter<'a>(
        document: Document<'a>,
        parameter: &'a Value,
    ) -> Option<(ParameterPlace, String, Value)> {
        let parameter = document.resolve(parameter).ok()?;
        let place = match parameter.get("in")?.as_str()? {
            "path" => ParameterPlace::Path,
            "query" => ParameterPlace::Query,
            "header" => ParameterPlace::Header,
            "cookie" => ParameterPlace::Cookie,
            _ => return None,
        };
        let name = parameter.get("name")?.as_str()?.to_owned();
        let schema = parameter.get("schema");
        let schema = schema.and_then(|schema| document.resolve(schema).ok());
        let value = stated(document, parameter).or_else(|| stated(document, schema?))?;
        Some((place, name, value))
    }
}

fn json(body: &Value) -> Option<(&String, &Value)> {
    let content = body.get("content")?.as_object()?;
    content
        .iter()
        .find(|(name, _)| name.starts_with("application/json"))
        .or_else(|| content.iter().find(|(name, _)| name.contains("json")))
        .or_else(|| content.iter().next())
}

fn stated<'a>(document: Document<'a>, part: &'a Value) -> Option<Value> {
    if let Some(value) = part.get("example") {
        return Some(value.clone());
    }
    let first = match part.get("examples")? {
        Value::Array(examples) => return examples.first().cloned(),
        Value::Object(examples) => examples.values().next()?,
        _ => return None,
    };
    document.resolve(first).ok()?.get("value").cloned()
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    #[test]
    fn examples_are_found_where_the_document_has_them() {
        let document = json!({
            "openapi": "3.0.0",
            "info": { "title": "Pets", "license": { "name": "MIT" } },
            "paths": { "/pets/{id}": {
                "parameters": [{ "$ref": "#/components/parameters/Id" }],
                "put": {
                    "requestBody": { "content": { "application/json": {
                        "examples": { "one": { "value": { "name": "Rex" } } },
                    } } },
                    "responses": {
                        "204": { "description": "unchanged" },
                        "200": { "content": { "application/json": { "example": { "id": 7 } } } },
                        "404": { "content": { "application/json": { "schema": {
                            "type": "object",
                            "properties": { "code": { "type": "string", "example": "gone" } },
                        } } } },
                    },
                },
            } },
            "components": { "parameters": {
                "Id": { "name": "id", "in": "path", "schema": { "type": "integer", "example": 7 } },
            } },
        });
        let examples = Examples::new(&document).unwrap();
        let operation = Operation {
            method: "PUT".to_owned(),
            path: "/pets/{id}".to_owned(),
        };
        let shown = examples.of(&operation);
        assert_eq!((shown.status, shown.has_body), (Some(200), true));
        assert_eq!(shown.answer, Some(json!({ "id": 7 })));
        assert_eq!(shown.body, Some(json!({ "name": "Rex" })));
        let id = (ParameterPlace::Path, "id".to_owned(), json!(7));
        assert_eq!(shown.parameters, [id]);
        assert_eq!(shown.errors.len(), 1);
        assert_eq!(examples.license(), Some("MIT"));
        let other = Operation {
            method: "GET".to_owned(),
            ..operation
        };
        assert_eq!(examples.of(&other), OperationExamples::default());
    }
}
