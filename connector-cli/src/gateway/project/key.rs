//! `project key`: keys that act for a project's end users.

use http::Method;
use plugwright_store::{Grant, Patterns};
use serde_json::json;

use super::super::client;
use super::super::present::{self, Column, text};
use super::super::token;
use super::{find, id};
use crate::args::{ProjectKeyAddArguments, ProjectKeyCommand};
use crate::failure::Stop;
use crate::output;

const COLUMNS: [Column; 7] = [
    ("name", |key| text(&key["name"])),
    ("preview", |key| text(&key["preview"])),
    ("actions", |key| text(&key["grant"]["actions"])),
    ("connect", |key| text(&key["grant"]["connect"])),
    ("expires", |key| text(&key["expiresAt"])),
    ("revoked", |key| text(&key["revokedAt"])),
    ("id", |key| text(&key["id"])),
];

pub(super) fn execute(command: &ProjectKeyCommand) -> Result<(), Stop> {
    match command {
        ProjectKeyCommand::Add(arguments) => add(arguments),
        ProjectKeyCommand::List(arguments) => {
            let items = client::with(&arguments.gateway, async |client| {
                let project = find(client, &arguments.project).await?;
                let path = ["projects", id(&project)?, "keys"];
                client.items(&path, &[]).await
            })?;
            Ok(present::list(items, arguments.output, &COLUMNS)?)
        }
        ProjectKeyCommand::Revoke(arguments) => {
            client::with(&arguments.gateway, async |client| {
                let project = find(client, &arguments.project).await?;
                let path = ["projects", id(&project)?, "keys"];
                let keys = client.items(&path, &[]).await?;
                let key = token::choose(keys, &arguments.key, "key", "project key list")?;
                let path = ["tokens", token::id(&key)?];
                client.call(Method::DELETE, &path).await
            })?;
            output::note(&format!(
                "revoked key {} of project {}",
                arguments.key, arguments.project
            ));
            Ok(())
        }
    }
}

fn add(arguments: &ProjectKeyAddArguments) -> Result<(), Stop> {
    let mut grant = Grant {
        connect: Patterns::all(),
        ..Grant::default()
    };
    if let Some(patterns) = &arguments.allow {
        grant.actions = patterns.iter().cloned().collect();
    }
    if let Some(patterns) = &arguments.block {
        grant.blocked_actions = patterns.iter().cloned().collect();
    }
    if let Some(effects) = &arguments.effects {
        grant.effects.clone_from(effects);
    }
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
    let added = client::with(&arguments.gateway, async |client| {
        let project = find(client, &arguments.project).await?;
        let path = ["projects", id(&project)?, "keys"];
        client.send_body(Method::POST, &path, &body).await
    })?;
    token::print_made(&added, "key", arguments.output)
}
