//! Google Discovery documents, brought to the form of OpenAPI 3.
//!
//! A path such as `v1/{+name}` is that of many methods, so that the id of the method follows it as a
//! fragment. Media make further operations: `files.get_media` downloads what `files.get` describes,
//! `files.create_with_media` uploads what `files.create` describes.

mod schema;

use plugwright_sdk::reading::value::{items, members, texts};
use plugwright_sdk::{Value, json};
use serde_json::Map;

use crate::text::{self, clean};
use schema::schema;

/// An authorization request of Google's asks for a refresh token by these parameters.
const AUTHORIZATION: &str =
    "https://accounts.google.com/o/oauth2/v2/auth?access_type=offline&prompt=consent";
const TOKEN: &str = "https://oauth2.googleapis.com/token";

const MOST_SCOPES: usize = super::security::MOST_REQUIREMENTS;

pub(super) fn is_one(document: &Value) -> bool {
    document.get("kind").and_then(Value::as_str) == Some("discovery#restDescription")
}

/// Returns the title, with the version of one that is not stable: both are often imported.
pub(super) fn title(document: &Value) -> Option<String> {
    if !is_one(document) {
        return None;
    }
    let text = |key: &str| document.get(key).and_then(Value::as_str);
    let title = text("title").or_else(|| text("name")).unwrap_or_default();
    let version = text("version").unwrap_or_default();
    let is_stable = !["alpha", "beta"].iter().any(|mark| version.contains(mark));
    Some(if is_stable {
        title.to_owned()
    } else {
        format!("{title} {version}")
    })
}

pub(super) fn converted(document: &Value) -> Value {
    let text = |key: &str| document.get(key).and_then(Value::as_str);
    let (root, service) = match text("rootUrl") {
        Some(root) => (root, text("servicePath").unwrap_or_default()),
        None => (text("baseUrl").unwrap_or_default(), ""),
    };
    let mut converter = Converter {
        schemas: document.get("schemas"),
        service,
        fields: document.pointer("/parameters/fields"),
        credential: if scopes(document).next().is_some() {
            Credential::Token
        } else if document.pointer("/parameters/key").is_some() {
            Credential::Key
        } else {
            Credential::Unknown
        },
        asks_for_json: document
            .pointer("/parameters/alt/default")
            .is_some_and(|kind| kind != "json"),
        wraps: items(document.get("features")).any(|feature| feature == "dataWrapper"),
        paths: Map::new(),
        count: 0,
    };
    converter.resource(document);
    let schemas = members(document.get("schemas"));
    let schemas: Map<String, Value> = schemas
        .map(|(name, part)| (name.clone(), schema(part)))
        .collect();
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": title(document),
            "version": text("version").unwrap_or_default(),
            "description": text("description").unwrap_or_default(),
        },
        "externalDocs": { "url": text("documentationLink").unwrap_or_default() },
        "servers": [{ "url": root }],
        "paths": converter.paths,
        "components": { "schemas": schemas, "securitySchemes": security_schemes(document) },
    })
}

fn scopes(document: &Value) -> impl Iterator<Item = (&String, &Value)> {
    members(document.pointer("/auth/oauth2/scopes"))
}

