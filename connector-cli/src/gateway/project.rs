//! `project`: projects with their provider configs and keys.

mod config;
mod key;

use http::Method;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Value, json};

use super::client::{self, Api, Client};
use super::present::{Column, columns};
use crate::args::{ProjectCommand, ProjectOneArguments, ProjectUpdateArguments};
use crate::failure::{Failure, Stop};

pub(super) use config::find as find_config;

const COLUMNS: &[Column] = columns! {
    "name"; "display name" = "displayName"; "return URIs" = "returnUris"; "id";
};

const LINES: &[Column] = columns! {
    "id"; "name"; "display name" = "displayName"; "return URIs" = "returnUris";
    "created" = "createdAt";
};

pub(super) fn execute(api: Api<'_>, command: &ProjectCommand) -> Result<(), Stop> {
    match command {
        ProjectCommand::Add(arguments) => {
            let uris = &arguments.return_uri;
            let body = client::body(json!({
                "name": arguments.name,
                "displayName": arguments.display_name,
                "returnUris": (!uris.is_empty()).then_some(uris),
            }));
            api.detail(arguments.output, LINES, async |client| {
                client.send_body(Method::POST, &["projects"], &body).await
            })
        }
        ProjectCommand::List { output } => api.list(*output, COLUMNS, async |client| {
            client.items(&["projects"], &[]).await
        }),
        ProjectCommand::Show(one) => on_one(api, one, async |_, project| Ok(project)),
        ProjectCommand::Update(arguments) => update(api, arguments),
        ProjectCommand::Remove { project } => {
            api.change(format!("removed project {project}"), async |client| {
                let id = id(client, project).await?;
                client.call(Method::DELETE, &["projects", &id]).await
            })
        }
        ProjectCommand::Key(arguments) => key::execute(api, &arguments.command),
        ProjectCommand::Config(arguments) => config::execute(api, &arguments.command),
    }
}

fn update(api: Api<'_>, arguments: &ProjectUpdateArguments) -> Result<(), Stop> {
    let body = client::body(json!({
        "name": arguments.name,
        "displayName": arguments.display_name,
        "returnUris": arguments.return_uri.as_deref().map(or_none),
    }));
    on_one(api, &arguments.one, async |client, project| {
        if body == json!({}) {
            return Ok(project);
        }
        let path = ["projects", client::id(&project, "project")?];
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
    api: Api<'_>,
    one: &ProjectOneArguments,
    work: impl AsyncFnOnce(&Client, Value) -> Result<Value, Failure>,
) -> Result<(), Stop> {
    api.detail(one.output, LINES, async |client| {
        let project = find(client, &one.project).await?;
        work(client, project).await
    })
}

async fn find(client: &Client, name: &str) -> Result<Value, Failure> {
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

pub(super) async fn id(client: &Client, name: &str) -> Result<String, Failure> {
    let project = find(client, name).await?;
    client::id(&project, "project").map(str::to_owned)
}
