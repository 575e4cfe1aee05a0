//! `oauth`: the gateway's registrations with providers.

use http::Method;
use serde_json::{Value, json};

use super::client::{self, Api, Client};
use super::present::{Column, columns};
use super::{project, prompt};
use crate::args::{ClientOfArguments, OAuthCommand, OAuthSetArguments};
use crate::failure::{Failure, Stop};

const COLUMNS: &[Column] = columns! {
    "connector"; "client id" = "clientId"; "secret" = "hasSecret"; "source"; "in use" = "inUse";
    "provider config" = "providerConfigId";
};

const LINES: &[Column] = columns! {
    "connector"; "provider config" = "providerConfigId"; "client id" = "clientId";
    "secret" = "hasSecret"; "source"; "updated" = "updatedAt";
};

pub(super) fn execute(api: Api<'_>, command: &OAuthCommand) -> Result<(), Stop> {
    match command {
        OAuthCommand::Set(arguments) => set(api, arguments),
        OAuthCommand::List { output } => api.list(*output, COLUMNS, async |client| {
            client.items(&["oauth-clients"], &[]).await
        }),
        OAuthCommand::Remove(of) => {
            let done = format!("removed the OAuth client of {}", of.connector);
            let removed = api.change(done, async |client| {
                let path = path(client, of).await?;
                let path: Vec<_> = path.iter().map(String::as_str).collect();
                client.call(Method::DELETE, &path).await
            });
            knowing(api, of, removed)
        }
    }
}

fn set(api: Api<'_>, arguments: &OAuthSetArguments) -> Result<(), Stop> {
    // Outside of any request, so that an interrupt ends the prompt.
    let secret = if arguments.public {
        Value::Null
    } else {
        let (name, file) = (&arguments.of.connector, arguments.secret_file.as_deref());
        json!(prompt::client_secret(name, file)?)
    };
    let body = json!({ "clientId": arguments.client_id, "clientSecret": secret });
    let done = api.detail(arguments.output, LINES, async |client| {
        let path = path(client, &arguments.of).await?;
        let path: Vec<_> = path.iter().map(String::as_str).collect();
        client.send_body(Method::PUT, &path, &body).await
    });
    knowing(api, &arguments.of, done)
}

/// Says that there is no such connector, if that is why a command failed. With a project, the name may
/// be a provider config's.
fn knowing(api: Api<'_>, of: &ClientOfArguments, done: Result<(), Stop>) -> Result<(), Stop> {
    match of.project {
        None => api.knowing(&of.connector, done),
        Some(_) => done,
    }
}

async fn path(client: &Client, of: &ClientOfArguments) -> Result<Vec<String>, Failure> {
    let path = match &of.project {
        None => vec!["oauth-clients".to_owned(), of.connector.clone()],
        Some(project) => {
            let config = project::find_config(client, project, &of.connector).await?;
            let id = client::id(&config, "provider config")?;
            ["provider-configs", id, "oauth-client"]
                .map(str::to_owned)
                .into()
        }
    };
    Ok(path)
}
