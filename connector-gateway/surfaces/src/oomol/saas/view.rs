//! Accounts and requests as this contract shows them.

use schemars::JsonSchema;
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use plugwright_engine::connect::Standing;
use plugwright_store::Timestamp;
use plugwright_store::{Connection, ConnectionRequest, ConnectionStatus, Owner};

/// An account that an end user has connected.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_field_names,
    reason = "they are the wire's, where an id has two names"
)]
pub(in super::super) struct ConnectedAccount<'a> {
    id: Uuid,
    connected_account_id: Uuid,
    project_id: Option<Uuid>,
    provider_config_id: Option<Uuid>,
    external_user_id: &'a str,
    /// Its name among the user's accounts of the service.
    alias: Option<&'a str>,
    app_id: Uuid,
    status: ConnectionStatus,
    /// Whether actions can be called with it now.
    available: bool,
    service: Option<&'a str>,
    /// The provider's id of the account, once that is known.
    provider_account_id: Option<&'a str>,
    /// What the provider calls the account, once that is known.
    account_label: Option<&'a str>,
    /// In milliseconds since 1970.
    created_at: i64,
    /// In milliseconds since 1970.
    updated_at: i64,
}

impl<'a> ConnectedAccount<'a> {
    /// Shows an account; `is_active` says whether its provider config is.
    pub(super) fn new(account: &'a Connection, is_active: bool) -> Self {
        let known = account.account.as_ref();
        Self {
            id: account.id,
            connected_account_id: account.id,
            project_id: account.owner.project(),
            provider_config_id: account.provider_config,
            external_user_id: user(&account.owner),
            alias: Some(&account.name),
            app_id: account.id,
            status: account.status,
            available: is_active && account.status == ConnectionStatus::Active,
            service: Some(&account.connector),
            provider_account_id: known.map(|known| known.id.as_str()),
            account_label: known.map(|known| known.label.as_str()),
            created_at: account.created_at.as_millis(),
            updated_at: account.updated_at.as_millis(),
        }
    }
}

/// Whose an account is at its provider.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Profile<'a> {
    connected_account_id: Uuid,
    external_user_id: &'a str,
    service: &'a str,
    provider_account_id: Option<&'a str>,
    account_label: Option<&'a str>,
    /// What the user agreed to, where the provider tells.
    scopes: &'a [String],
}

impl<'a> Profile<'a> {
    pub(super) fn new(account: &'a Connection) -> Self {
        let known = account.account.as_ref();
        Self {
            connected_account_id: account.id,
            external_user_id: user(&account.owner),
            service: &account.connector,
            provider_account_id: known.map(|known| known.id.as_str()),
            account_label: known.map(|known| known.label.as_str()),
            scopes: account.scopes.as_deref().unwrap_or_default(),
        }
    }
}

/// A request to an end user to connect an account.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ProjectConnectionRequest")]
pub(in super::super) struct RequestView<'a> {
    id: Uuid,
    status: Standing,
    project_id: Option<Uuid>,
    provider_config_id: Option<Uuid>,
    external_user_id: &'a str,
    service: &'a str,
    /// The account's name; null as long as none is chosen.
    alias: Option<&'a str>,
    /// Where the user goes on.
    authorization_url: String,
    connected_account_id: Option<Uuid>,
    error_code: Option<&'a str>,
    error_message: Option<&'a str>,
    expires_at: Timestamp,
    /// In milliseconds since 1970.
    created_at: i64,
    /// In milliseconds since 1970.
    updated_at: i64,
}

impl<'a> RequestView<'a> {
    /// Shows a request; `account` is what came of it.
    pub(super) fn new(
        request: &'a ConnectionRequest,
        standing: Standing,
        page: &Url,
        account: Option<&'a Connection>,
    ) -> Self {
        let error = request.error.as_ref();
        let details = request.details.name.as_deref();
        Self {
            id: request.id,
            status: standing,
            project_id: request.owner.project(),
            provider_config_id: request.details.provider_config,
            external_user_id: user(&request.owner),
            service: &request.connector,
            alias: account.map(|account| account.name.as_str()).or(details),
            authorization_url: page.to_string(),
            connected_account_id: (standing == Standing::Connected).then_some(request.connection),
            error_code: error.map(|error| error.code.as_str()),
            error_message: error.map(|error| error.message.as_str()),
            expires_at: request.expires_at,
            created_at: request.created_at.as_millis(),
            updated_at: request.updated_at.as_millis(),
        }
    }
}

fn user(owner: &Owner) -> &str {
    match owner {
        Owner::User { user, .. } => user,
        Owner::Organization(_) => "",
    }
}
