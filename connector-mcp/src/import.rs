//! From what a server lists to a connector.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use plugwright_import::openapi::{self, ImportError, Imported, Settings};
use plugwright_import::{
    McpServer, Operation, OperationReport, Outcome, ResponseKind, ServerPlace, tool_output,
};
use plugwright_sdk::host::{AuthParts, ConnectorParts, Echo, Effect, InvalidConnector, check_name};
use serde_json::{Map, Value, json};
use url::Url;

use crate::definition::digest;

/// What stands in place of a method in reports.
const METHOD: &str = "TOOL";

/// The longest name of a tool, as the protocol has it.
const LONGEST_NAME: usize = 128;

/// Nothing has this address (RFC 2606, section 2): calls of a program never leave the machine.
const NOWHERE: &str = "mcp.invalid";

/// Why a connector can't be made of a server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidServer {
    /// The name of the connector is not allowed.
    #[error(transparent)]
    Name(#[from] InvalidConnector),
    /// The URL is none.
    #[error(
        "the URL of an MCP server must be an http or https URL without user name, query and braces"
    )]
    Url,
    /// No connector can be made of its tools.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// It has no tools.
    #[error("the MCP server has no tools")]
    Empty,
}

/// Returns what the connector of a server is apart from its actions, and the path of its requests.
///
/// # Errors
///
/// If the name or the URL is not allowed.
pub fn parts(
    name: &str,
    place: &ServerPlace,
    auth: Vec<AuthParts>,
) -> Result<(ConnectorParts, String), InvalidServer> {
    check_name(name)?;
    let (base_url, path) = match place {
        ServerPlace::Program { .. } => (format!("https://{name}.{NOWHERE}"), "/".to_owned()),
        ServerPlace::Url(url) => {
            let mut url = Url::parse(url).map_err(|_| InvalidServer::Url)?;
            let is_allowed = matches!(url.scheme(), "http" | "https")
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && !url.path().contains(['{', '}']);
            if !is_allowed {
                return Err(InvalidServer::Url);
            }
            url.set_fragment(None);
            let path = url.path().to_owned();
            url.set_path("");
            (url.as_str().trim_end_matches('/').to_owned(), path)
        }
    };
    let parts = ConnectorParts {
        name: name.to_owned(),
        base_url,
        auth,
        ..ConnectorParts::default()
    };
    Ok((parts, path))
}

/// Makes a connector of the result of [`list_request`](crate::list_request): its tools become actions.
/// Those of `earlier` keep their names.
///
/// # Errors
///
/// If the name or the URL is not allowed, or there are no tools. What is wrong with single tools is in
/// the report.
pub fn import(
    name: &str,
    place: &ServerPlace,
    auth: Vec<AuthParts>,
    listing: &Value,
    earlier: Vec<(Operation, String)>,
) -> Result<Imported, InvalidServer> {
    let (parts, path) = parts(name, place, auth)?;
    let empty = Vec::new();
    let tools = listing["tools"].as_array().unwrap_or(&empty);
    let (mut known, mut refused) = (BTreeMap::new(), Vec::new());
    for tool in tools {
        match checked(tool) {
            Ok(name) if known.contains_key(name) => {
                refused.push((name.to_owned(), "the server lists it twice"));
            }
            Ok(name) => drop(known.insert(name.to_owned(), tool)),
            Err((name, problem)) => refused.push((name, problem)),
        }
    }
    if known.is_empty() {
        return Err(InvalidServer::Empty);
    }
    let settings = Settings {
        name: Some(name.to_owned()),
        earlier: earlier
            .into_iter()
            .map(|(operation, name)| (place_of(&operation.path), name).into())
            .collect(),
        ..Settings::default()
    };
    let mut imported = openapi::import(&document(&parts, listing, &known), &settings)?;
    let connector = &mut imported.connector;
    "mcp".clone_into(&mut connector.source.kind);
    connector.parts.base_url = parts.base_url;
    connector.parts.hosts.clear();
    connector.parts.auth = parts.auth;
    connector.server = Some(McpServer {
        place: place.clone(),
        tools: known
            .iter()
            .map(|(name, tool)| (name.clone(), digest(tool)))
            .collect(),
    });
    for action in &mut connector.actions {
        let tool = tool_at(&action.operation.path);
        let definition = known.get(&tool).copied().unwrap_or(&Value::Null);
        (action.effect, action.idempotent) = effect(&definition["annotations"]);
        if !definition["outputSchema"].is_object() {
            action.output = tool_output();
        }
        if !definition["description"].is_string() {
            action.description = format!("Calls the tool `{}` of the MCP server.", Echo(&tool));
        }
        action.auth = None;
        action.response = ResponseKind::ToolResult;
        action.request.path.clone_from(&path);
        action.request.accept = None;
        action.paging = None;
        action.operation = Operation {
            method: METHOD.to_owned(),
            path: tool,
        };
    }
    for operation in &mut imported.report.operations {
        METHOD.clone_into(&mut operation.method);
        operation.path = tool_at(&operation.path);
    }
    let refused = refused.into_iter().map(|(path, reason)| OperationReport {
        method: METHOD.to_owned(),
        path,
        name: None,
        outcome: Outcome::Refused,
        reasons: vec![reason.to_owned()],
    });
    imported.report.operations.extend(refused);
    Ok(imported)
}

