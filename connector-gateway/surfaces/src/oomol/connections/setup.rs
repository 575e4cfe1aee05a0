//! What it takes to connect an account, and how much there is.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use plugwright_sdk::Availability;
use plugwright_sdk::auth::OAuth2;
use schemars::JsonSchema;
use serde::Serialize;

use super::connector;
use crate::connect::fields;
use crate::oomol::catalog::auth_types;
use crate::oomol::envelope::{Failure, fresh};
use crate::oomol::{Caller, Dialect, Segment};
use plugwright_engine::connect::personal::takes_key;

/// What it takes to connect an account of a connector.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ProviderSetup")]
pub(super) struct Setup<'a> {
    service: &'a str,
    display_name: &'a str,
    auth_types: Vec<&'static str>,
    availability: Availability,
    /// Whether an account can be connected now.
    configured: bool,
    /// Whether the caller may connect one.
    allowed: bool,
    /// What a person can be asked to agree to.
    authorization_options: Vec<Choice<'a>>,
    /// What is entered by hand: settings go into `extra`, keys into `apiKey` or `values`.
    forms: Vec<Form<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AuthorizationOption")]
struct Choice<'a> {
    id: &'a str,
    description: &'a str,
    is_default: bool,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CredentialForm")]
struct Form<'a> {
    scheme: &'static str,
    label: &'a str,
    fields: Vec<Entry>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CredentialFormField")]
struct Entry {
    /// `setting.NAME` or `credential.NAME`.
    name: String,
    label: String,
    required: bool,
    secret: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

fn choices<'a>(scheme: &'a OAuth2<'a>) -> Vec<Choice<'a>> {
    let scopes = scheme.scopes.iter();
    scopes
        .map(|scope| Choice {
            id: scope.name,
            description: scope.description,
            is_default: scheme.default_scopes.contains(&scope.name),
        })
        .collect()
}

/// `GET /v1/providers/{service}/setup`.
pub(super) async fn show(
    State(dialect): State<Arc<Dialect>>,
    Caller(principal): Caller,
    Segment(service): Segment,
) -> Result<Response, Failure> {
    let personal = dialect.gateway.personal(&principal)?;
    let connector = connector(&dialect, &principal, personal, &service)?;
    let oauth = connector.oauth2();
    let base_url = personal.connect.base_url(connector);
    let forms: Vec<_> = connector
        .auth()
        .iter()
        .filter(|auth| takes_key(auth))
        .map(|auth| Form {
            scheme: auth.kind().as_str(),
            label: auth.label,
            fields: fields::fields(connector, base_url, auth)
                .into_iter()
                .map(|field| Entry {
                    name: field.name,
                    label: field.label,
                    required: field.is_required,
                    secret: field.is_secret,
                    hint: field.hint,
                })
                .collect(),
        })
        .collect();
    let has_client = match oauth {
        Some(_) => personal.connect.registrations.has(connector, None).await?,
        None => false,
    };
    fresh(&Setup {
        service: connector.name(),
        display_name: connector.display_name(),
        auth_types: auth_types(connector),
        availability: connector.availability(),
        configured: has_client || oauth.is_none() || !forms.is_empty(),
        allowed: personal.may_connect(connector.name()),
        authorization_options: oauth.map(choices).unwrap_or_default(),
        forms,
    })
}

/// How much there is to call.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CatalogCount")]
pub(super) struct Count {
    provider_count: usize,
    action_count: usize,
}

/// `GET /v1/catalog`.
pub(super) async fn catalog(
    State(dialect): State<Arc<Dialect>>,
    Caller(principal): Caller,
) -> Result<Response, Failure> {
    let mut count = Count {
        provider_count: 0,
        action_count: 0,
    };
    for connector in dialect.catalog.connectors() {
        let cards = dialect.catalog.of_service(connector.name());
        let open = cards
            .filter(|card| dialect.gateway.allows(&principal, card.id()))
            .count();
        count.provider_count += usize::from(open > 0);
        count.action_count += open;
    }
    fresh(&count)
}
