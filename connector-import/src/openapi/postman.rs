//! Postman collections 2.1 and 2.0, brought to the form of OpenAPI 3.
//!
//! A collection shows requests and answers in place of describing them. Their values become examples,
//! and their types schemas. Credentials in them are left out.

mod auth;
mod body;
mod graphql;
mod sample;
mod url;

use std::collections::BTreeMap;

use plugwright_sdk::reading::value::items;
use plugwright_sdk::{Value, json};
use serde_json::Map;

use crate::media::Content;
use crate::text::{quoted, scalar};
use auth::{is_secret, may_be_secret};
pub(super) use graphql::stated as graphql_of;
use sample::{schema_of, scrubbed};
use url::{Address, parameters, without_marks};

const MOST_ANSWERS: usize = 20;

/// So many requests that can't be sent are named.
const MOST_NOTES: usize = 20;

/// Headers that the program adds, and that say nothing of the API.
const NOISE: &[&str] = &["cache-control", "postman-token"];

/// Returns the collection, which some exports have in an object of its own.
fn collection(document: &Value) -> Option<&Value> {
    let inner = document.get("collection").filter(|inner| inner.is_object());
    let collection = inner.unwrap_or(document);
    let schema = collection.pointer("/info/schema")?.as_str()?;
    schema.contains("/collection/v2.").then_some(collection)
}

pub(super) fn is_one(document: &Value) -> bool {
    collection(document).is_some()
}

pub(super) fn title(document: &Value) -> Option<&str> {
    collection(document)?.pointer("/info/name")?.as_str()
}

/// Makes the document of version 3 that says the same; returns what can't be said, too.
pub(super) fn converted(document: &Value) -> (Value, Vec<String>) {
    let none = Value::Null;
    let collection = collection(document).unwrap_or(&none);
    let mut converter = Converter {
        variables: variables(collection),
        operations: Vec::new(),
        schemes: Map::new(),
        notes: Vec::new(),
    };
    converter.folder(collection, &mut Vec::new(), None);
    let version = match collection.pointer("/info/version") {
        Some(Value::String(version)) => version.clone(),
        _ => String::new(),
    };
    let about = json!({
        "title": title(document).unwrap_or_default(),
        "version": version,
        "description": described(collection.get("info")),
    });
    converter.finish(&about)
}

fn variables(collection: &Value) -> BTreeMap<&str, String> {
    let known = items(collection.get("variable")).filter_map(|variable| {
        let name = variable
            .get("key")
            .or_else(|| variable.get("id"))?
            .as_str()?;
        let value = scalar(variable.get("value")?)?;
        (!value.is_empty() && !is_secret(name)).then_some((name, value))
    });
    known.collect()
}

fn described(part: Option<&Value>) -> &str {
    let description = part.and_then(|part| part.get("description"));
    let text = description.and_then(|text| text.as_str().or_else(|| text.get("content")?.as_str()));
    text.unwrap_or_default()
}

/// Returns a list of named values: `[{"key", "value"}]`.
fn entries(list: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    items(list).filter_map(|entry| {
        let name = entry.get("key")?.as_str()?;
        (!name.is_empty()).then_some((name, entry))
    })
}

struct Operation {
    /// What stands before the path, with `{{name}}` for variables without values.
    base: String,
    path: String,
    method: String,
    id: String,
    value: Value,
}

struct Converter<'d> {
    variables: BTreeMap<&'d str, String>,
    operations: Vec<Operation>,
    schemes: Map<String, Value>,
    notes: Vec<String>,
}

impl<'d> Converter<'d> {
    fn folder(&mut self, folder: &'d Value, names: &mut Vec<&'d str>, auth: Option<&'d Value>) {
        let auth = own_auth(folder).or(auth);
        for item in items(folder.get("item")) {
            let name = item.get("name").and_then(Value::as_str).unwrap_or_default();
            match item.get("request") {
                Some(request) => self.request(item, request, name, names, auth),
                None => {
                    names.push(name);
                    self.folder(item, names, auth);
                    names.pop();
                }
            }
        }
    }

