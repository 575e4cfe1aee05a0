//! Exchanges from the examples of an OpenAPI document.

use std::fs;

use anyhow::{Context as _, Result, bail, ensure};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::cassette::{Body, Exchange, Kind, Provenance, Request, Response};
use super::package::Unpacked;
use super::plan::{RequestBody, VendorExample};

/// The unreserved characters of RFC 3986 stay as they are.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What forms leave as it is (WHATWG URL, section 5.2).
const ESCAPED_IN_FORMS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_');

/// A chain of references this long is a cycle.
const LONGEST_CHAIN: usize = 16;

#[derive(Debug)]
pub(super) struct Document {
    pub(super) package: Unpacked,
    root: Value,
}

/// An operation and where the document keeps it.
#[derive(Debug)]
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    definition: &'a Value,
    /// Parameters that all operations of the path share.
    shared_parameters: Option<&'a Value>,
}

impl Document {
    pub(super) fn load(package: Unpacked) -> Result<Self> {
        let path = package.content();
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let root = serde_json::from_str(&text)
            .with_context(|| format!("{} is not JSON", path.display()))?;
        Ok(Self { package, root })
    }

    /// The exchange that a vendor example shows, and what it is.
    pub(super) fn exchange(&self, wanted: &VendorExample) -> Result<(Provenance, Exchange)> {
        let operation = self.operation(&wanted.operation)?;
        self.check_parameters(&operation, wanted)?;
        let mut source = vec![
            self.package.title(),
            format!("operation {}", wanted.operation),
            format!("response {}", wanted.response_key()),
        ];
        if let Some(example) = &wanted.example {
            source.push(format!("example {example}"));
        }
        let request_body = match &wanted.request {
            None => None,
            Some(RequestBody::Json(own)) => Some(Body::Json(own.clone())),
            Some(RequestBody::Form(own)) => Some(Body::Text(form(own)?)),
            Some(RequestBody::Example(example)) => {
                let (body, left_out) =
                    self.request_example(&operation, &example.name, example.fields.as_deref())?;
                source.push(format!("request example {}", example.name));
                if !left_out.is_empty() {
                    source.push(format!("without {}", left_out.join(", ")));
                }
                Some(Body::Json(body))
            }
        };
        let mut response_body = self.response_example(&operation, wanted)?;
        if !wanted.changes.is_empty() {
            let body = response_body
                .as_mut()
                .context("there is no response body to change")?;
            apply_changes(body, &wanted.changes)?;
            let pointers: Vec<&str> = wanted.changes.keys().map(String::as_str).collect();
            source.push(format!("changed at {}", pointers.join(", ")));
        }
        let provenance = Provenance {
            kind: if wanted.changes.is_empty() {
                Kind::VendorExample
            } else {
                Kind::Constructed
            },
            source: source.join(", "),
            license: self.package.license().to_owned(),
        };
        let mut headers = Map::new();
        if response_body.is_some() {
            headers.insert("content-type".to_owned(), json!(wanted.media_type));
        }
        let exchange = Exchange {
            request: Request {
                method: operation.method.to_uppercase(),
                url: self.url(&operation, wanted)?,
                body: request_body,
            },
            response: Response {
                status: wanted.status,
                headers,
                body: response_body.map(|body| as_media_type(body, &wanted.media_type)),
            },
        };
        Ok((provenance, exchange))
    }

