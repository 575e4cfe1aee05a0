//! `oauth`: the gateway's registrations with providers.

use http::Method;
use serde_json::{Value, json};

use super::client::{self, Client};
use super::present::{self, Column, text};
use super::{project, prompt};
use crate::args::{ClientOfArguments, OAuthCommand, OAuthSetArguments};
use crate::failure::{Failure, Stop};
use crate::output;

const COLUMNS: [Column; 6] = [
    ("connector", |client| text(&client["connector"])),
    ("client id", |client| text(&client["clientId"])),
    ("secret", |client| text(&client["hasSecret"])),
    ("source", |client| text(&client["source"])),
    ("in use", |client| text(&client["inUse"])),
    ("provider config", |client| {
        text(&client["providerConfigId"])
    }),
];

const LINES: [Column; 6] = [
    ("connector", |client| text(&client["connector"])),
    ("provider config", |client| {
        text(&client["providerConfigId"])
    }),
    ("client id", |client| text(&client["clientId"])),
    ("secret", |client| text(&client["hasSecret"])),
    ("source", |client| text(&client["source"])),
    ("updated", |client| text(&client["updatedAt"])),
];

pub(super) fn execute(command: &OAuthCommand) -> Result<(), Stop> {
    match command {
        OAuthCommand::Set(arguments) => set(arguments),
        OAuthCommand::List(arguments) => {
            let items = client::with(&arguments.gateway, async |client| {
                client.items(&["oauth-clients"], &[]).await
            })?;
            Ok(present::list(items, arguments.output, &COLUMNS)?)
        }
        OAuthCommand::Remove(arguments) => {
            client::with(&arguments.gateway, async |client| {
                let path = path(client, &arguments.of).await?;
                let path: Vec<_> = path.iter().map(String::as_str).collect();
                client.call(Method::DELETE, &path).await
            })?;
            output::note(&format!(
                "removed the OAuth client of {}",
                arguments.of.connector
            ));
            Ok(())
        }
    }
}

fn set(arguments: &OAuthSetArguments) -> Result<(), Stop> {
    // Outside of any request, so that an interrupt ends the prompt.
    let secret = if arguments.public {
        Value::Null
    } else {
        let (name, file) = (&arguments.of.connector, arguments.secret_file.as_deref());
        json!(prompt::client_secret(name, file)?)
    };
    let body = json!({ "clientId": arguments.client_id, "clientSecret": secret });
    let set = client::with(&arguments.gateway, async |client| {
        let path = path(client, &arguments.of).await?;
        let path: Vec<_> = path.iter().map(String::as_str).collect();
        client.send_body(Method::PUT, &path, &body).await
    })?;
    Ok(present::detail(&set, arguments.output, &LINES)?)
}

/// Returns the client's path below `/admin`.
async fn path(client: &Client, of: &ClientOfArguments) -> Result<Vec<String>, Failure> {
    let path = match &of.project {
        None => vec!["oauth-clients".to_owned(), of.connector.clone()],
        Some(project) => {
            let config = project::find_config(client, project, &of.connector).await?;
            let id = project::id_of_config(&config)?;
            ["provider-configs", id, "oauth-client"]
                .map(str::to_owned)
                .into()
        }
    };
    Ok(path)
}
