//! Routes by which a caller connects accounts of its own.

use plugwright_sdk::ErrorCode;
use serde_json::{Value, json};

use super::super::connections::{Account, Begun, Count, Deleted, RequestView, Setup};
use super::{catalog, failed, success};
use crate::openapi::{Access, Api, Failures, Operation, in_json, in_path, in_query};
use plugwright_engine::{Case, Surface};

const TAG: &str = "Accounts";

/// What may be wrong with a new account.
const STARTING: &[ErrorCode] = &[
    ErrorCode::ConnectorNotFound,
    ErrorCode::ProviderNotConfigured,
    ErrorCode::PolicyDenied,
    ErrorCode::Conflict,
];

/// What the provider may say of a key, or on the way to it.
const KEYS: &[ErrorCode] = &[
    ErrorCode::ConnectorNotFound,
    ErrorCode::PolicyDenied,
    ErrorCode::Conflict,
    ErrorCode::AuthInvalid,
    ErrorCode::Forbidden,
    ErrorCode::DestinationRefused,
    ErrorCode::RateLimited,
    ErrorCode::NotFound,
    ErrorCode::UpstreamError,
    ErrorCode::UpstreamInvalid,
    ErrorCode::UpstreamUnreachable,
    ErrorCode::UpstreamSuspended,
    ErrorCode::UpstreamTimeout,
    ErrorCode::ResponseTooLarge,
];

struct Described {
    route: &'static str,
    id: &'static str,
    summary: &'static str,
    parameters: Vec<Value>,
    body: Option<Value>,
    answer: Value,
    errors: &'static [ErrorCode],
    /// Failures that are not in the table.
    more: &'static [(u16, &'static str, &'static str)],
}

const NAME_TAKEN: (u16, &str, &str) = (
    409,
    "connection_alias_conflict",
    "there is a connection of that name",
);
const NO_APP: (u16, &str, &str) = (404, "app_not_found", "the caller has no such connection");

pub(super) fn describe(api: &mut Api) {
    api.tag(json!({ "name": TAG, "description": "Accounts of the caller's own." }));
    let organization = catalog::organization(api);
    reading(api, &organization);
    connecting(api, &organization);
}

fn reading(api: &mut Api, organization: &Value) {
    let (account, request) = (api.of::<Account<'_>>(), api.of::<RequestView<'_>>());
    let status = json!({ "enum": ["active", "reauth_required", "error", "disconnected"] });
    add(
        api,
        Described {
            route: "GET /v1/connections",
            id: "listAccounts",
            summary: "List the accounts that are connected",
            parameters: vec![
                in_query("status", "Only those with this status.", &status),
                organization.clone(),
            ],
            body: None,
            answer: json!({ "type": "array", "items": account }),
            errors: &[],
            more: &[],
        },
    );
    let app = in_path("appId", "The connection's id.", &text());
    add(
        api,
        Described {
            route: "GET /v1/connections/by-id/{appId}",
            id: "readAccount",
            summary: "Read an account",
            parameters: vec![app.clone()],
            body: None,
            answer: account,
            errors: &[],
            more: &[NO_APP],
        },
    );
    let deleted = api.of::<Deleted>();
    add(
        api,
        Described {
            route: "DELETE /v1/connections/by-id/{appId}",
            id: "disconnectAccount",
            summary: "Disconnect an account",
            parameters: vec![app],
            body: None,
            answer: deleted,
            errors: &[ErrorCode::NotFound],
            more: &[NO_APP],
        },
    );
    add(
        api,
        Described {
            route: "GET /v1/connection-requests/{id}",
            id: "readConnectionRequest",
            summary: "Read how far a request to connect has come",
            parameters: vec![in_path("id", "The request's id.", &text())],
            body: None,
            answer: request,
            errors: &[],
            more: &[(
                404,
                "connection_request_not_found",
                "the caller has no such request",
            )],
        },
    );
    let count = api.of::<Count>();
    add(
        api,
        Described {
            route: "GET /v1/catalog",
            id: "countCatalog",
            summary: "Count what there is to call",
            parameters: Vec::new(),
            body: None,
            answer: count,
            errors: &[],
            more: &[],
        },
    );
    let setup = api.of::<Setup>();
    add(
        api,
        Described {
            route: "GET /v1/providers/{service}/setup",
            id: "readSetup",
            summary: "Read what it takes to connect an account",
            parameters: vec![service()],
            body: None,
            answer: setup,
            errors: &[ErrorCode::ConnectorNotFound],
            more: &[],
        },
    );
}

