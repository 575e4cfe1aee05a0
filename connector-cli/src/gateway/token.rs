//! `token`: tokens of callers.

use http::Method;
use plugwright_sdk::{ActionError, ErrorCode};
use plugwright_store::Grant;
use serde_json::{Map, Value, json};

use super::client::{self, Api, Client};
use super::connection;
use super::present::{self, Column, columns, text};
use crate::args::{
    DetailFormat, GrantArguments, TokenAddArguments, TokenCommand, TokenUpdateArguments,
};
use crate::client::choice;
use crate::failure::{Failure, Stop};
use crate::output;

const COLUMNS: &[Column] = columns! {
    "name"; "preview"; "actions" = "grant/actions"; "expires" = "expiresAt";
    "revoked" = "revokedAt"; "id";
};

const LINES: &[Column] = columns! {
    "id"; "name"; "project"; "preview"; "actions" = "grant/actions";
    "blocked" = "grant/blockedActions"; "effects" = "grant/effects";
    "connections" by connections;
    "proxies" = "grant/proxies"; "connect" = "grant/connect";
    "organizations" = "grant/organizations"; "rate" by rate; "mcp tools" = "grant/mcpTools";
    "created" = "createdAt"; "expires" = "expiresAt"; "revoked" = "revokedAt";
};

fn connections(token: &Value) -> String {
    match &token["grant"]["connections"] {
        Value::Null => "all".to_owned(),
        some => text(some),
    }
}

fn rate(token: &Value) -> String {
    let limit = &token["grant"]["rateLimit"];
    match (limit["calls"].as_u64(), limit["perSeconds"].as_u64()) {
        (Some(calls), Some(seconds)) => {
            let time = std::time::Duration::from_secs(seconds);
            format!("{calls}/{}", humantime::format_duration(time)).replace(' ', "")
        }
        _ => "-".to_owned(),
    }
}

pub(super) fn execute(api: Api<'_>, command: &TokenCommand) -> Result<(), Stop> {
    match command {
        TokenCommand::Add(arguments) => add(api, arguments),
        TokenCommand::List { output } => api.list(*output, COLUMNS, async |client| {
            client.items(&["tokens"], &[]).await
        }),
        TokenCommand::Update(arguments) => api.detail(arguments.output, LINES, async |client| {
            update(client, arguments).await
        }),
        TokenCommand::Revoke { token } => {
            api.change(format!("revoked token {token}"), async |client| {
                let token = find(client, token).await?;
                let path = ["tokens", client::id(&token, "token")?];
                client.call(Method::DELETE, &path).await
            })
        }
    }
}

fn add(api: Api<'_>, arguments: &TokenAddArguments) -> Result<(), Stop> {
    let added = api.with(async |client| {
        let mut grant = Grant::default();
        apply(client, &arguments.grant, &mut grant).await?;
        let mut body = json!({ "name": arguments.name, "grant": grant });
        if let Some(time) = arguments.expires.and_then(|expires| expires.0) {
            body["expiresAt"] = json!(time);
        }
        client.send_body(Method::POST, &["tokens"], &body).await
    })?;
    print_made(&added, "token", arguments.output)
}

/// Prints a new token, alone on standard output.
pub(super) fn print_made(added: &Value, what: &str, format: DetailFormat) -> Result<(), Stop> {
    if format == DetailFormat::Json {
        return Ok(present::detail(added, format, &[])?);
    }
    let Some(token) = added["token"].as_str() else {
        let message = format!("the gateway created a {what} but did not return it");
        return Err(Failure::internal(message).into());
    };
    output::print(&format!("{}\n", output::escape(token)))?;
    warn(added);
    let (name, id) = (text(&added["name"]), text(&added["id"]));
    output::note(&format!(
        "created {what} {name} ({id}); it won't be shown again"
    ));
    Ok(())
}

/// Prints what the gateway warns of.
fn warn(token: &Value) {
    for warning in token["warnings"].as_array().into_iter().flatten() {
        output::note(&format!("warning: {}", text(warning)));
    }
}

async fn update(client: &Client, arguments: &TokenUpdateArguments) -> Result<Value, Failure> {
    let token = find(client, &arguments.token).await?;
    let before: Grant = serde_json::from_value(token["grant"].clone()).map_err(|error| {
        Failure::internal(format!("the gateway returned a malformed token: {error}"))
    })?;
    let mut grant = before.clone();
    apply(client, &arguments.grant, &mut grant).await?;
    let mut body = Map::new();
    if let Some(name) = &arguments.name {
        body.insert("name".to_owned(), json!(name));
    }
    if grant != before {
        body.insert("grant".to_owned(), changed(&json!(before), &json!(grant)));
    }
    if let Some(expires) = arguments.expires {
        body.insert("expiresAt".to_owned(), json!(expires.0));
    }
    if body.is_empty() {
        return Ok(token);
    }
    let path = ["tokens", client::id(&token, "token")?];
    let updated = client.send_body(Method::PATCH, &path, &body.into()).await?;
    warn(&updated);
    Ok(updated)
}

/// Returns the members that differ, with null for removed ones.
fn changed(before: &Value, after: &Value) -> Value {
    let names = [before, after].map(|grant| grant.as_object().into_iter().flat_map(Map::keys));
    let names = names.into_iter().flatten();
    let differing = names.filter(|name| before.get(name.as_str()) != after.get(name.as_str()));
    let members = differing.map(|name| (name.clone(), after[name.as_str()].clone()));
    members.collect()
}

async fn apply(
    client: &Client,
    arguments: &GrantArguments,
    grant: &mut Grant,
) -> Result<(), Failure> {
    arguments.actions.apply(grant);
    if let Some(patterns) = &arguments.proxies {
        grant.proxies = patterns.iter().cloned().collect();
    }
    if let Some(patterns) = &arguments.connect {
        grant.connect = patterns.iter().cloned().collect();
    }
    if let Some(organizations) = &arguments.organizations {
        grant.organizations.clone_from(organizations);
    }
    if let Some(rate) = arguments.rate {
        grant.rate_limit = rate.0;
    }
    match arguments.mcp_tools.as_deref() {
        None => {}
        Some([none]) if none.as_str() == "none" => grant.mcp_tools = None,
        Some(patterns) => grant.mcp_tools = Some(patterns.iter().cloned().collect()),
    }
    match arguments.connections.as_deref() {
        None => {}
        Some([all]) if all == "*" => grant.connections = None,
        Some(names) => {
            let mut ids = Vec::new();
            for name in names {
                let id = connection::id(client, name, None).await?;
                ids.push(id.parse().map_err(|_| {
                    Failure::internal("the gateway returned a connection whose id is not a UUID")
                })?);
            }
            grant.connections = Some(ids);
        }
    }
    Ok(())
}

async fn find(client: &Client, name: &str) -> Result<Value, Failure> {
    let tokens = client.items(&["tokens"], &[]).await?;
    choose(tokens, name, "token", "token list")
}

/// Picks a token by its id, or by its name if it is not revoked.
pub(super) fn choose(
    tokens: Vec<Value>,
    name: &str,
    what: &str,
    list: &str,
) -> Result<Value, Failure> {
    let is_it = |token: &Value| {
        token["id"] == name || (token["name"] == name && token["revokedAt"].is_null())
    };
    let found = tokens.into_iter().filter(is_it).collect();
    choice::by_id(found, name, what, || {
        let message = format!("no active {what} is named `{name}`");
        Failure::from(ActionError::new(ErrorCode::NotFound, message))
            .advise(format!("`{list}` lists them"))
    })
}