/// Returns OAuth 2, or else an API key: where an API takes both, a token could be taken for a key.
fn security_schemes(document: &Value) -> Value {
    let scopes: Map<String, Value> = scopes(document)
        .map(|(name, about)| (name.clone(), about["description"].clone()))
        .collect();
    if !scopes.is_empty() {
        let flow =
            json!({ "authorizationUrl": AUTHORIZATION, "tokenUrl": TOKEN, "scopes": scopes });
        json!({ "oauth2": {
            "type": "oauth2", "description": "Google account", "flows": { "authorizationCode": flow },
        } })
    } else if document.pointer("/parameters/key").is_some() {
        json!({ "key": { "type": "apiKey", "description": "API key", "in": "query", "name": "key" } })
    } else {
        json!({})
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Credential {
    Token,
    Key,
    Unknown,
}

struct Converter<'d> {
    schemas: Option<&'d Value>,
    /// What stands before the paths of methods.
    service: &'d str,
    /// The parameter of all methods that says what is returned.
    fields: Option<&'d Value>,
    credential: Credential,
    /// Whether answers are JSON only if they are asked for.
    asks_for_json: bool,
    /// Whether bodies are in the member `data`.
    wraps: bool,
    paths: Map<String, Value>,
    count: usize,
}

impl<'d> Converter<'d> {
    /// Adds the methods of a resource, or of the document, and of what is below it.
    fn resource(&mut self, resource: &'d Value) {
        for (name, method) in members(resource.get("methods")) {
            self.method(name, method);
        }
        for (_, inner) in members(resource.get("resources")) {
            self.resource(inner);
        }
    }

    fn method(&mut self, name: &str, method: &'d Value) {
        let text = |key: &str| method.get(key).and_then(Value::as_str);
        let id = text("id").unwrap_or(name);
        // The name of the API comes first.
        let id = id.split_once('.').map_or(id, |(_, id)| id);
        let path = format!("{}{}", self.service, text("path").unwrap_or_default());
        let plain = if self.asks_for_json {
            format!("{path}?alt=json")
        } else {
            path.clone()
        };
        let verb = text("httpMethod").unwrap_or("GET").to_ascii_lowercase();
        let request = method.get("request");
        let has_response = method.get("response").is_some();
        let downloads = method.get("supportsMediaDownload") == Some(&Value::Bool(true));
        let upload = method
            .pointer("/mediaUpload/protocols/simple/path")
            .and_then(Value::as_str);
        let only_uploads = upload.is_some() && request.is_none();
        if !only_uploads && (has_response || !downloads) {
            let body = request.map(|request| {
                let sent = self.wrapped(self.request(request, method));
                let mut body = body("application/json", &sent);
                body["required"] = self.has_members(request).into();
                body
            });
            let operation = self.operation(id, method, &plain, body, &self.answer(method));
            self.add(&verb, &plain, id, operation);
        }
        if downloads {
            let id = if has_response {
                format!("{id}Media")
            } else {
                id.to_owned()
            };
            let file = json!({ "type": "string", "format": "binary" });
            let answer = body("application/octet-stream", &file);
            let path = format!("{path}?alt=media");
            let operation = self.operation(&id, method, &path, None, &answer);
            self.add(&verb, &path, &id, operation);
        }
        if let Some(upload) = upload {
            let (kind, id) = match request {
                Some(_) => ("multipart", format!("{id}WithMedia")),
                None => ("media", id.to_owned()),
            };
            let path = format!("{upload}?uploadType={kind}");
            let media = media(method);
            let body = match request {
                Some(request) => {
                    let metadata = self.wrapped(self.request(request, method));
                    let parts = json!({
                        "type": "object",
                        "properties": { "metadata": metadata, "media": media },
                        "required": ["metadata", "media"],
                    });
                    body("multipart/related", &parts)
                }
                None => body("*/*", &media),
            };
            let operation = self.operation(&id, method, &path, Some(body), &self.answer(method));
            self.add(&verb, &path, &id, operation);
        }
    }

    /// Adds an operation under its path, with its id where the path is that of others too.
    fn add(&mut self, verb: &str, path: &str, id: &str, operation: Value) {
        self.count += 1;
        let plain = path.trim_start_matches('/').replace("{+", "{");
        let mut key = format!("/{plain}");
        let is_taken = |paths: &Map<String, Value>, key: &str| {
            paths.get(key).is_some_and(|item| item.get(verb).is_some())
        };
        if path.contains("{+") || is_taken(&self.paths, &key) {
            key = format!("{key}#{id}");
        }
        if is_taken(&self.paths, &key) {
            key = format!("{key}-{}", self.count);
        }
        let item = self.paths.entry(key).or_insert_with(|| json!({}));
        item[verb] = operation;
    }

    fn operation(
        &self,
        id: &str,
        method: &'d Value,
        path: &str,
        body: Option<Value>,
        answer: &Value,
    ) -> Value {
        let description = method.get("description").and_then(Value::as_str);
        let description = clean(description.unwrap_or_default(), text::DESCRIPTION);
        let first = description.split_once(". ").map(|(first, _)| first);
        let first = first.unwrap_or(&description);
        let mut operation = json!({
            "operationId": id,
            "description": description,
            "parameters": self.parameters(method, path),
            "responses": { "200": answer },
        });
        if first.chars().count() <= text::TITLE {
            operation["summary"] = first.into();
        }
        if method.get("deprecated") == Some(&Value::Bool(true)) {
            operation["deprecated"] = true.into();
        }
        if let Some(body) = body {
            operation["requestBody"] = body;
        }
        if let Some(security) = self.security(method) {
            operation["security"] = security;
        }
        operation
    }

    fn answer(&self, method: &Value) -> Value {
        match method.get("response") {
            Some(response) => body("application/json", &self.wrapped(schema(response))),
            None => json!({ "description": "" }),
        }
    }

    /// Returns whether a body says anything: many requests are empty objects.
    fn has_members(&self, part: &'d Value) -> bool {
        self.members(part).next().is_some()
    }

    fn members(&self, part: &'d Value) -> impl Iterator<Item = (&'d String, &'d Value)> {
        let name = part.get("$ref").and_then(Value::as_str);
        let target = name.and_then(|name| self.schemas?.get(name));
        members(target.unwrap_or(part).get("properties"))
    }

    /// Returns the schema of what a method sends: members say of which methods they are required.
    fn request(&self, request: &'d Value, method: &Value) -> Value {
        let id = method.get("id");
        let is_required = |member: &Value| {
            let methods = member.pointer("/annotations/required");
            items(methods).any(|known| Some(known) == id)
        };
        let required = self.members(request).filter(|(_, it)| is_required(it));
        let required: Vec<_> = required.map(|(name, _)| name).collect();
        if required.is_empty() {
            schema(request)
        } else {
            json!({ "allOf": [schema(request), { "required": required }] })
        }
    }

    fn wrapped(&self, part: Value) -> Value {
        if self.wraps {
            json!({ "type": "object", "properties": { "data": part } })
        } else {
            part
        }
    }

    fn parameters(&self, method: &'d Value, path: &str) -> Vec<Value> {
        let own = method.get("parameters");
        let order: Vec<&str> = texts(method.get("parameterOrder")).collect();
        let place = |name: &str| order.iter().position(|known| *known == name);
        let mut own: Vec<(&String, &Value)> = members(own).collect();
        own.sort_by_key(|(name, _)| place(name).unwrap_or(usize::MAX));
        let own = own
            .into_iter()
            .map(|(name, about)| parameter(name, about, path));
        let fields = self.fields.map(|about| parameter("fields", about, path));
        let version = method.get("apiVersion").and_then(Value::as_str);
        let version = version.map(|version| {
            json!({ "name": "X-Goog-Api-Version", "in": "header",
                "schema": { "type": "string", "enum": [version], "default": version } })
        });
        own.chain(fields).chain(version).collect()
    }

    /// Returns what a method takes: a token with any one of its scopes, or what its API has if it
    /// names none.
    fn security(&self, method: &Value) -> Option<Value> {
        let scopes = items(method.get("scopes")).filter(|_| self.credential == Credential::Token);
        let ways: Vec<Value> = scopes
            .take(MOST_SCOPES)
            .map(|scope| json!({ "oauth2": [scope] }))
            .collect();
        match self.credential {
            _ if !ways.is_empty() => Some(ways.into()),
            Credential::Token => Some(json!([{ "oauth2": [] }, {}])),
            Credential::Key => Some(json!([{ "key": [] }, {}])),
            Credential::Unknown => None,
        }
    }
}

fn body(media_type: &str, schema: &Value) -> Value {
    json!({ "description": "", "required": true, "content": { media_type: { "schema": schema } } })
}

fn parameter(name: &str, about: &Value, path: &str) -> Value {
    let is_in_path = about["location"] == "path";
    let mut own = schema(about);
    let description = own
        .as_object_mut()
        .and_then(|own| own.remove("description"));
    if about.get("repeated") == Some(&Value::Bool(true)) {
        own = json!({ "type": "array", "items": own });
    }
    let mut parameter = json!({
        "name": name,
        "in": if is_in_path { "path" } else { "query" },
        "description": description.unwrap_or_default(),
        "schema": own,
    });
    for (key, holds) in [
        (
            "required",
            is_in_path || about["required"] == Value::Bool(true),
        ),
        ("deprecated", about["deprecated"] == Value::Bool(true)),
        ("allowReserved", path.contains(&format!("{{+{name}}}"))),
    ] {
        if holds {
            parameter[key] = true.into();
        }
    }
    parameter
}

fn media(method: &Value) -> Value {
    let accepted = texts(method.pointer("/mediaUpload/accept"));
    let accepted: Vec<_> = accepted.filter(|kind| *kind != "*/*").take(10).collect();
    let most = method
        .pointer("/mediaUpload/maxSize")
        .and_then(Value::as_str);
    let mut description = "The content, as a file".to_owned();
    if !accepted.is_empty() {
        description = format!("{description} of type {}", accepted.join(" or "));
    }
    if let Some(most) = most {
        description = format!("{description}, at most {most}");
    }
    json!({ "type": "string", "format": "binary", "description": format!("{description}.") })
}
