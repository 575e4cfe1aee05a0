//! `project config`: the connectors that a project uses.

use http::Method;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Map, Value, json};

use super::super::client::{self, Api, Client};
use super::super::present::{Column, columns};
use crate::args::{ProjectConfigAddArguments, ProjectConfigCommand, ProjectConfigUpdateArguments};
use crate::client::choice;
use crate::failure::{Failure, Stop};

const COLUMNS: &[Column] = columns! {
    "connector"; "name"; "active"; "scopes"; "OAuth client" = "oauthClient/clientId"; "id";
};

const LINES: &[Column] = columns! {
    "id"; "project"; "connector"; "name"; "active"; "scopes"; "OAuth client" = "oauthClient/clientId";
    "created" = "createdAt";
};

pub(super) fn execute(api: Api<'_>, command: &ProjectConfigCommand) -> Result<(), Stop> {
    match command {
        ProjectConfigCommand::Add(arguments) => add(api, arguments),
        ProjectConfigCommand::List(arguments) => {
            api.list(arguments.output, COLUMNS, async |client| {
                all(client, &arguments.project).await
            })
        }
        ProjectConfigCommand::Update(arguments) => update(api, arguments),
        ProjectConfigCommand::Remove { project, config } => {
            let done = format!("removed provider config {config} of project {project}");
            api.change(done, async |client| {
                let config = find(client, project, config).await?;
                client.call(Method::DELETE, &path(&config)?).await
            })
        }
    }
}

fn add(api: Api<'_>, arguments: &ProjectConfigAddArguments) -> Result<(), Stop> {
    let body = client::body(json!({
        "connector": arguments.connector,
        "name": arguments.name,
        "scopes": arguments.scopes,
        "active": arguments.inactive.then_some(false),
    }));
    let added = api.detail(arguments.output, LINES, async |client| {
        let project = super::id(client, &arguments.project).await?;
        let path = ["projects", &project, "provider-configs"];
        client.send_body(Method::POST, &path, &body).await
    });
    api.knowing(&arguments.connector, added)
}

fn update(api: Api<'_>, arguments: &ProjectConfigUpdateArguments) -> Result<(), Stop> {
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
    api.detail(arguments.output, LINES, async |client| {
        let config = find(client, &arguments.project, &arguments.config).await?;
        if body.is_empty() {
            return Ok(config);
        }
        let body = Value::Object(body.clone());
        client
            .send_body(Method::PATCH, &path(&config)?, &body)
            .await
    })
}

async fn all(client: &Client, project: &str) -> Result<Vec<Value>, Failure> {
    let project = super::id(client, project).await?;
    let path = ["projects", &project, "provider-configs"];
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
    choice::by_id(found, name, "provider config", || {
        let message = format!("the project `{project}` has no provider config `{name}`");
        Failure::from(ActionError::new(ErrorCode::NotFound, message))
            .advise("`project config list` lists them")
    })
}

fn path(config: &Value) -> Result<[&str; 2], Failure> {
    Ok(["provider-configs", client::id(config, "provider config")?])
}