    fn operation(&self, id: &str) -> Result<Operation<'_>> {
        let paths = self.root["paths"]
            .as_object()
            .context("the document has no paths")?;
        for (path, methods) in paths {
            for (method, definition) in methods.as_object().into_iter().flatten() {
                if definition["operationId"] == id {
                    let shared_parameters = methods.get("parameters");
                    return Ok(Operation {
                        method,
                        path,
                        definition,
                        shared_parameters,
                    });
                }
            }
        }
        bail!("no operation `{id}`")
    }

    fn check_parameters(&self, operation: &Operation<'_>, wanted: &VendorExample) -> Result<()> {
        let declared = self.parameters(operation)?;
        for (place, given) in [("path", &wanted.path), ("query", &wanted.query)] {
            for name in given.keys() {
                ensure!(
                    declared.iter().any(|parameter| {
                        parameter["in"] == place && parameter["name"] == name.as_str()
                    }),
                    "operation `{}` has no {place} parameter `{name}`",
                    wanted.operation,
                );
            }
        }
        Ok(())
    }

    fn parameters<'a>(&'a self, operation: &Operation<'a>) -> Result<Vec<&'a Value>> {
        let own = operation.definition.get("parameters");
        own.into_iter()
            .chain(operation.shared_parameters)
            .flat_map(|list| list.as_array().into_iter().flatten())
            .map(|parameter| self.resolve(parameter))
            .collect()
    }

    fn url(&self, operation: &Operation<'_>, wanted: &VendorExample) -> Result<String> {
        let server = operation
            .definition
            .pointer("/servers/0/url")
            .or_else(|| self.root.pointer("/servers/0/url"))
            .and_then(Value::as_str)
            .context("the document names no server")?;
        let mut url = server.trim_end_matches('/').to_owned();
        let parameters = self.parameters(operation)?;
        url.push_str(&fill_path(operation.path, &wanted.path, &parameters)?);
        for (index, (name, value)) in wanted.query.iter().enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.extend(utf8_percent_encode(name, ESCAPED));
            url.push('=');
            url.extend(utf8_percent_encode(&parameter_text(name, value)?, ESCAPED));
        }
        Ok(url)
    }

    /// The request example, or the wanted fields of it, and the names of the fields left out.
    fn request_example(
        &self,
        operation: &Operation<'_>,
        name: &str,
        fields: Option<&[String]>,
    ) -> Result<(Value, Vec<String>)> {
        let body = operation
            .definition
            .get("requestBody")
            .context("the operation takes no request body")?;
        let content = &self.resolve(body)?["content"]["application/json"];
        let example = self
            .example(content, name)
            .context("no such request example")?;
        let Some(fields) = fields else {
            return Ok((example.clone(), Vec::new()));
        };
        let all = example
            .as_object()
            .context("the request example is not an object")?;
        let mut taken = Map::new();
        for field in fields {
            let value = all
                .get(field)
                .with_context(|| format!("the request example has no field `{field}`"))?;
            taken.insert(field.clone(), value.clone());
        }
        let left_out = all
            .keys()
            .filter(|field| !taken.contains_key(*field))
            .cloned()
            .collect();
        Ok((Value::Object(taken), left_out))
    }

    /// The body of the response, if the document gives the response any content.
    fn response_example(
        &self,
        operation: &Operation<'_>,
        wanted: &VendorExample,
    ) -> Result<Option<Value>> {
        let status = wanted.response_key();
        let responses = &operation.definition["responses"];
        let response = responses
            .get(&status)
            .with_context(|| format!("no response {status}; there are {}", key_list(responses)))?;
        let contents = self.resolve(response)?.get("content");
        match (contents, &wanted.example) {
            (None, None) => Ok(None),
            (None, Some(name)) => bail!("response {status} has no content, so no example `{name}`"),
            (Some(contents), name) => {
                let media_type = &wanted.media_type;
                let content = contents.get(media_type).with_context(|| {
                    format!(
                        "response {status} has no {media_type}, only {}",
                        key_list(contents)
                    )
                })?;
                let Some(name) = name else {
                    bail!(
                        "response {status} has content: `example` must name one of {}",
                        key_list(&content["examples"]),
                    );
                };
                let example = self.example(content, name);
                example
                    .with_context(|| format!("response {status}"))
                    .cloned()
                    .map(Some)
            }
        }
    }

    /// The value of an example; documents refer to shared ones both beside and below `value`.
    fn example<'a>(&'a self, content: &'a Value, name: &str) -> Result<&'a Value> {
        let examples = &content["examples"];
        let example = examples
            .get(name)
            .with_context(|| format!("no example `{name}`; there are {}", key_list(examples)))?;
        let value_of = |example: &'a Value| {
            let example = self.resolve(example)?;
            example
                .get("value")
                .with_context(|| format!("example `{name}` has no value"))
        };
        let value = value_of(example)?;
        if is_reference(value) {
            value_of(value)
        } else {
            Ok(value)
        }
    }

    fn resolve<'a>(&'a self, mut value: &'a Value) -> Result<&'a Value> {
        for _ in 0..LONGEST_CHAIN {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return Ok(value);
            };
            value = reference
                .strip_prefix('#')
                .and_then(|pointer| self.root.pointer(pointer))
                .with_context(|| format!("the document has nothing at `{reference}`"))?;
        }
        bail!("the references of the document go in a circle")
    }
}

fn is_reference(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|object| object.len() == 1 && object.contains_key("$ref"))
}

fn key_list(object: &Value) -> String {
    match object.as_object() {
        Some(object) if !object.is_empty() => object
            .keys()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", "),
        _ => "none".to_owned(),
    }
}

fn fill_path(template: &str, values: &Map<String, Value>, parameters: &[&Value]) -> Result<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after
            .split_once('}')
            .with_context(|| format!("path `{template}` has an open placeholder"))?;
        let value = values
            .get(name)
            .with_context(|| format!("path `{template}` needs a value for `{name}`"))?;
        filled.push_str(before);
        let text = parameter_text(name, value)?;
        if takes_slashes(name, parameters) {
            let segments: Vec<String> = text
                .split('/')
                .map(|segment| utf8_percent_encode(segment, ESCAPED).to_string())
                .collect();
            filled.push_str(&segments.join("/"));
        } else {
            filled.extend(utf8_percent_encode(&text, ESCAPED));
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// GitHub marks the path parameters that may be several segments, such as the path of a file.
fn takes_slashes(name: &str, parameters: &[&Value]) -> bool {
    parameters.iter().any(|parameter| {
        parameter["in"] == "path"
            && parameter["name"] == name
            && parameter["x-multi-segment"] == true
    })
}

fn parameter_text(name: &str, value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        _ => bail!("parameter `{name}` is neither text, a number nor a boolean"),
    }
}

fn form(fields: &Map<String, Value>) -> Result<String> {
    let written = fields.iter().map(|(name, value)| {
        let [name, value] = [name.clone(), parameter_text(name, value)?].map(|text| {
            let text = utf8_percent_encode(&text, ESCAPED_IN_FORMS).to_string();
            text.replace("%20", "+")
        });
        Ok(format!("{name}={value}"))
    });
    Ok(written.collect::<Result<Vec<_>>>()?.join("&"))
}

fn apply_changes(body: &mut Value, changes: &Map<String, Value>) -> Result<()> {
    for (pointer, new) in changes {
        let old = body
            .pointer_mut(pointer)
            .with_context(|| format!("the response example has nothing at `{pointer}`"))?;
        old.clone_from(new);
    }
    Ok(())
}

/// An example of a text format is kept as the text itself.
fn as_media_type(example: Value, media_type: &str) -> Body {
    let is_json = media_type == "application/json" || media_type.ends_with("+json");
    match example {
        Value::String(text) if !is_json => Body::Text(text),
        other => Body::Json(other),
    }
}

#[cfg(test)]
mod tests;
