//! `connections` and `disconnect`: connected accounts.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use http::Method;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::Value;

use crate::args::{AccountListArguments, DisconnectArguments, GatewayArguments};
use crate::client::{self, Client, choice};
use crate::failure::{Failure, Stop};
use crate::gateway::present::{self, Column, columns, text};
use crate::{backend, output, remote};

const COLUMNS: &[Column] = columns! {
    "connector" = "service"; "name" = "alias"; "account" = "accountLabel"; "status";
    "expires" = "expiresAt"; "organization"; "id";
};

pub(crate) const ORGANIZATION: &str = "x-oo-organization-name";

pub(crate) fn list(
    gateway: &GatewayArguments,
    arguments: &AccountListArguments,
) -> Result<(), Stop> {
    let remote = remote::for_person(gateway)?;
    let items = client::with(&remote, "v1", async |client| {
        let organization = arguments.organization.as_deref();
        let mut items = all(client, arguments.status.as_deref(), organization).await?;
        let connector = arguments.connector.as_deref();
        items.retain(|item| connector.is_none_or(|connector| item["service"] == connector));
        if let (Some(name), true) = (&arguments.connector, items.is_empty()) {
            backend::require_connector(client, name).await?;
        }
        Ok(items)
    })?;
    Ok(present::list(items, arguments.output, COLUMNS)?)
}

async fn all(
    client: &Client,
    status: Option<&str>,
    organization: Option<&str>,
) -> Result<Vec<Value>, Failure> {
    let query = [("status", status.map(str::to_owned))];
    let headers = organization.map(|name| (ORGANIZATION, name));
    let answer = client
        .get_with(&["connections"], &query, headers.as_slice())
        .await;
    let mut answer = answer.map_err(|failure| failure.in_options(&[("status", "--status")]))?;
    match answer["data"].take() {
        Value::Array(items) => Ok(items),
        _ => Err(client.not_a_gateway("the response has no list")),
    }
}

pub(crate) fn disconnect(
    gateway: &GatewayArguments,
    arguments: &DisconnectArguments,
) -> Result<(), Stop> {
    let remote = remote::for_person(gateway)?;
    let found = client::with(&remote, "v1", async |client| {
        find(all(client, None, None).await?, arguments)
    })?;
    let what = describe(&found);
    // Outside of any request, so that an interrupt ends the prompt.
    if !arguments.yes && !agrees(&what)? {
        let message = format!("{what} was not disconnected");
        return Err(Failure::from(ActionError::new(ErrorCode::Cancelled, message)).into());
    }
    let id = found["id"].as_str().unwrap_or_default();
    client::with(&remote, "v1", async |client| {
        client
            .call(Method::DELETE, &["connections", "by-id", id])
            .await
    })?;
    output::note(&format!("disconnected {what}"));
    Ok(())
}

fn describe(account: &Value) -> String {
    let name = format!("{}/{}", text(&account["service"]), text(&account["alias"]));
    match &account["accountLabel"] {
        Value::String(label) => format!("{name} ({label})"),
        _ => name,
    }
}

fn agrees(what: &str) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        let message = "is required without a terminal";
        return Err(Failure::param("--yes", message));
    }
    let question = format!("disconnect {}? [y/N] ", output::escape(what));
    let asked = || {
        let mut err = anstream::stderr();
        write!(err, "{question}")?;
        err.flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok::<_, io::Error>(answer)
    };
    let answer = asked()
        .map_err(|error| Failure::internal(format!("can't read from the terminal: {error}")))?;
    Ok(matches!(
        answer.trim().to_ascii_lowercase().as_str(),
        "y" | "yes"
    ))
}

fn find(mut accounts: Vec<Value>, arguments: &DisconnectArguments) -> Result<Value, Failure> {
    let name = arguments.connection.as_str();
    let (connector, own) = match name.split_once('/') {
        Some((connector, own)) => (Some(connector), own),
        None => (None, name),
    };
    accounts.retain(|account| {
        let wanted = arguments.organization.as_deref();
        account["id"] == name
            || (account["alias"] == own
                && connector.is_none_or(|connector| account["service"] == connector)
                && wanted.is_none_or(|wanted| account["organization"] == wanted))
    });
    choice::connection(accounts, name, "connections", |account| {
        let [organization, id] = ["organization", "id"].map(|part| text(&account[part]));
        format!("{} of {organization} ({id})", describe(account))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::failure::Exit;

    fn found(name: &str, organization: Option<&str>) -> Result<String, Exit> {
        let account = |id: &str, service: &str, alias: &str, organization: &str| json!({ "id": id, "service": service, "alias": alias, "organization": organization });
        let accounts = vec![
            account("1", "github", "work", "default"),
            account("2", "todoist", "work", "default"),
            account("3", "github", "work", "acme"),
            account("4", "github", "home", "default"),
        ];
        let arguments = DisconnectArguments {
            connection: name.to_owned(),
            organization: organization.map(str::to_owned),
            yes: true,
        };
        let found = find(accounts, &arguments).map_err(|failure| failure.exit)?;
        Ok(text(&found["id"]))
    }

    #[test]
    fn a_name_must_mean_one_account() {
        assert_eq!(found("home", None).as_deref(), Ok("4"));
        assert_eq!(found("todoist/work", None).as_deref(), Ok("2"));
        assert_eq!(found("3", None).as_deref(), Ok("3"));
        assert_eq!(found("github/work", Some("acme")).as_deref(), Ok("3"));
        assert_eq!(found("work", None), Err(Exit::Usage));
        assert_eq!(found("github/work", None), Err(Exit::Usage));
        assert_eq!(found("office", None), Err(Exit::NotFound));
    }
}
