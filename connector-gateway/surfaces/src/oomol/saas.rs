//! `/v1/saas`: accounts of a project's end users, for the client `ProjectConnector`.

mod accounts;
pub(super) mod body;
mod connect;
mod execute;
mod failure;
mod proxy;
mod requests;
mod view;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use plugwright_sdk::ErrorCode;
use serde_json::{Value, json};

use super::Dialect;
use super::envelope::{Executed, Failure};
use super::openapi::{
    action, call_errors, call_group, failed, group, idempotency_key, of_requests, proxied,
};
use crate::openapi::operation::{Operation, codes, operations};
use crate::openapi::{Answers, Api, Failures, in_query};
use failure::Trouble;
use plugwright_engine::Principal;
use plugwright_engine::accounts::Link;
use plugwright_engine::{Case, Surface};
use view::{ConnectedAccount, Profile, RequestView};

/// Who calls with a key of a project. Whoever has none sends no body either.
struct Project(Arc<Principal>);

impl FromRequestParts<Arc<Dialect>> for Project {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut Parts,
        dialect: &Arc<Dialect>,
    ) -> Result<Self, Failure> {
        let principal = dialect.principal(&parts.headers).await?;
        dialect.gateway.accounts(&principal)?;
        Ok(Self(principal))
    }
}

/// Returns the operations on accounts.
fn of_accounts() -> Vec<Operation<Arc<Dialect>>> {
    operations! {
        post "/v1/saas/connected-accounts/link" "linkAccount" "Let a user connect an account in a browser"
            => connect::link,
            about "Send the user to `authorizationUrl`, and read the request until it is no longer \
                   `initiated`.", takes Link, answers 200 "The request." RequestView<'_>,
            fails_by ErrorCode::ALL;
        post "/v1/saas/connected-accounts/api-key" "connectApiKey" "Connect an account by the user's key"
            => connect::api_key, about "The provider is asked whether it accepts the key.",
            takes connect::ByKey, answers 200 "The account." ConnectedAccount<'_>,
            fails_by ErrorCode::ALL;
        post "/v1/saas/connected-accounts/custom-credential" "connectCustomCredential" "Connect an account by the values that the connector asks for"
            => connect::custom_credential, takes connect::ByValues,
            answers 200 "The account." ConnectedAccount<'_>, fails_by ErrorCode::ALL;
        get "/v1/saas/connection-requests/{id}" "readConnectionRequest" "Tell how far a request to connect has come"
            => requests::show, at "Id of the request.", answers 200 "The request." RequestView<'_>;
        get "/v1/saas/connected-accounts" "listConnectedAccounts" "List the accounts of a user"
            => accounts::list, about "The latest comes first.", with one_user of_config of_service,
            answers 200 "The accounts." Vec<ConnectedAccount<'_>>;
        get "/v1/saas/connected-accounts/{id}" "readConnectedAccount" "Read an account"
            => accounts::show, at "Id of the account.", with of_user of_config,
            answers 200 "The account." ConnectedAccount<'_>;
        get "/v1/saas/connected-accounts/{id}/profile" "readProfile" "Tell whose an account is at its provider"
            => accounts::profile, about "As the provider said when the account was connected.",
            at "Id of the account.", with of_user of_config,
            answers 200 "Whose it is." Profile<'_>;
        delete "/v1/saas/connected-accounts/{id}" "deleteConnectedAccount" "Disconnect an account"
            => accounts::delete, about "A token that the provider takes back is given back.",
            at "Id of the account.", with one_user of_config,
            answers 200 "It is gone." accounts::Deleted;
    }
}

/// The user whose accounts are meant.
fn one_user(api: &mut Api) -> Value {
    let mut user = in_query("userId", "The user.", &body::USER.described(api));
    user["required"] = true.into();
    user
}

fn of_user(_: &mut Api) -> Value {
    in_query(
        "userId",
        "Only if it is this user's.",
        &json!({ "type": "string" }),
    )
}

fn of_service(_: &mut Api) -> Value {
    in_query(
        "service",
        "Only of this connector.",
        &json!({ "type": "string" }),
    )
}

fn of_config(_: &mut Api) -> Value {
    in_query(
        "providerConfigId",
        "Only of this provider config.",
        &json!({ "type": "string" }),
    )
}

fn call() -> Vec<Operation<Arc<Dialect>>> {
    operations! {
        post "/v1/saas/actions/{actionId}" "executeActionForUser" "Call an action for a user"
            => execute::execute, with action idempotency_key, takes execute::CallBody,
            answers 200 "What the action returned." Executed<'_>;
    }
}

fn proxy_call() -> Vec<Operation<Arc<Dialect>>> {
    operations! {
        post "/v1/saas/proxy/{service}" "callProxyForUser" "Send a request to a connector's API for a user"
            => proxy::call, about "The gateway adds the credential of the user's account.",
            at "The connector's name.", with idempotency_key, takes proxy::RequestBody,
            answers_by 200 "What the connector's API answered, whatever its status is." proxied;
    }
}

/// Returns the operations.
pub(super) fn operations() -> Vec<Operation<Arc<Dialect>>> {
    [of_accounts(), call(), proxy_call()]
        .into_iter()
        .flatten()
        .collect()
}

/// Adds the operations to a document.
pub(super) fn describe(api: &mut Api, has_proxy: bool) {
    const TAG: &str = "Accounts of your users";
    api.tag(json!({ "name": TAG, "description": "What a project does for its end users." }));
    api.describe(of_accounts(), &group(TAG, failures));
    let calls = call_group(TAG, |api, _| call_failures(api, Surface::Action));
    api.describe(call(), &calls);
    if has_proxy {
        let calls = call_group(TAG, |api, _| call_failures(api, Surface::Proxy));
        api.describe(proxy_call(), &calls);
    }
}

fn call_failures(api: &mut Api, surface: Surface) -> Answers {
    let failures = Failures::of_table(surface, &call_errors(), &Case::ALL);
    failed(api, &of_requests(with_troubles(failures)))
}

fn failures(api: &mut Api, operation: &Operation<Arc<Dialect>>) -> Answers {
    let codes = if operation.errors.is_empty() {
        codes![
            Unauthorized ConnectionNotAllowed ValidationError ProviderNotConfigured Unavailable
            InternalError
        ]
        .to_vec()
    } else {
        call_errors()
    };
    let mut failures = Failures::of_table(Surface::Action, &codes, &[Case::Repeatable]);
    if operation.body.is_some() {
        failures = of_requests(failures);
    }
    failed(api, &with_troubles(failures))
}

fn with_troubles(failures: Failures) -> Failures {
    Trouble::ALL
        .into_iter()
        .fold(failures, |failures, trouble| {
            let (status, code, meaning) = trouble.spelling();
            failures.with(status, code, meaning)
        })
}
