//! `organization`: organizations that connections belong to.

use http::Method;
use plugwright_sdk::host::nearest;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::json;

use super::client::{Api, Client};
use super::present::{Column, columns};
use crate::args::OrganizationCommand;
use crate::failure::{Failure, Stop};

const PARTS: &[Column] = columns! {
    "name"; "created" = "createdAt";
};

pub(super) fn execute(api: Api<'_>, command: &OrganizationCommand) -> Result<(), Stop> {
    match command {
        OrganizationCommand::Add { name, output } => api.detail(*output, PARTS, async |client| {
            let body = json!({ "name": name });
            client
                .send_body(Method::POST, &["organizations"], &body)
                .await
        }),
        OrganizationCommand::List { output } => api.list(*output, PARTS, async |client| {
            client.items(&["organizations"], &[]).await
        }),
        OrganizationCommand::Remove { name } => api
            .change(format!("removed organization {name}"), async |client| {
                client.call(Method::DELETE, &["organizations", name]).await
            }),
    }
}

/// Checks that the gateway has an organization of this name.
pub(super) async fn require(client: &Client, name: &str) -> Result<(), Failure> {
    let known = client.items(&["organizations"], &[]).await?;
    let known: Vec<_> = known.iter().filter_map(|it| it["name"].as_str()).collect();
    if known.contains(&name) {
        return Ok(());
    }
    let near = nearest::did_you_mean(name, known.iter().copied())
        .unwrap_or_else(|| format!("; available: {}", nearest::list(known.iter().copied())));
    let message = format!("no organization is named `{name}`{near}");
    Err(ActionError::new(ErrorCode::NotFound, message).into())
}
