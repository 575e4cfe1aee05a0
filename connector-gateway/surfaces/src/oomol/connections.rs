//! `/v1/connections` and `/v1/connection-requests`: a caller connects accounts of its own.

mod accounts;
mod keys;
mod requests;
mod setup;

use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::json;

use super::dialect::{Dialect, unknown_service};
use super::envelope::{Failure, Spelling};
use super::openapi::{failed, group, of_bodies, organization};
use super::saas::failure::AUTH_TYPE_MISMATCH;
use crate::caller::Caller;
use crate::openapi::operation::{Operation, codes, operations};
use crate::openapi::{Answers, Api, Failures};
use accounts::Account;
use plugwright_engine::connect::personal::Personal;
use plugwright_engine::{Case, Surface};

const SETTINGS: &str = "Settings of the connection.";

/// The errors of connecting by a key.
const KEYS: &[ErrorCode] = codes![
    ConnectorNotFound PolicyDenied Conflict AuthInvalid Forbidden DestinationRefused RateLimited
    NotFound UpstreamError UpstreamInvalid UpstreamUnreachable UpstreamSuspended UpstreamTimeout
    ResponseTooLarge
];

const NAME_TAKEN: Spelling = (
    409,
    "connection_alias_conflict",
    "there is a connection of that name",
);
const NO_APP: Spelling = (404, "app_not_found", "the caller has no such connection");
const NO_REQUEST: Spelling = (
    404,
    "connection_request_not_found",
    "the caller has no such request",
);

pub(super) fn operations() -> Vec<Operation<Dialect>> {
    operations! {
        get "/v1/connections" "listAccounts" "List the accounts that are connected"
            => accounts::list, with organization,
            query "status" "Only those with this status." json!({ "enum": accounts::STATUSES }),
            answers 200 Vec<Account<'_>>;
        get "/v1/connections/by-id/{appId}" "readAccount" "Read an account" => accounts::show,
            at "The connection's id.", answers 200 Account<'_>, spells [NO_APP];
        delete "/v1/connections/by-id/{appId}" "disconnectAccount" "Disconnect an account"
            => accounts::delete, at "The connection's id.", answers 200 accounts::Deletion,
            fails [NotFound], spells [NO_APP];
        get "/v1/connection-requests/{id}" "readConnectionRequest" "Read the state of a request to connect"
            => requests::show, at "The request's id.", answers 200 requests::RequestView<'_>,
            spells [NO_REQUEST];
        get "/v1/catalog" "countCatalog" "Count what there is to call" => setup::catalog,
            answers 200 setup::Count;
        get "/v1/providers/{service}/setup" "readSetup" "Read how an account is connected"
            => setup::show, at "The connector's name.", answers 200 setup::Setup<'_>,
            fails [ConnectorNotFound];
        post "/v1/connections/{service}/connect" "connectAccount" "Ask a person to connect an account in a browser"
            => requests::connect, at "The connector's name.", with organization,
            takes requests::ConnectBody, answers 200 requests::StartedRequest<'_>,
            fails [ConnectorNotFound ProviderNotConfigured PolicyDenied Conflict],
            spells [NAME_TAKEN NO_APP], sets may_be_empty = true;
        post "/v1/connections/{service}/connect/api-key" "connectByKey" "Connect an account by a key"
            => keys::connect::<false>, at "The connector's name.", with organization,
            takes keys::NewAccount<false>, answers 200 Account<'_>, fails_by KEYS,
            spells [NAME_TAKEN AUTH_TYPE_MISMATCH], sets may_be_empty = true;
        post "/v1/connections/{service}/connect/custom-credential" "connectByValues" "Connect an account by named values"
            => keys::connect::<true>, at "The connector's name.", with organization,
            takes keys::NewAccount<true>, answers 200 Account<'_>, fails_by KEYS,
            spells [NAME_TAKEN AUTH_TYPE_MISMATCH], sets may_be_empty = true;
    }
}

pub(super) fn describe(api: &mut Api) {
    const TAG: &str = "Accounts";
    api.tag(json!({ "name": TAG, "description": "Accounts of the caller's own." }));
    api.describe(operations(), &group(TAG, failures));
}

fn failures(api: &mut Api, operation: &Operation<Dialect>) -> Answers {
    let always = codes![
        Unauthorized ValidationError ConnectionNotAllowed Unavailable InternalError
    ];
    let codes = [always, operation.errors].concat();
    let failures = Failures::of_table(Surface::Action, &codes, &[Case::Repeatable]);
    let mut failures = failures.with_all(operation.failures);
    if operation.body.is_some() {
        failures = of_bodies(failures);
    }
    failed(api, &failures)
}

fn connector<'p>(
    caller: &Caller,
    personal: Personal<'p>,
    service: &str,
) -> Result<&'p Connector, Failure> {
    let found = personal.connector(service);
    found.map_err(|_| unknown_service(caller, service))
}

/// Makes the failure for an error, with this contract's code where the outcome table has another.
fn spelled(error: ActionError) -> Failure {
    let code = error.code();
    let failure = Failure::from(error);
    match code {
        ErrorCode::ConnectionNotFound => failure.spelled(NO_APP),
        _ => failure,
    }
}

/// As [`spelled`], for a new connection. Its only conflict is that the name is in use.
fn conflicting(error: ActionError) -> Failure {
    match error.code() {
        ErrorCode::Conflict => Failure::from(error).spelled(NAME_TAKEN),
        _ => spelled(error),
    }
}

#[cfg(test)]
mod tests;