fn checked(tool: &Value) -> Result<&str, (String, &'static str)> {
    let name = tool["name"].as_str().unwrap_or_default();
    if name.is_empty() {
        return Err((String::new(), "it has no name"));
    }
    let short = || name.chars().take(LONGEST_NAME).collect();
    if name.len() > LONGEST_NAME {
        return Err((short(), "its name has more than 128 bytes"));
    }
    if name.chars().any(char::is_control) {
        return Err((short(), "its name has control characters"));
    }
    if !tool["inputSchema"].is_object() {
        return Err((short(), "it has no schema of its input"));
    }
    Ok(name)
}

/// Returns effect and idempotence. What a server does not say is taken to be the worst.
fn effect(hints: &Value) -> (Effect, bool) {
    let says = |name: &str| hints[name].as_bool();
    if says("readOnlyHint") == Some(true) {
        return (Effect::Read, true);
    }
    let effect = match says("destructiveHint") {
        Some(false) => Effect::Write,
        _ => Effect::Destructive,
    };
    (effect, says("idempotentHint") == Some(true))
}

/// What a tool's name has encoded in a path, whose words become names.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// Where a tool is in the document: its name can have any character.
fn place_of(tool: &str) -> Operation {
    Operation {
        method: "POST".to_owned(),
        path: format!("/{}", utf8_percent_encode(tool, ENCODED)),
    }
}

fn tool_at(path: &str) -> String {
    let name = path.trim_start_matches('/');
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}

/// Writes the tools as an OpenAPI document, so that their schemas are brought to the one form with all
/// its limits.
fn document(parts: &ConnectorParts, listing: &Value, tools: &BTreeMap<String, &Value>) -> Value {
    let info = &listing["serverInfo"];
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for (number, (name, tool)) in tools.iter().enumerate() {
        let mut schema = |member: &str| {
            let mut schema = tool
                .get(member)
                .filter(|schema| schema.is_object())?
                .clone();
            let own = format!("{member}{number}");
            relocate(&mut schema, &own, 0);
            schemas.insert(own.clone(), schema.clone());
            Some(schema)
        };
        let input = schema("inputSchema");
        let output = schema("outputSchema").unwrap_or_else(|| json!({}));
        let mut operation = json!({
            "operationId": name,
            "summary": tool["title"].as_str().or(tool["annotations"]["title"].as_str()),
            "description": tool["description"],
            "responses": { "200": { "content": { "application/json": { "schema": output } } } },
        });
        if let Some(input) = input.filter(takes_anything) {
            let content = json!({ "application/json": { "schema": input } });
            operation["requestBody"] = json!({ "required": true, "content": content });
        }
        paths.insert(place_of(name).path, json!({ "post": operation }));
    }
    let title = info["title"].as_str().or(info["name"].as_str());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": title.unwrap_or(&parts.name),
            "version": info["version"],
            "description": listing["instructions"],
        },
        "servers": [{ "url": parts.base_url }],
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

fn takes_anything(schema: &Value) -> bool {
    let has = |keyword: &str| match &schema[keyword] {
        Value::Object(members) => !members.is_empty(),
        Value::Null | Value::Bool(false) => false,
        _ => true,
    };
    [
        "$ref",
        "additionalProperties",
        "allOf",
        "anyOf",
        "oneOf",
        "patternProperties",
        "properties",
    ]
    .into_iter()
    .any(has)
}

/// Lets the references of a tool's schema lead to where it is in the document.
fn relocate(schema: &mut Value, own: &str, depth: usize) {
    const DEEPEST: usize = 100;
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some(rest) = reference.strip_prefix('#')
            {
                *reference = format!("#/components/schemas/{own}{rest}");
            }
            if depth >= DEEPEST {
                members.clear();
            }
            for member in members.values_mut() {
                relocate(member, own, depth + 1);
            }
        }
        Value::Array(items) => {
            for item in items {
                relocate(item, own, depth + 1);
            }
        }
        _ => {}
    }
}