fn connecting(api: &mut Api, organization: &Value) {
    let (account, begun) = (api.of::<Account<'_>>(), api.of::<Begun<'_>>());
    add(
        api,
        Described {
            route: "POST /v1/connections/{service}/connect",
            id: "connectAccount",
            summary: "Ask a person to connect an account in a browser",
            parameters: vec![service(), organization.clone()],
            body: Some(object(&json!({
                "returnUri": optional(),
                "authorizationOptionIds": {
                    "type": ["array", "null"], "items": text(), "description": "Scopes.",
                },
                "extra": texts("Settings of the connection."),
                "secretExtra": texts("Nothing here takes any."),
                "alias": optional(),
                "comment": optional(),
                "appId": {
                    "type": ["string", "null"],
                    "description": "The connection to connect again, by id or name.",
                },
                "selectAccount": { "type": ["boolean", "null"] },
            }))),
            answer: begun,
            errors: STARTING,
            more: &[NAME_TAKEN, NO_APP],
        },
    );
    let key = json!({
        "apiKey": text(),
        "extra": texts("Settings of the connection."),
        "comment": optional(),
        "alias": optional(),
    });
    let values = json!({
        "values": { "type": "object", "additionalProperties": text() },
        "extra": texts("Settings of the connection."),
        "comment": optional(),
        "alias": optional(),
    });
    let ways = [
        (
            "POST /v1/connections/{service}/connect/api-key",
            "connectByKey",
            "Connect an account by a key",
            key,
            "apiKey",
        ),
        (
            "POST /v1/connections/{service}/connect/custom-credential",
            "connectByValues",
            "Connect an account by named values",
            values,
            "values",
        ),
    ];
    for (route, id, summary, members, required) in ways {
        let mut body = object(&members);
        body["required"] = json!([required]);
        add(
            api,
            Described {
                route,
                id,
                summary,
                parameters: vec![service(), organization.clone()],
                body: Some(body),
                answer: account.clone(),
                errors: KEYS,
                more: &[
                    NAME_TAKEN,
                    (
                        400,
                        "app_auth_type_mismatch",
                        "the connector takes no credential of this kind",
                    ),
                ],
            },
        );
    }
}

fn add(api: &mut Api, described: Described) {
    let mut codes = vec![
        ErrorCode::Unauthorized,
        ErrorCode::ValidationError,
        ErrorCode::ConnectionNotAllowed,
        ErrorCode::Unavailable,
        ErrorCode::InternalError,
    ];
    codes.extend(described.errors);
    let mut failures = Failures::of_table(Surface::Action, &codes, &[Case::Repeatable]);
    for (status, code, meaning) in described.more {
        failures = failures.with(*status, code, meaning);
    }
    if described.body.is_some() {
        failures = failures
            .with(400, "invalid_json", "the body is not a JSON object")
            .with(
                413,
                "payload_too_large",
                "the body is larger than allowed here",
            );
    }
    let mut answers = failed(api, &failures);
    let body = success(&described.answer, &json!({ "type": "object" }));
    answers.insert(200, in_json("It is done.", &body));
    api.operation(Operation {
        route: described.route,
        id: described.id,
        tag: TAG,
        summary: described.summary,
        description: "",
        parameters: described.parameters,
        may_be_empty: described.body.is_some(),
        body: described.body,
        answers,
        access: Access::Token,
    });
}

fn service() -> Value {
    in_path("service", "The connector's name.", &text())
}

fn object(members: &Value) -> Value {
    json!({ "type": "object", "properties": members, "additionalProperties": false })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn optional() -> Value {
    json!({ "type": ["string", "null"] })
}

fn texts(description: &str) -> Value {
    json!({
        "type": ["object", "null"],
        "additionalProperties": { "type": "string" },
        "description": description,
    })
}
