//! What this dialect says of itself in OpenAPI.

use plugwright_sdk::ErrorCode;
use serde_json::{Value, json};

use super::answer::FailureBody;
use super::connections::{Deleted, Next};
use super::connectors::Item;
use super::credentials::Submitted;
use super::record::Record;
use crate::openapi::{Access, Answers, Api, Failures, Operation, in_json, in_path, in_query};
use plugwright_engine::{Case, Surface};

const TAG: &str = "Connecting";

/// Adds the operations.
pub(crate) fn describe(api: &mut Api) {
    api.tag(json!({ "name": TAG, "description": "Accounts of the caller's own." }));
    connections(api);
    one(api);
    handshake(api);
}

fn id() -> Value {
    in_path(
        "connectionId",
        "The connection's id.",
        &json!({ "type": "string", "format": "uuid" }),
    )
}

fn connections(api: &mut Api) {
    let (record, next) = (api.of::<Record<'_>>(), api.of::<Next<'_>>());
    let item = api.of::<Item>();
    add(
        api,
        Described {
            route: "GET /api/v1/connectors",
            id: "listConnectors",
            summary: "List connectors and whether their accounts can be connected",
            answers: vec![(200, in_json("The connectors.", &list(&item)))],
            ..Described::default()
        },
    );
    add(
        api,
        Described {
            route: "GET /api/v1/connections",
            id: "listOwnConnections",
            summary: "List the caller's connections, those that are pending too",
            parameters: vec![organization()],
            answers: vec![(
                200,
                in_json("The connections, the newest first.", &list(&record)),
            )],
            errors: &[ErrorCode::ValidationError, ErrorCode::ConnectionNotAllowed],
            ..Described::default()
        },
    );
    add(
        api,
        Described {
            route: "POST /api/v1/connections",
            id: "startConnection",
            summary: "Start a connection",
            description: "What the connection of the same label is, or without one the default, is \
                      answered if it works.",
            body: Some(new_connection()),
            answers: vec![
                (200, in_json("It is connected already.", &next)),
                (
                    201,
                    in_json("It is pending, and this is the next step.", &next),
                ),
            ],
            errors: STARTING,
            ..Described::default()
        },
    );
}

fn one(api: &mut Api) {
    let record = api.of::<Record<'_>>();
    add(
        api,
        Described {
            route: "GET /api/v1/connections/{connectionId}",
            id: "readConnection",
            summary: "Read a connection",
            parameters: vec![id()],
            answers: vec![(200, in_json("The connection.", &record))],
            errors: FINDING,
            ..Described::default()
        },
    );
    let deleted = api.of::<Deleted>();
    add(
        api,
        Described {
            route: "DELETE /api/v1/connections/{connectionId}",
            id: "deleteOwnConnection",
            summary: "Disconnect an account",
            description: "The token is given back to the provider, where that takes it, and forgotten. \
                          What became of the connection can be read for 30 days.",
            parameters: vec![id()],
            answers: vec![(200, in_json("It is gone.", &deleted))],
            errors: DELETING,
            ..Described::default()
        },
    );
    let submitted = api.of::<Submitted<'_>>();
    add(
        api,
        Described {
            route: "POST /api/v1/connections/{connectionId}/credentials",
            id: "submitCredentials",
            summary: "Submit the fields of a key",
            description: "The members are those that `credentialFields` of the connector names.",
            parameters: vec![id()],
            body: Some(json!({ "type": "object" })),
            answers: vec![(200, in_json("The provider took it.", &submitted))],
            errors: SUBMITTING,
        },
    );
}

fn handshake(api: &mut Api) {
    let next = api.of::<Next<'_>>();
    add(
        api,
        Described {
            route: "GET /api/v1/connections/{connectionId}/oauth",
            id: "readHandshake",
            summary: "Read where a person goes on",
            parameters: vec![id()],
            answers: vec![(200, in_json("How far it is.", &next))],
            errors: FINDING,
            ..Described::default()
        },
    );
    add(
        api,
        Described {
            route: "POST /api/v1/connections/{connectionId}/oauth",
            id: "connectAgain",
            summary: "Connect an account again",
            parameters: vec![id()],
            body: Some(json!({
                "type": "object",
                "properties": {
                    "scopes": texts(), "selectAccount": flag(), "returnUri": text(),
                },
                "additionalProperties": false,
            })),
            answers: vec![
                (200, in_json("It is pending already.", &next)),
                (201, in_json("This is the next step.", &next)),
            ],
            errors: STARTING,
            ..Described::default()
        },
    );
    add(
        api,
        Described {
            route: "GET /api/v1/connections/oauth/start",
            id: "startHandshake",
            summary: "Start a connection and send the browser to its page",
            parameters: vec![
                json!({
                    "name": "connectorSlug", "in": "query", "required": true,
                    "description": "The connector's name.", "schema": text(),
                }),
                in_query("label", "What people call the connection.", &text()),
                organization(),
                in_query("scopes", "The scopes to ask for, with commas.", &text()),
                in_query(
                    "selectAccount",
                    "With `1` the provider lets people choose an account.",
                    &json!({ "enum": ["0", "1", "false", "true"] }),
                ),
                in_query("returnUri", "Where the browser goes in the end.", &text()),
            ],
            answers: vec![(
                303,
                json!({
                    "description": "The page on which a person goes on.",
                    "headers": { "Location": { "required": true, "schema": text() } },
                }),
            )],
            errors: STARTING,
            ..Described::default()
        },
    );
}