    fn request(
        &mut self,
        item: &'d Value,
        request: &'d Value,
        name: &str,
        folders: &[&str],
        auth: Option<&'d Value>,
    ) {
        let method = request.get("method").and_then(Value::as_str);
        let method = method.unwrap_or("GET").to_ascii_lowercase();
        if !super::METHODS.contains(&method.as_str()) {
            return self.leave_out(name, &format!("method {} can't be sent", quoted(&method)));
        }
        let body = request.get("body");
        let graphql = body.and_then(|body| graphql::of(body, &self.variables));
        let graphql = match graphql.transpose() {
            Ok(graphql) => graphql,
            Err(reason) => return self.leave_out(name, &reason),
        };
        if graphql.is_some() && method != "post" {
            return self.leave_out(name, "a GraphQL operation is only sent by POST");
        }
        // A request may be no more than its URL.
        let url = if request.is_string() {
            Some(request)
        } else {
            request.get("url")
        };
        let address = Address::of(url.unwrap_or(&Value::Null), &self.variables);
        let mut security: Vec<Value> = Vec::new();
        let auth = own_auth(request).or(auth);
        security.extend(auth.and_then(|auth| self.scheme(auth::scheme(auth, &self.variables))));
        let mut parameters = parameters(&address, url);
        parameters.retain(|parameter| {
            let name = parameter["name"].as_str().unwrap_or_default();
            let is_credential = parameter["in"] == "query" && is_secret(name);
            if is_credential && security.is_empty() {
                security.extend(self.scheme(Some(auth::key("query", name))));
            }
            !is_credential
        });
        let headers = headers(request.get("header"));
        for header in &headers {
            if let Some(scheme) = auth::of_header(&header.name, &header.value) {
                if security.is_empty() {
                    security.extend(self.scheme(Some(scheme)));
                }
                continue;
            }
            parameters.extend(header.parameter());
        }
        let media_type = headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case("content-type"))
            .map(|header| header.value.as_str());
        let id = id(name, folders);
        let mut value = json!({
            "summary": without_marks(name),
            "description": described(Some(request)),
            "parameters": parameters,
            "responses": answers(item),
            "security": security,
        });
        if let Some(id) = &id {
            value["operationId"] = id.as_str().into();
        }
        if let Some(folder) = folders.last() {
            value["tags"] = json!([folder]);
        }
        if let Some(graphql) = graphql {
            graphql.put_into(&mut value);
        } else if let Some(body) = body.and_then(|it| body::converted(it, media_type)) {
            value["requestBody"] = body;
        }
        self.operations.push(Operation {
            base: address.base,
            path: address.path,
            method,
            id: id.unwrap_or_default(),
            value,
        });
    }

    fn leave_out(&mut self, name: &str, reason: &str) {
        if self.notes.len() < MOST_NOTES {
            let note = format!("request {}: {reason}", quoted(name));
            self.notes.push(note);
        }
    }

    /// Takes note of a security scheme; returns the requirement.
    fn scheme(&mut self, scheme: Option<(String, Value)>) -> Option<Value> {
        let (name, scheme) = scheme?;
        self.schemes.entry(name.clone()).or_insert(scheme);
        Some(json!({ name: [] }))
    }

    fn finish(self, about: &Value) -> (Value, Vec<String>) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for operation in &self.operations {
            *counts.entry(&operation.base).or_default() += 1;
        }
        let most = counts.iter().max_by_key(|(_, count)| **count);
        let most = most.map(|(base, _)| (*base).to_owned()).unwrap_or_default();
        let mut paths = Map::new();
        for (index, mut operation) in self.operations.into_iter().enumerate() {
            if operation.base != most {
                operation.value["servers"] = servers(&operation.base);
            }
            let mut key = operation.path.clone();
            let is_taken = |paths: &Map<String, Value>, key: &str| {
                let item = paths.get(key);
                item.is_some_and(|item| item.get(&operation.method).is_some())
            };
            if is_taken(&paths, &key) {
                key = format!("{key}#{}", operation.id);
            }
            if is_taken(&paths, &key) {
                key = format!("{key}-{index}");
            }
            let item = paths.entry(key).or_insert_with(|| json!({}));
            item[operation.method.as_str()] = operation.value;
        }
        let document = json!({
            "openapi": "3.0.3",
            "info": about,
            "servers": servers(&most),
            "paths": paths,
            "components": { "securitySchemes": self.schemes },
        });
        (document, self.notes)
    }
}

