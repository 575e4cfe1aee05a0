//! `project`: projects with their provider configs and keys.

mod config;
mod key;

use http::Method;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Map, Value, json};

use super::client::{self, Client};
use super::present::{self, Column, text};
use crate::args::{ProjectCommand, ProjectOneArguments, ProjectUpdateArguments};
use crate::failure::{Failure, Stop};
use crate::output;

pub(super) use config::{find as find_config, id as id_of_config};

const COLUMNS: [Column; 4] = [
    ("name", |project| text(&project["name"])),
    ("display name", |project| text(&project["displayName"])),
    ("return uris", |project| text(&project["returnUris"])),
    ("id", |project| text(&project["id"])),
];

const LINES: [Column; 5] = [
    ("id", |project| text(&project["id"])),
    ("name", |project| text(&project["name"])),
    ("display name", |project| text(&project["displayName"])),
    ("return uris", |project| text(&project["returnUris"])),
    ("created", |project| text(&project["createdAt"])),
];

pub(super) fn execute(command: &ProjectCommand) -> Result<(), Stop> {
    match command {
        ProjectCommand::Add(arguments) => {
            let mut body = json!({ "name": arguments.name });
            if let Some(name) = &arguments.display_name {
                body["displayName"] = json!(name);
            }
            if !arguments.return_uri.is_empty() {
                body["returnUris"] = json!(arguments.return_uri);
            }
            let added = client::with(&arguments.gateway, async |client| {
                client.send_body(Method::POST, &["projects"], &body).await
            })?;
            Ok(present::detail(&added, arguments.output, &LINES)?)
        }
        ProjectCommand::List(arguments) => {
            let items = client::with(&arguments.gateway, async |client| {
                client.items(&["projects"], &[]).await
            })?;
            Ok(present::list(items, arguments.output, &COLUMNS)?)
        }
        ProjectCommand::Show(one) => on_one(one, async |_, project| Ok(project)),
        ProjectCommand::Update(arguments) => update(arguments),
        ProjectCommand::Remove(arguments) => {
            client::with(&arguments.gateway, async |client| {
                let project = find(client, &arguments.project).await?;
                let path = ["projects", id(&project)?];
                client.call(Method::DELETE, &path).await
            })?;
            output::note(&format!("removed project {}", arguments.project));
            Ok(())
        }
        ProjectCommand::Key(arguments) => key::execute(&arguments.command),
        ProjectCommand::Config(arguments) => config::execute(&arguments.command),
    }
}

fn update(arguments: &ProjectUpdateArguments) -> Result<(), Stop> {
    let mut body = Map::new();
    if let Some(name) = &arguments.name {
        body.insert("name".to_owned(), json!(name));
    }
    if let Some(name) = &arguments.display_name {
        body.insert("displayName".to_owned(), json!(name));
    }
    if let Some(entries) = &arguments.return_uri {
        body.insert("returnUris".to_owned(), json!(or_none(entries)));
    }
    on_one(&arguments.one, async |client, project| {
        if body.is_empty() {
            return Ok(project);
        }
        let path = ["projects", id(&project)?];
        let body = Value::Object(body.clone());
        client.send_body(Method::PATCH, &path, &body).await
    })
}

/// Reads `none` as an empty list.
fn or_none(texts: &[String]) -> &[String] {
    match texts {
        [none] if none == "none" => &[],
        some => some,
    }
}

fn on_one(
    one: &ProjectOneArguments,
    work: impl AsyncFnOnce(&Client, Value) -> Result<Value, Failure>,
) -> Result<(), Stop> {
    let done = client::with(&one.gateway, async |client| {
        let project = find(client, &one.project).await?;
        work(client, project).await
    })?;
    Ok(present::detail(&done, one.output, &LINES)?)
}

/// Finds a project by its id or name.
pub(super) async fn find(client: &Client, name: &str) -> Result<Value, Failure> {
    let projects = client.items(&["projects"], &[]).await?;
    let found = projects
        .into_iter()
        .find(|project| project["name"] == name || project["id"] == name);
    found.ok_or_else(|| {
        let message = format!("no project is named `{name}`");
        Failure::from(ActionError::new(ErrorCode::NotFound, message))
            .advise("`project list` lists them")
    })
}

pub(super) fn id(project: &Value) -> Result<&str, Failure> {
    project["id"]
        .as_str()
        .ok_or_else(|| Failure::internal("the gateway returned a project without an id"))
}
