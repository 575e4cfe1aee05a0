//! `project key`: keys that act for a project's end users.

use http::Method;
use plugwright_store::{Grant, Patterns};
use serde_json::json;

use super::super::client::{self, Api};
use super::super::present::{Column, columns};
use super::super::token;
use super::id;
use crate::args::{ProjectKeyAddArguments, ProjectKeyCommand};
use crate::failure::Stop;

const COLUMNS: &[Column] = columns! {
    "name"; "preview"; "actions" = "grant/actions"; "connect" = "grant/connect";
    "expires" = "expiresAt"; "revoked" = "revokedAt"; "id";
};

pub(super) fn execute(api: Api<'_>, command: &ProjectKeyCommand) -> Result<(), Stop> {
    match command {
        ProjectKeyCommand::Add(arguments) => add(api, arguments),
        ProjectKeyCommand::List(arguments) => api.list(arguments.output, COLUMNS, async |client| {
            let path = ["projects", &id(client, &arguments.project).await?, "keys"];
            client.items(&path, &[]).await
        }),
        ProjectKeyCommand::Revoke { project, key } => {
            let done = format!("revoked key {key} of project {project}");
            api.change(done, async |client| {
                let path = ["projects", &id(client, project).await?, "keys"];
                let keys = client.items(&path, &[]).await?;
                let key = token::choose(keys, key, "key", "project key list")?;
                let path = ["tokens", client::id(&key, "token")?];
                client.call(Method::DELETE, &path).await
            })
        }
    }
}

fn add(api: Api<'_>, arguments: &ProjectKeyAddArguments) -> Result<(), Stop> {
    let mut grant = Grant {
        connect: Patterns::all(),
        ..Grant::default()
    };
    arguments.actions.apply(&mut grant);
    if let Some(patterns) = &arguments.connect {
        grant.connect = patterns.iter().cloned().collect();
    }
    if let Some(rate) = arguments.rate {
        grant.rate_limit = rate.0;
    }
    let mut body = json!({ "name": arguments.name, "grant": grant });
    if let Some(time) = arguments.expires.and_then(|expires| expires.0) {
        body["expiresAt"] = json!(time);
    }
    let added = api.with(async |client| {
        let path = ["projects", &id(client, &arguments.project).await?, "keys"];
        client.send_body(Method::POST, &path, &body).await
    })?;
    token::print_made(&added, "key", arguments.output)
}
