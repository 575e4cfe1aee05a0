//! `connect`: connects an account in the browser.

mod browser;
mod landing;

use std::collections::BTreeMap;
use std::time::Duration;

use plugwright_sdk::{ActionError, ErrorCode, Hint};
use serde_json::{Value, json};

use crate::accounts::ORGANIZATION;
use crate::args::{ConnectArguments, GatewayArguments};
use crate::client::{self, Client};
use crate::failure::{Failure, Stop};
use crate::gateway::present::{self, Column, columns};
use crate::{backend, output, remote};
use landing::Landing;

const PAUSE: Duration = Duration::from_secs(2);

/// How long the gateway may take to create a connect request.
const TIMEOUT: Duration = Duration::from_mins(1);

const LINES: &[Column] = columns! {
    "connector" = "service"; "name" = "alias"; "account" = "accountLabel"; "scopes"; "organization";
    "status"; "expires" = "expiresAt"; "id";
};

pub(crate) fn connect(
    gateway: &GatewayArguments,
    arguments: &ConnectArguments,
) -> Result<(), Stop> {
    let remote = remote::for_person(gateway)?;
    let account = client::with(&remote, "v1", async |client| {
        let opens = !arguments.no_browser && browser::is_there();
        let mut landing = if opens { Landing::open().await } else { None };
        let begun = begin(client, arguments, landing.as_ref()).await?;
        let page = text_of(client, &begun, "authorizationUrl")?;
        if opens && browser::open(page).is_ok() {
            output::note(&format!("opening {page}"));
        } else {
            output::note(&format!("open this page in a browser: {page}"));
        }
        let id = text_of(client, &begun, "connectionRequestId")?;
        let request = wait(client, id, landing.as_mut()).await?;
        let id = request["appId"].as_str().ok_or_else(|| failed(&request))?;
        let mut answer = client.get(&["connections", "by-id", id], &[]).await?;
        Ok(answer["data"].take())
    })?;
    Ok(present::detail(&account, arguments.output, LINES)?)
}

async fn begin(
    client: &Client,
    arguments: &ConnectArguments,
    landing: Option<&Landing>,
) -> Result<Value, Failure> {
    let settings: BTreeMap<_, _> = arguments
        .settings
        .iter()
        .map(|setting| (&setting.name, &setting.value))
        .collect();
    let body = json!({
        "returnUri": landing.map(Landing::url),
        "authorizationOptionIds": arguments.scopes,
        "extra": settings,
        "alias": arguments.name,
        "comment": arguments.label,
        "appId": arguments.reconnect,
        "selectAccount": arguments.select_account,
    });
    let organization = arguments.organization.as_deref();
    let headers: Vec<_> = organization
        .map(|name| (ORGANIZATION, name))
        .into_iter()
        .collect();
    let path = ["connections", &arguments.connector, "connect"];
    match client.post(&path, &headers, &body, TIMEOUT).await? {
        Ok(mut answer) => Ok(answer["data"].take()),
        Err(error) => {
            if error.error.code() == ErrorCode::ConnectorNotFound {
                // Its own error lists them.
                backend::require_connector(client, &arguments.connector).await?;
            }
            Err(client.failure(error).in_options(ConnectArguments::OPTIONS))
        }
    }
}

async fn wait(
    client: &Client,
    id: &str,
    mut landing: Option<&mut Landing>,
) -> Result<Value, Failure> {
    loop {
        match client.get(&["connection-requests", id], &[]).await {
            Ok(mut answer) => {
                let request = answer["data"].take();
                if request["status"] != "initiated" {
                    return Ok(request);
                }
            }
            // The person is still busy in the browser, and the gateway may recover meanwhile.
            Err(failure) if is_transient(&failure) => {}
            Err(failure) if failure.error.code() == ErrorCode::NotFound => {
                return Err(failure.advise(
                    "the token may no longer connect accounts of this connector; ask the operator for that right",
                ));
            }
            Err(failure) => return Err(failure),
        }
        let pause = tokio::time::sleep(PAUSE);
        match &mut landing {
            Some(landing) => tokio::select! {
                () = pause => {}
                () = landing.came_back() => {}
            },
            None => pause.await,
        }
    }
}

fn is_transient(failure: &Failure) -> bool {
    matches!(
        failure.error.code(),
        ErrorCode::Unavailable | ErrorCode::RateLimited | ErrorCode::UpstreamTimeout
    )
}