const FINDING: &[ErrorCode] = &[
    ErrorCode::ValidationError,
    ErrorCode::NotFound,
    ErrorCode::ConnectionNotAllowed,
];

const DELETING: &[ErrorCode] = &[
    ErrorCode::ValidationError,
    ErrorCode::NotFound,
    ErrorCode::ConnectionNotAllowed,
    ErrorCode::Conflict,
];

const STARTING: &[ErrorCode] = &[
    ErrorCode::ValidationError,
    ErrorCode::NotFound,
    ErrorCode::ConnectorNotFound,
    ErrorCode::ConnectionNotAllowed,
    ErrorCode::ProviderNotConfigured,
    ErrorCode::PolicyDenied,
    ErrorCode::Conflict,
];

/// What the provider may say of a key, or on the way to it.
const SUBMITTING: &[ErrorCode] = &[
    ErrorCode::ValidationError,
    ErrorCode::NotFound,
    ErrorCode::ConnectionNotAllowed,
    ErrorCode::PolicyDenied,
    ErrorCode::Conflict,
    ErrorCode::AuthInvalid,
    ErrorCode::Forbidden,
    ErrorCode::DestinationRefused,
    ErrorCode::RateLimited,
    ErrorCode::UpstreamError,
    ErrorCode::UpstreamInvalid,
    ErrorCode::UpstreamUnreachable,
    ErrorCode::UpstreamSuspended,
    ErrorCode::UpstreamTimeout,
    ErrorCode::ResponseTooLarge,
];

#[derive(Default)]
struct Described {
    route: &'static str,
    id: &'static str,
    summary: &'static str,
    description: &'static str,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: Vec<(u16, Value)>,
    errors: &'static [ErrorCode],
}

fn add(api: &mut Api, described: Described) {
    let mut codes = vec![
        ErrorCode::Unauthorized,
        ErrorCode::ConnectionNotAllowed,
        ErrorCode::Unavailable,
        ErrorCode::InternalError,
    ];
    codes.extend(described.errors);
    let mut failures = Failures::of_table(Surface::Alumia, &codes, &[Case::Repeatable]);
    if described.body.is_some() {
        let meaning = "the body is larger than allowed here";
        failures = failures.with(413, "PAYLOAD_TOO_LARGE", meaning);
    }
    let failure = api.of::<FailureBody>();
    let mut answers: Answers = failures.answers(|codes| {
        json!({
            "allOf": [failure],
            "properties": { "error": { "properties": { "code": { "enum": codes } } } },
        })
    });
    answers.extend(described.answers);
    api.operation(Operation {
        route: described.route,
        id: described.id,
        tag: TAG,
        summary: described.summary,
        description: described.description,
        parameters: described.parameters,
        body: described.body,
        may_be_empty: true,
        answers,
        access: Access::Token,
    });
}

fn new_connection() -> Value {
    json!({
        "type": "object",
        "properties": {
            "connectorSlug": { "type": "string", "minLength": 1 },
            "label": text(),
            "name": text(),
            "organization": text(),
            "scopes": texts(),
            "settings": {
                "type": ["object", "null"], "additionalProperties": { "type": "string" },
            },
            "selectAccount": flag(),
            "returnUri": text(),
        },
        "required": ["connectorSlug"],
        "additionalProperties": false,
    })
}

fn organization() -> Value {
    in_query(
        "organization",
        "The organization that is meant; without it, all that the token may use, or its first.",
        &text(),
    )
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn texts() -> Value {
    json!({ "type": ["array", "null"], "items": { "type": "string" } })
}

fn flag() -> Value {
    json!({ "type": ["boolean", "null"] })
}
