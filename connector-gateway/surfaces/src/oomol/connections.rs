//! `/v1/connections` and `/v1/connection-requests`: a caller connects accounts of its own.

mod accounts;
mod keys;
mod requests;
mod setup;

use std::sync::Arc;

use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::json;

use super::Dialect;
use super::envelope::Failure;
use super::openapi::{failed, group, of_bodies, organization};
use crate::openapi::operation::{Operation, codes, operations};
use crate::openapi::{Answers, Api, Failures};
use accounts::Account;
use plugwright_engine::Principal;
use plugwright_engine::connect::personal::Personal;
use plugwright_engine::{Case, Surface};

/// What the settings of a connection are for.
const SETTINGS: &str = "Settings of the connection.";

/// What the provider may say of a key, or on the way to it.
const KEYS: &[ErrorCode] = codes![
    ConnectorNotFound PolicyDenied Conflict AuthInvalid Forbidden DestinationRefused RateLimited
    NotFound UpstreamError UpstreamInvalid UpstreamUnreachable UpstreamSuspended UpstreamTimeout
    ResponseTooLarge
];

const NAME_TAKEN: (u16, &str, &str) = (
    409,
    "connection_alias_conflict",
    "there is a connection of that name",
);
const NO_APP: (u16, &str, &str) = (404, "app_not_found", "the caller has no such connection");
const NO_REQUEST: (u16, &str, &str) = (
    404,
    "connection_request_not_found",
    "the caller has no such request",
);
const WRONG_KIND: (u16, &str, &str) = (
    400,
    "app_auth_type_mismatch",
    "the connector takes no credential of this kind",
);

/// Returns the operations.
pub(super) fn operations() -> Vec<Operation<Arc<Dialect>>> {
    operations! {
        get "/v1/connections" "listAccounts" "List the accounts that are connected"
            => accounts::list, with organization,
            query "status" "Only those with this status." json!({ "enum": accounts::STATUSES }),
            answers 200 "It is done." Vec<Account<'_>>;
        get "/v1/connections/by-id/{appId}" "readAccount" "Read an account" => accounts::show,
            at "The connection's id.", answers 200 "It is done." Account<'_>, spells [NO_APP];
        delete "/v1/connections/by-id/{appId}" "disconnectAccount" "Disconnect an account"
            => accounts::delete, at "The connection's id.",
            answers 200 "It is done." accounts::Deleted, fails [NotFound], spells [NO_APP];
        get "/v1/connection-requests/{id}" "readConnectionRequest" "Read how far a request to connect has come"
            => requests::show, at "The request's id.",
            answers 200 "It is done." requests::RequestView<'_>, spells [NO_REQUEST];
        get "/v1/catalog" "countCatalog" "Count what there is to call" => setup::catalog,
            answers 200 "It is done." setup::Count;
        get "/v1/providers/{service}/setup" "readSetup" "Read what it takes to connect an account"
            => setup::show, at "The connector's name.", answers 200 "It is done." setup::Setup<'_>,
            fails [ConnectorNotFound];
        post "/v1/connections/{service}/connect" "connectAccount" "Ask a person to connect an account in a browser"
            => requests::connect, at "The connector's name.", with organization,
            takes requests::ConnectBody, answers 200 "It is done." requests::Begun<'_>,
            fails [ConnectorNotFound ProviderNotConfigured PolicyDenied Conflict],
            spells [NAME_TAKEN NO_APP], sets may_be_empty = true;
        post "/v1/connections/{service}/connect/api-key" "connectByKey" "Connect an account by a key"
            => keys::connect::<keys::ByKey>, at "The connector's name.", with organization,
            takes keys::ByKey, answers 200 "It is done." Account<'_>, fails_by KEYS,
            spells [NAME_TAKEN WRONG_KIND], sets may_be_empty = true;
        post "/v1/connections/{service}/connect/custom-credential" "connectByValues" "Connect an account by named values"
            => keys::connect::<keys::ByValues>, at "The connector's name.", with organization,
            takes keys::ByValues, answers 200 "It is done." Account<'_>, fails_by KEYS,
            spells [NAME_TAKEN WRONG_KIND], sets may_be_empty = true;
    }
}

/// Adds the operations to a document.
pub(super) fn describe(api: &mut Api) {
    const TAG: &str = "Accounts";
    api.tag(json!({ "name": TAG, "description": "Accounts of the caller's own." }));
    api.describe(operations(), &group(TAG, failures));
}

fn failures(api: &mut Api, operation: &Operation<Arc<Dialect>>) -> Answers {
    let always = codes![
        Unauthorized ValidationError ConnectionNotAllowed Unavailable InternalError
    ];
    let codes = [always, operation.errors].concat();
    let mut failures = Failures::of_table(Surface::Action, &codes, &[Case::Repeatable]);
    for (status, code, meaning) in operation.failures {
        failures = failures.with(*status, code, meaning);
    }
    if operation.body.is_some() {
        failures = of_bodies(failures);
    }
    failed(api, &failures)
}

/// Finds a connector that the caller may call or connect accounts of.
fn connector<'p>(
    dialect: &Dialect,
    principal: &Principal,
    personal: Personal<'p>,
    service: &str,
) -> Result<&'p Connector, Failure> {
    personal
        .connector(service)
        .map_err(|_| dialect.unknown_service(principal, service))
}

/// Spells an error where this contract says more than the outcome table can know.
fn spelled(error: ActionError) -> Failure {
    let code = error.code();
    let failure = Failure::from(error);
    match code {
        ErrorCode::ConnectionNotFound => failure.spelled(404, "app_not_found"),
        _ => failure,
    }
}