fn failed(request: &Value) -> Failure {
    let reason = request["errorMessage"].as_str();
    if request["status"] == "expired" {
        let message = "the connect page expired; it is valid for ten minutes";
        return Failure::from(ActionError::new(ErrorCode::Cancelled, message))
            .advise("run the command again");
    }
    let (code, advice) = match request["errorCode"].as_str().unwrap_or_default() {
        "access_denied" => (ErrorCode::Forbidden, None),
        "request_cancelled" | "request_superseded" | "request_withdrawn" => {
            (ErrorCode::Cancelled, None)
        }
        "provider_not_configured" => (ErrorCode::ProviderNotConfigured, None),
        "connection_alias_conflict" => (ErrorCode::Conflict, Some("choose another --name")),
        "connection_account_conflict" => (
            ErrorCode::Conflict,
            Some("sign in with the account of this connection, or connect a new one"),
        ),
        _ => (ErrorCode::UpstreamError, None),
    };
    let message = reason.unwrap_or("the account was not connected");
    let mut error = ActionError::new(code, message);
    let lasting = lasting(message).filter(|_| code == ErrorCode::UpstreamError);
    if lasting.is_some() {
        error = error.with_hint(Hint::Abort);
    }
    let failure = Failure::from(error);
    match advice.or(lasting) {
        Some(advice) => failure.advise(advice),
        None => failure,
    }
}

/// Codes of providers that stay until something is changed, with what to do: those of RFC 6749 (sections
/// 4.1.2.1 and 5.2), and what providers call a redirect URI that they don't know.
const LASTING: &[(&str, &str)] = &[
    ("redirect_uri", REGISTER),
    ("redirect_uri_mismatch", REGISTER),
    ("invalid_redirect_uri", REGISTER),
    (
        "invalid_scope",
        "choose other --scopes, or let the OAuth client have these at the provider",
    ),
    ("invalid_grant", "run the command again"),
    ("invalid_client", CORRECT),
    ("unauthorized_client", CORRECT),
    ("invalid_request", CORRECT),
    ("unsupported_response_type", CORRECT),
    ("unsupported_grant_type", CORRECT),
];

const REGISTER: &str =
    "add the redirect URI to the OAuth client at the provider, then run the command again";
const CORRECT: &str =
    "ask the operator to check the OAuth client, at the gateway and at the provider";

/// Returns what to do about the code that a gateway's message quotes, if a repetition is pointless.
fn lasting(message: &str) -> Option<&'static str> {
    let is_of_code = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let quotes = |code: &str| {
        let mut words = message.split(|letter| !is_of_code(letter));
        words.any(|word| word == code)
    };
    let mut known = LASTING.iter();
    known.find_map(|&(code, advice)| quotes(code).then_some(advice))
}

fn text_of<'a>(client: &Client, value: &'a Value, member: &str) -> Result<&'a str, Failure> {
    let text = value[member].as_str();
    text.ok_or_else(|| client.not_a_gateway(&format!("the response has no `{member}`")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Exit;

    #[test]
    fn a_refusal_differs_from_a_failure() {
        let exit = |status: &str, code: &str| {
            failed(&json!({ "status": status, "errorCode": code, "errorMessage": "so" })).exit
        };
        assert_eq!(exit("failed", "access_denied"), Exit::Authentication);
        assert_eq!(exit("failed", "request_cancelled"), Exit::Failure);
        assert_eq!(exit("failed", "provider_error"), Exit::Failure);
        assert_eq!(exit("expired", ""), Exit::Failure);
    }

    #[test]
    fn what_a_provider_refuses_for_good_is_not_tried_later() {
        let told = |message: &str| {
            let request = json!({ "status": "failed", "errorCode": "provider_error", "errorMessage": message });
            failed(&request).to_text()
        };
        for (message, advice) in [
            (
                "GitHub returned `redirect_uri_mismatch` (no)",
                "add the redirect URI",
            ),
            (
                "GitHub: the provider refused: invalid_request (The redirect_uri MUST match)",
                "add the redirect URI",
            ),
            ("GitHub returned `invalid_scope`", "choose other --scopes"),
            ("GitHub returned `invalid_request`", "ask the operator"),
        ] {
            let told = told(message);
            assert!(told.contains(advice), "{told}");
            assert!(!told.contains("try again later"), "{told}");
        }
        let passing = told("GitHub returned `temporarily_unavailable`");
        assert!(passing.contains("try again later"), "{passing}");
    }
}
