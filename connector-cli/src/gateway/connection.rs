//! `connection`: stored credentials.

use std::collections::BTreeMap;

use http::Method;
use plugwright_sdk::host::{Connector, Registry};
use serde_json::{Value, json};

use super::client::{self, Api, Client};
use super::present::{self, Column, columns, text};
use super::{organization, project, prompt};
use crate::args::{
    ConnectionAddArguments, ConnectionCommand, ConnectionListArguments, ConnectionOneArguments,
    ConnectionReplaceArguments,
};
use crate::client::choice;
use crate::failure::{Failure, Stop};
use crate::settings;

const COLUMNS: &[Column] = columns! {
    "connector"; "name"; "default" = "isDefault"; "owner" by owner; "status"; "account" by account;
    "id";
};

const LINES: &[Column] = columns! {
    "id"; "connector"; "name"; "default" = "isDefault"; "organization"; "project";
    "end user" = "externalUserId"; "provider config" = "providerConfigId"; "scheme"; "status";
    "account" by account; "settings"; "created" = "createdAt"; "updated" = "updatedAt";
};

/// Returns the organization, or the end user by the project's own id.
fn owner(connection: &Value) -> String {
    match &connection["externalUserId"] {
        Value::Null => text(&connection["organization"]),
        user => format!("user {}", text(user)),
    }
}

fn account(connection: &Value) -> String {
    match &connection["account"] {
        Value::Object(account) => text(
            account
                .get("label")
                .filter(|label| !label.is_null())
                .or_else(|| account.get("id"))
                .unwrap_or(&Value::Null),
        ),
        _ => "-".to_owned(),
    }
}

pub(super) fn execute(
    registry: &Registry,
    api: Api<'_>,
    command: &ConnectionCommand,
) -> Result<(), Stop> {
    match command {
        ConnectionCommand::Add(arguments) => add(registry, api, arguments),
        ConnectionCommand::List(arguments) => all(api, arguments),
        ConnectionCommand::Show(one) => on_one(api, one, async |_, found| Ok(found)),
        ConnectionCommand::Test(one) => on_one(api, one, async |client, found| {
            let path = ["connections", id_of(&found)?, "test"];
            client.call(Method::POST, &path).await
        }),
        ConnectionCommand::Rename(arguments) => {
            on_one(api, &arguments.one, async |client, found| {
                change(client, &found, &json!({ "name": arguments.name })).await
            })
        }
        ConnectionCommand::Default(one) => on_one(api, one, async |client, found| {
            change(client, &found, &json!({ "default": true })).await
        }),
        ConnectionCommand::Replace(arguments) => replace(registry, api, arguments),
        ConnectionCommand::Remove(one) => {
            let done = format!("removed connection {}", one.connection);
            api.change(done, async |client| {
                let found = find(client, &one.connection, one.organization.as_deref()).await?;
                client
                    .call(Method::DELETE, &["connections", id_of(&found)?])
                    .await
            })
        }
    }
}

/// Returns the connector whose credential is asked for. The gateway may have one that this program has
/// not, and tells less of it.
fn connector(registry: &Registry, api: Api<'_>, name: &str) -> Result<Connector, Stop> {
    match registry.connector(name) {
        Some(connector) => Ok(connector.clone()),
        None => api.connector(name),
    }
}

fn add(registry: &Registry, api: Api<'_>, arguments: &ConnectionAddArguments) -> Result<(), Stop> {
    let connector = &connector(registry, api, &arguments.connector)?;
    // Which ones are required depends on the gateway's configuration.
    settings::reject_unknown(connector, &arguments.settings).map_err(Failure::usage)?;
    let file = arguments.credential.credential_file.as_deref();
    let given = prompt::credential(connector, file)?;
    let settings: BTreeMap<_, _> = arguments
        .settings
        .iter()
        .map(|setting| (&setting.name, &setting.value))
        .collect();
    let mut body = client::body(json!({
        "connector": connector.name(),
        "name": arguments.name,
        "organization": arguments.organization,
        "default": arguments.default.then_some(true),
        "settings": (!settings.is_empty()).then_some(settings),
        "test": arguments.credential.no_test.then_some(false),
    }));
    body["credential"] = given.value.clone();
    api.detail(arguments.output, LINES, async |client| {
        let added = client.send_body(Method::POST, &["connections"], &body);
        let added = added.await.map_err(|failure| untested(failure, &body));
        added.map_err(|failure| given.name_in(failure))
    })
}

