//! `/v1/saas`: accounts of a project's end users, for the client `ProjectConnector`.

mod accounts;
pub(super) mod body;
mod connect;
mod execute;
pub(super) mod failure;
mod project;
mod proxy;
mod requests;
mod view;

use plugwright_sdk::ErrorCode;
use serde_json::json;

use super::dialect::Dialect;
use super::envelope::ActionOutput;
use super::openapi::{
    action, call_errors, call_group, failed, group, idempotency_key, of_requests, proxied,
};
use crate::openapi::operation::{Operation, codes, operations};
use crate::openapi::{Answers, Api, Failures};
use plugwright_engine::accounts::{AccountFilter, Link};
use plugwright_engine::{Case, Surface};
use view::{ConnectedAccount, Profile, RequestView};

fn of_accounts() -> Vec<Operation<Dialect>> {
    operations! {
        post "/v1/saas/connected-accounts/link" "linkAccount" "Let a user connect an account in a browser"
            => connect::link,
            about "Send the user to `authorizationUrl`, and poll the request until it is no longer \
                   `initiated`.", takes Link, answers 200 "The request." RequestView<'_>,
            fails_by ErrorCode::ALL;
        post "/v1/saas/connected-accounts/api-key" "connectApiKey" "Connect an account by the user's key"
            => connect::by_secret::<false>, about "The provider is asked whether it accepts the key.",
            takes connect::BySecret<false>, answers 200 "The account." ConnectedAccount<'_>,
            fails_by ErrorCode::ALL;
        post "/v1/saas/connected-accounts/custom-credential" "connectCustomCredential" "Connect an account by the values that the connector asks for"
            => connect::by_secret::<true>, takes connect::BySecret<true>,
            answers 200 "The account." ConnectedAccount<'_>, fails_by ErrorCode::ALL;
        get "/v1/saas/connection-requests/{id}" "readConnectionRequest" "Read the state of a request to connect"
            => requests::show, at "Id of the request.", answers 200 "The request." RequestView<'_>;
        get "/v1/saas/connected-accounts" "listConnectedAccounts" "List the accounts of a user"
            => accounts::list, about "The latest is first.", asks AccountFilter,
            answers 200 "The accounts." Vec<ConnectedAccount<'_>>;
        get "/v1/saas/connected-accounts/{id}" "readConnectedAccount" "Read an account"
            => accounts::show, at "Id of the account.", asks accounts::Only,
            answers 200 "The account." ConnectedAccount<'_>;
        get "/v1/saas/connected-accounts/{id}/profile" "readProfile" "Read the owner of an account at its provider"
            => accounts::profile, about "As the provider reported when the account was connected.",
            at "Id of the account.", asks accounts::Only,
            answers 200 "The owner." Profile<'_>;
        delete "/v1/saas/connected-accounts/{id}" "deleteConnectedAccount" "Disconnect an account"
            => accounts::delete, about "The token is revoked at the provider, if that is supported.",
            at "Id of the account.", asks accounts::OfUser,
            answers 200 "The account is disconnected." accounts::Deletion;
    }
}

fn call() -> Vec<Operation<Dialect>> {
    operations! {
        post "/v1/saas/actions/{actionId}" "executeActionForUser" "Call an action for a user"
            => execute::execute, with action idempotency_key, takes execute::CallBody,
            answers 200 "What the action returned." ActionOutput<'_>;
    }
}

fn proxy_call() -> Vec<Operation<Dialect>> {
    operations! {
        post "/v1/saas/proxy/{service}" "callProxyForUser" "Send a request to a connector's API for a user"
            => proxy::call, about "The gateway adds the credential of the user's account.",
            at "The connector's name.", with idempotency_key, takes proxy::RequestBody,
            answers_by 200 "What the connector's API responded, with any status." proxied;
    }
}

pub(super) fn operations() -> Vec<Operation<Dialect>> {
    [of_accounts(), call(), proxy_call()]
        .into_iter()
        .flatten()
        .collect()
}

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
    failed(api, &of_requests(failures.with_all(&failure::ALL)))
}

fn failures(api: &mut Api, operation: &Operation<Dialect>) -> Answers {
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
    failed(api, &failures.with_all(&failure::ALL))
}
