//! Accounts and requests as this contract shows them.

use plugwright_sdk::Account;
use schemars::JsonSchema;
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use crate::view::view;
use plugwright_engine::connect::Standing;
use plugwright_store::{Connection, ConnectionRequest, ConnectionStatus, Owner, Timestamp};

view! {
    /// An account that an end user has connected.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[expect(
        clippy::struct_field_names,
        reason = "they are the wire's, where an id has two names"
    )]
    pub(crate) struct ConnectedAccount<'a>(account: &'a Connection, is_active: bool) {
        id: Uuid = account.id,
        connected_account_id: Uuid = account.id,
        project_id: Option<Uuid> = account.owner.project(),
        provider_config_id: Option<Uuid> = account.provider_config,
        external_user_id: &'a str = user(&account.owner),
        /// Its name among the user's accounts of the service.
        alias: Option<&'a str> = Some(&account.name),
        app_id: Uuid = account.id,
        status: ConnectionStatus = account.status,
        /// Whether actions can be called with it now.
        available: bool = is_active && account.status == ConnectionStatus::Active,
        service: Option<&'a str> = Some(&account.connector),
        /// The provider's id of the account, once that is known.
        provider_account_id: Option<&'a str> = provider_id(account.account.as_ref()),
        /// What the provider calls the account, once that is known.
        account_label: Option<&'a str> = label(account.account.as_ref()),
        /// In milliseconds since 1970.
        created_at: i64 = account.created_at.as_millis(),
        /// In milliseconds since 1970.
        updated_at: i64 = account.updated_at.as_millis(),
    }
}

view! {
    /// The owner of an account at its provider.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    pub(crate) struct Profile<'a>(account: &'a Connection) {
        connected_account_id: Uuid = account.id,
        external_user_id: &'a str = user(&account.owner),
        service: &'a str = &account.connector,
        provider_account_id: Option<&'a str> = provider_id(account.account.as_ref()),
        account_label: Option<&'a str> = label(account.account.as_ref()),
        /// What the user agreed to, where the provider says.
        scopes: &'a [String] = account.scopes.as_deref().unwrap_or_default(),
    }
}

view! {
    /// A request to an end user to connect an account.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[schemars(rename = "ProjectConnectionRequest")]
    pub(crate) struct RequestView<'a>(
        request: &'a ConnectionRequest,
        standing: Standing,
        page: &Url,
        account: Option<&'a Connection>,
    ) {
        id: Uuid = request.id,
        status: Standing = standing,
        project_id: Option<Uuid> = request.owner.project(),
        provider_config_id: Option<Uuid> = request.details.provider_config,
        external_user_id: &'a str = user(&request.owner),
        service: &'a str = &request.connector,
        /// The account's name; null as long as none is chosen.
        alias: Option<&'a str> = {
            let name = account.map(|account| account.name.as_str());
            name.or(request.details.name.as_deref())
        },
        /// Where the user continues.
        authorization_url: String = page.to_string(),
        connected_account_id: Option<Uuid> =
            (standing == Standing::Connected).then_some(request.connection),
        error_code: Option<&'a str> = request.error.as_ref().map(|error| error.code.as_str()),
        error_message: Option<&'a str> =
            request.error.as_ref().map(|error| error.message.as_str()),
        expires_at: Timestamp = request.expires_at,
        /// In milliseconds since 1970.
        created_at: i64 = request.created_at.as_millis(),
        /// In milliseconds since 1970.
        updated_at: i64 = request.updated_at.as_millis(),
    }
}

fn user(owner: &Owner) -> &str {
    match owner {
        Owner::User { user, .. } => user,
        Owner::Organization(_) => "",
    }
}

fn provider_id(account: Option<&Account>) -> Option<&str> {
    account.map(|account| account.id.as_str())
}

fn label(account: Option<&Account>) -> Option<&str> {
    account.map(|account| account.label.as_str())
}
