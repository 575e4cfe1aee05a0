//! `organization`: organizations that connections belong to.

use http::Method;
use serde_json::json;

use super::client::Api;
use super::present::{Column, columns};
use crate::args::OrganizationCommand;
use crate::failure::Stop;

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