/// Says how to store a credential although its provider can't be asked.
fn untested(failure: Failure, body: &Value) -> Failure {
    let of_provider = failure.error.code().as_str().starts_with("UPSTREAM_");
    if of_provider && !failure.is_advised() && body["test"].is_null() {
        return failure.advise("`--no-test` stores the credential without asking the provider");
    }
    failure
}

fn all(api: Api<'_>, arguments: &ConnectionListArguments) -> Result<(), Stop> {
    let items = api.with(async |client| {
        let project = match &arguments.project {
            Some(name) => Some(project::id(client, name).await?),
            None => None,
        };
        let query = [
            ("connector", arguments.connector.clone()),
            ("organization", arguments.organization.clone()),
            ("project", project),
            ("externalUserId", arguments.user.clone()),
        ];
        let items = client.items(&["connections"], &query).await?;
        if let (Some(name), true) = (&arguments.organization, items.is_empty()) {
            organization::require(client, name).await?;
        }
        Ok(items)
    })?;
    // There may be connections of connectors that are gone.
    if let (Some(name), true) = (&arguments.connector, items.is_empty()) {
        api.require_connector(name)?;
    }
    Ok(present::list(items, arguments.output, COLUMNS)?)
}

fn on_one(
    api: Api<'_>,
    one: &ConnectionOneArguments,
    work: impl AsyncFnOnce(&Client, Value) -> Result<Value, Failure>,
) -> Result<(), Stop> {
    api.detail(one.output, LINES, async |client| {
        let found = find(client, &one.connection, one.organization.as_deref()).await?;
        work(client, found).await
    })
}

async fn change(client: &Client, found: &Value, body: &Value) -> Result<Value, Failure> {
    client
        .send_body(Method::PATCH, &["connections", id_of(found)?], body)
        .await
}

fn replace(
    registry: &Registry,
    api: Api<'_>,
    arguments: &ConnectionReplaceArguments,
) -> Result<(), Stop> {
    let one = &arguments.one;
    let found =
        api.with(async |client| find(client, &one.connection, one.organization.as_deref()).await)?;
    let name = found["connector"].as_str().unwrap_or_default();
    let connector = &connector(registry, api, name)?;
    let file = arguments.credential.credential_file.as_deref();
    // Outside of any request, so that an interrupt ends the prompt.
    let given = prompt::credential(connector, file)?;
    let mut body = json!({ "credential": given.value });
    if arguments.credential.no_test {
        body["test"] = json!(false);
    }
    api.detail(one.output, LINES, async |client| {
        let path = ["connections", id_of(&found)?, "credential"];
        let replaced = client.send_body(Method::PUT, &path, &body).await;
        let replaced = replaced.map_err(|failure| untested(failure, &body));
        replaced.map_err(|failure| given.name_in(failure))
    })
}

fn id_of(connection: &Value) -> Result<&str, Failure> {
    client::id(connection, "connection")
}

/// Returns the id of the connection named by an id, a name or `connector/name`.
pub(super) async fn id(
    client: &Client,
    name: &str,
    organization: Option<&str>,
) -> Result<String, Failure> {
    let found = find(client, name, organization).await?;
    id_of(&found).map(str::to_owned)
}

async fn find(client: &Client, name: &str, organization: Option<&str>) -> Result<Value, Failure> {
    if uuid::Uuid::try_parse(name).is_ok() {
        return client.get(&["connections", name], &[]).await;
    }
    let (connector, own) = match name.split_once('/') {
        Some((connector, own)) => (Some(connector.to_owned()), own),
        None => (None, name),
    };
    let query = [
        ("connector", connector),
        ("organization", organization.map(str::to_owned)),
    ];
    let mut found = client.items(&["connections"], &query).await?;
    found.retain(|connection| connection["name"] == own);
    choice::connection(found, name, "connection list", |item| {
        let [connector, name, id] = ["connector", "name", "id"].map(|part| text(&item[part]));
        format!("{connector}/{name} of {} ({id})", owner(item))
    })
}
