//! `organization`: organizations that connections belong to.

use http::Method;
use serde_json::json;

use super::client;
use super::present::{self, Column, text};
use crate::args::OrganizationCommand;
use crate::failure::Stop;
use crate::output;

const PARTS: [Column; 2] = [
    ("name", |item| text(&item["name"])),
    ("created", |item| text(&item["createdAt"])),
];

pub(super) fn execute(command: &OrganizationCommand) -> Result<(), Stop> {
    match command {
        OrganizationCommand::Add(arguments) => {
            let added = client::with(&arguments.gateway, async |client| {
                let body = json!({ "name": arguments.name });
                client
                    .send_body(Method::POST, &["organizations"], &body)
                    .await
            })?;
            Ok(present::detail(&added, arguments.output, &PARTS)?)
        }
        OrganizationCommand::List(arguments) => {
            let items = client::with(&arguments.gateway, async |client| {
                client.items(&["organizations"], &[]).await
            })?;
            Ok(present::list(items, arguments.output, &PARTS)?)
        }
        OrganizationCommand::Remove(arguments) => {
            client::with(&arguments.gateway, async |client| {
                client
                    .call(Method::DELETE, &["organizations", &arguments.name])
                    .await
            })?;
            output::note(&format!("removed organization {}", arguments.name));
            Ok(())
        }
    }
}