fn own_auth(part: &Value) -> Option<&Value> {
    part.get("auth").filter(|auth| auth.is_object())
}

/// Returns the servers that stand for a base; none if it is not known.
fn servers(base: &str) -> Value {
    let marks: Vec<&str> = url::marks(base).collect();
    if base.is_empty() || base.starts_with("{{") {
        return json!([]);
    }
    let url = base.replace("{{", "{").replace("}}", "}");
    let variables: Map<String, Value> = marks
        .iter()
        .map(|name| ((*name).to_owned(), json!({ "default": "" })))
        .collect();
    json!([{ "url": url, "variables": variables }])
}

/// Makes an id of the names of folders and request; none if the name is a URL, as it is by default.
fn id(name: &str, folders: &[&str]) -> Option<String> {
    let plain = |text: &str| -> String {
        let plain = |letter: char| {
            if letter.is_alphanumeric() {
                letter
            } else {
                ' '
            }
        };
        text.chars()
            .take(100)
            .map(plain)
            .collect::<String>()
            .trim()
            .to_owned()
    };
    let is_url = name.contains("://") || name.starts_with("{{") || name.starts_with('/');
    let own = plain(name);
    if own.is_empty() || is_url {
        return None;
    }
    let parts = folders.iter().map(|folder| plain(folder));
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).chain([own]).collect();
    Some(parts.join("/"))
}

struct Header {
    name: String,
    value: String,
    description: String,
    is_disabled: bool,
}

impl Header {
    /// Returns the parameter: a header with a value is always sent.
    fn parameter(&self) -> Option<Value> {
        if NOISE.contains(&self.name.to_ascii_lowercase().as_str()) {
            return None;
        }
        let says_itself = !self.value.is_empty() && !self.value.contains("{{");
        let is_fixed = !self.is_disabled && says_itself && !may_be_secret(&self.name);
        let schema = if is_fixed {
            json!({ "type": "string", "enum": [self.value], "default": self.value })
        } else {
            json!({ "type": "string" })
        };
        Some(json!({
            "name": self.name, "in": "header", "description": self.description, "schema": schema,
        }))
    }
}

fn headers(list: Option<&Value>) -> Vec<Header> {
    if let Some(Value::String(lines)) = list {
        // Those that are switched off are commented out.
        let lines = lines
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let lines = lines.filter_map(|line| line.split_once(':'));
        return lines
            .map(|(name, value)| Header {
                name: name.trim().to_owned(),
                value: value.trim().to_owned(),
                description: String::new(),
                is_disabled: false,
            })
            .collect();
    }
    entries(list)
        .map(|(name, header)| Header {
            name: name.trim().to_owned(),
            value: header.get("value").and_then(scalar).unwrap_or_default(),
            description: described(Some(header)).to_owned(),
            is_disabled: header.get("disabled") == Some(&Value::Bool(true)),
        })
        .collect()
}

fn answers(item: &Value) -> Value {
    let mut answers = Map::new();
    for answer in items(item.get("response")).take(MOST_ANSWERS) {
        let Some(status) = answer.get("code").and_then(Value::as_u64) else {
            continue;
        };
        let made = answers
            .entry(status.to_string())
            .or_insert_with(|| json!({ "description": "" }));
        if made.get("content").is_some() {
            continue;
        }
        let body = answer
            .get("body")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let kind = headers(answer.get("header"))
            .into_iter()
            .find(|header| header.name.eq_ignore_ascii_case("content-type"))
            .map(|header| header.value);
        match serde_json::from_str::<Value>(body) {
            Ok(value) => {
                let value = scrubbed(value);
                let content = json!({ "schema": schema_of(&value), "example": value });
                made["content"] = json!({ "application/json": content });
            }
            Err(_) => {
                // The bytes of a file are not kept as an example.
                let is_file = |kind: &str| Content::of(kind) == Content::Bytes;
                if let Some(kind) = kind.filter(|kind| !body.is_empty() || is_file(kind)) {
                    made["content"] = json!({ kind: { "schema": { "type": "string" } } });
                }
            }
        }
    }
    if answers.is_empty() {
        answers.insert("200".into(), json!({ "description": "" }));
    }
    answers.into()
}
