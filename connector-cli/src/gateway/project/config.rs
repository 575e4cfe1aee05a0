//! `project config`: the connectors that a project uses.

use http::Method;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Map, Value, json};

use super::super::client::{self, Client};
use super::super::present::{self, Column, text};
use crate::args::{ProjectConfigAddArguments, ProjectConfigCommand, ProjectConfigUpdateArguments};
use crate::failure::{Failure, Stop};
use crate::output;

const COLUMNS: [Column; 6] = [
    ("connector", |config| text(&config["connector"])),
    ("name", |config| text(&config["name"])),
    ("active", |config| text(&config["active"])),
    ("scopes", |config| text(&config["scopes"])),
    ("oauth client", client_of),
    ("id", |config| text(&config["id"])),
];

const LINES: [Column; 8] = [
    ("id", |config| text(&config["id"])),
    ("project", |config| text(&config["project"])),
    ("connector", |config| text(&config["connector"])),
    ("name", |config| text(&config["name"])),
    ("active", |config| text(&config["active"])),
    ("scopes", |config| text(&config["scopes"])),
    ("oauth client", client_of),
    ("created", |config| text(&config["createdAt"])),
];

fn client_of(config: &Value) -> String {
    text(&config["oauthClient"]["clientId"])
}

pub(super) fn execute(command: &ProjectConfigCommand) -> Result<(), Stop> {
    match command {
        ProjectConfigCommand::Add(arguments) => add(arguments),
        ProjectConfigCommand::List(arguments) => {
            let items = client::with(&arguments.gateway, async |client| {
                all(client, &arguments.project).await
            })?;
            Ok(present::list(items, arguments.output, &COLUMNS)?)
        }
        ProjectConfigCommand::Update(arguments) => update(arguments),
        ProjectConfigCommand::Remove(arguments) => {
            client::with(&arguments.gateway, async |client| {
                let config = find(client, &arguments.project, &arguments.config).await?;
                let path = ["provider-configs", id(&config)?];
                client.call(Method::DELETE, &path).await
            })?;
            output::note(&format!(
                "removed provider config {} of project {}",
                arguments.config, arguments.project
            ));
            Ok(())
        }
    }
}

fn add(arguments: &ProjectConfigAddArguments) -> Result<(), Stop> {
    let mut body = json!({ "connector": arguments.connector });
    if let Some(name) = &arguments.name {
        body["name"] = json!(name);
    }
    if let Some(scopes) = &arguments.scopes {
        body["scopes"] = json!(scopes);
    }
    if arguments.inactive {
        body["active"] = json!(false);
    }
    let added = client::with(&arguments.gateway, async |client| {
        let project = super::find(client, &arguments.project).await?;
        let path = ["projects", super::id(&project)?, "provider-configs"];
        client.send_body(Method::POST, &path, &body).await
    })?;
    Ok(present::detail(&added, arguments.output, &LINES)?)
}

fn update(arguments: &ProjectConfigUpdateArguments) -> Result<(), Stop> {
    let mut body = Map::new();
    if let Some(name) = &arguments.name {
        body.insert("name".to_owned(), json!(name));
    }
    if let Some(scopes) = &arguments.scopes {
        let scopes = super::or_none(scopes);
        let scopes = if scopes.is_empty() {
            Value::Null
        } else {
            json!(scopes)
        };
        body.insert("scopes".to_owned(), scopes);
    }
    if let Some(active) = arguments.active {
        body.insert("active".to_owned(), json!(active));
    }
    let updated = client::with(&arguments.gateway, async |client| {
        let config = find(client, &arguments.project, &arguments.config).await?;
        if body.is_empty() {
            return Ok(config);
        }
        let path = ["provider-configs", id(&config)?];
        client.send_body(Method::PATCH, &path, &body.into()).await
    })?;
    Ok(present::detail(&updated, arguments.output, &LINES)?)
}

async fn all(client: &Client, project: &str) -> Result<Vec<Value>, Failure> {
    let project = super::find(client, project).await?;
    let path = ["projects", super::id(&project)?, "provider-configs"];
    client.items(&path, &[]).await
}

/// Finds a project's provider config by its id, its connector or its name.
pub(in crate::gateway) async fn find(
    client: &Client,
    project: &str,
    name: &str,
) -> Result<Value, Failure> {
    let mut found = all(client, project).await?;
    found.retain(|it| it["id"] == name || it["connector"] == name || it["name"] == name);
    match <[Value; 1]>::try_from(found) {
        Ok([config]) => Ok(config),
        Err(found) if found.is_empty() => {
            let message = format!("the project `{project}` has no provider config `{name}`");
            Err(
                Failure::from(ActionError::new(ErrorCode::NotFound, message))
                    .advise("`project config list` lists them"),
            )
        }
        Err(found) => {
            let ids: Vec<_> = found.iter().filter_map(|it| it["id"].as_str()).collect();
            let (count, ids) = (ids.len(), ids.join(", "));
            let message =
                format!("`{name}` names {count} provider configs; use one of the ids {ids}");
            let error = ActionError::new(ErrorCode::ValidationError, message);
            Err(Failure::usage(error))
        }
    }
}

pub(in crate::gateway) fn id(config: &Value) -> Result<&str, Failure> {
    config["id"]
        .as_str()
        .ok_or_else(|| Failure::internal("the gateway returned a provider config without an id"))
}
