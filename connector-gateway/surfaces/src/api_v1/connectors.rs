//! `GET /api/v1/connectors`: the catalog.

use axum::response::Response;
use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, Availability};
use schemars::JsonSchema;
use serde::Serialize;

use super::answer::{Failure, ok};
use super::form::{CredentialField, CredentialForm, schemes};
use crate::caller::Caller;
use plugwright_engine::connect::personal::Personal;

/// How a connector authenticates: `oauth` if any scheme is OAuth 2, else `api_key` if any needs a
/// secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ApiV1AuthType")]
pub(super) enum AuthType {
    Oauth,
    ApiKey,
    None,
}

pub(super) fn auth_type(connector: &Connector) -> AuthType {
    let is_none = |scheme: &Scheme<'_>| matches!(scheme, Scheme::None);
    if connector.oauth2().is_some() {
        AuthType::Oauth
    } else if connector.auth().iter().all(|auth| is_none(&auth.scheme)) {
        AuthType::None
    } else {
        AuthType::ApiKey
    }
}

/// Whether accounts of a connector can be connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ApiV1Availability")]
enum Ready {
    Available,
    ComingSoon,
    /// An operator must set its OAuth client first.
    NotConfigured,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ApiV1Connector")]
pub(super) struct Item<'a> {
    slug: &'a str,
    name: &'a str,
    description: &'a str,
    auth_type: AuthType,
    /// Whether the OAuth client is set, where one is needed.
    configured: bool,
    availability: Ready,
    #[serde(skip_serializing_if = "Option::is_none")]
    availability_reason: Option<&'static str>,
    tools: Vec<Tool>,
    /// The fields of a key, for the first scheme that takes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential_fields: Option<Vec<CredentialField>>,
    /// The same for each such scheme, if there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    credential_forms: Vec<CredentialForm<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiV1Tool")]
struct Tool {
    name: String,
    description: String,
}

pub(super) async fn list(caller: Caller) -> Result<Response, Failure> {
    let personal = caller.personal()?;
    let mut items = Vec::new();
    for connector in personal.connectors() {
        items.push(item(&caller, personal, connector).await?);
    }
    Ok(ok(&items))
}

async fn item<'c>(
    caller: &Caller,
    personal: Personal<'_>,
    connector: &'c Connector,
) -> Result<Item<'c>, ActionError> {
    let auth_type = auth_type(connector);
    let configured = match auth_type {
        AuthType::Oauth => personal.connect.registrations.has(connector, None).await?,
        AuthType::ApiKey | AuthType::None => true,
    };
    let base_url = personal.connect.base_url(connector);
    let forms: Vec<_> = schemes(connector)
        .map(|auth| CredentialForm::of(connector, base_url, auth))
        .collect();
    let (availability, availability_reason) = match connector.availability() {
        Availability::ComingSoon => (
            Ready::ComingSoon,
            Some("it is announced and can't be used yet"),
        ),
        Availability::Available if !configured && forms.is_empty() => (
            Ready::NotConfigured,
            Some("an operator must set its OAuth client first"),
        ),
        Availability::Available => (Ready::Available, None),
    };
    let tools = caller.actions(connector).map(|entry| Tool {
        name: entry.id(),
        description: entry.action.description().to_owned(),
    });
    Ok(Item {
        slug: connector.name(),
        name: connector.display_name(),
        description: connector.description(),
        auth_type,
        configured,
        availability,
        availability_reason,
        tools: tools.collect(),
        credential_fields: forms.first().map(|form| form.fields.clone()),
        credential_forms: if forms.len() > 1 { forms } else { Vec::new() },
    })
}
