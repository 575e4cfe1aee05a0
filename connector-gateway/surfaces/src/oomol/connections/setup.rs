//! What it takes to connect an account, and how much there is.

use axum::response::Response;
use plugwright_sdk::auth::{OAuth2, Scope};
use plugwright_sdk::host::Connector;
use plugwright_sdk::{Auth, Availability};
use schemars::JsonSchema;
use serde::Serialize;

use super::connector;
use crate::caller::Caller;
use crate::connect::fields::{Field, fields};
use crate::oomol::catalog::auth_types;
use crate::oomol::dialect::Segment;
use crate::oomol::envelope::{Failure, fresh};
use crate::view::view;
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
    authorization_options: Vec<AuthorizationOption<'a>>,
    /// What is entered by hand: settings go into `extra`, keys into `apiKey` or `values`.
    forms: Vec<Form<'a>>,
}

view! {
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[schemars(rename = "AuthorizationOption")]
    struct AuthorizationOption<'a>(scope: &Scope<'a>, scheme: &OAuth2<'_>) {
        id: &'a str = scope.name,
        description: &'a str = scope.description,
        is_default: bool = scheme.default_scopes.contains(&scope.name),
    }
}

view! {
    #[derive(Serialize, JsonSchema)]
    #[schemars(rename = "CredentialForm")]
    struct Form<'a>(connector: &Connector, base_url: &str, auth: &Auth<'a>) {
        scheme: &'static str = auth.kind().as_str(),
        label: &'a str = auth.label,
        fields: Vec<FormField> =
            fields(connector, base_url, auth).into_iter().map(FormField::new).collect(),
    }
}

view! {
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[schemars(rename = "CredentialFormField")]
    struct FormField(field: Field) {
        /// `setting.NAME` or `credential.NAME`.
        name: String = field.name,
        label: String = field.label,
        required: bool = field.is_required,
        secret: bool = field.is_secret,
        #[serde(skip_serializing_if = "Option::is_none")]
        hint: Option<String> = field.hint,
    }
}

fn options<'a>(scheme: &'a OAuth2<'a>) -> Vec<AuthorizationOption<'a>> {
    let scopes = scheme.scopes.iter();
    scopes
        .map(|scope| AuthorizationOption::new(scope, scheme))
        .collect()
}

/// `GET /v1/providers/{service}/setup`.
pub(super) async fn show(caller: Caller, Segment(service): Segment) -> Result<Response, Failure> {
    let personal = caller.personal()?;
    let connector = connector(&caller, personal, &service)?;
    let oauth = connector.oauth2();
    let base_url = personal.connect.base_url(connector);
    let forms: Vec<_> = connector
        .auth()
        .iter()
        .filter(|auth| takes_key(auth))
        .map(|auth| Form::new(connector, base_url, auth))
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
        authorization_options: oauth.map(options).unwrap_or_default(),
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

pub(super) async fn catalog(caller: Caller) -> Result<Response, Failure> {
    let actions = caller
        .connectors()
        .map(|connector| caller.action_names(connector).count());
    let counts: Vec<_> = actions.collect();
    fresh(&Count {
        provider_count: counts.len(),
        action_count: counts.iter().sum(),
    })
}
