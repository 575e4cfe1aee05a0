//! Routes that say what can be called.

use plugwright_sdk::ErrorCode;
use serde_json::{Value, json};

use super::super::actions::{LONGEST_QUERY, MOST_HITS, ServiceName, USUAL_HITS};
use super::super::apps::App;
use super::super::catalog::Metadata;
use super::super::guide;
use super::super::providers::Provider;
use super::{failed, success};
use crate::openapi::{
    Access, Answers, Api, Failures, Operation, if_none_match, in_header, in_json, in_path,
    in_query, in_text, tagged, unchanged,
};
use plugwright_engine::{Case, Surface};

/// What the description of an action may meet.
const DESCRIBED: &[ErrorCode] = &[
    ErrorCode::ValidationError,
    ErrorCode::ConnectorNotFound,
    ErrorCode::ActionNotFound,
];

/// An operation of the catalog.
struct Described {
    route: &'static str,
    id: &'static str,
    summary: &'static str,
    description: &'static str,
    parameters: Vec<Value>,
    answer: Value,
    /// Errors beside those that every operation may meet.
    codes: &'static [ErrorCode],
}

pub(super) fn describe(api: &mut Api) {
    let if_none_match = if_none_match(api);
    let organization = organization(api);
    of_actions(api, &if_none_match, &organization);
    of_connectors(api, if_none_match);
    of_connections(api, &organization);
    health(api);
}

fn of_actions(api: &mut Api, if_none_match: &Value, organization: &Value) {
    let (metadata, service) = (api.of::<Metadata<'_>>(), api.of::<ServiceName>());
    let action = in_path(
        "actionId",
        "The action's id, or another spelling of it.",
        &text(),
    );
    let action = api.parameter("ActionId", action);
    let one_service = in_query("service", "Only of this connector.", &text());
    let listed = json!({ "anyOf": [list(&service), list(&metadata)] });
    add(
        api,
        Described {
            route: "GET /v1/actions",
            id: "listActions",
            summary: "List the actions of a connector",
            description: "Without `service` it lists the names of the connectors.",
            parameters: vec![one_service.clone(), if_none_match.clone()],
            answer: tagged(in_json(
                "The actions, or the connectors.",
                &envelope(&listed),
            )),
            codes: &[ErrorCode::ConnectorNotFound],
        },
    );
    let authenticated = json!({
        "type": "boolean",
        "description": "Whether there is a connection to call it with, or none is needed.",
    });
    let hits = json!({
        "allOf": [metadata],
        "properties": { "authenticated": authenticated },
        "required": ["authenticated"],
    });
    let words = json!({
        "name": "q", "in": "query", "required": true, "description": "The words.",
        "schema": {
            "type": "string", "minLength": 1, "maxLength": LONGEST_QUERY, "pattern": "\\S",
        },
    });
    let limit = json!({
        "type": "integer", "minimum": 1, "maximum": MOST_HITS, "default": USUAL_HITS,
    });
    add(
        api,
        Described {
            route: "GET /v1/actions/search",
            id: "searchActions",
            summary: "Find actions by words",
            description: "The best hits come first.",
            parameters: vec![
                words,
                one_service,
                in_query("limit", "How many hits at most.", &limit),
                organization.clone(),
            ],
            answer: in_json("The hits.", &envelope(&list(&hits))),
            codes: &[ErrorCode::ValidationError, ErrorCode::ConnectionNotAllowed],
        },
    );
    add(
        api,
        Described {
            route: "GET /v1/actions/{actionId}",
            id: "describeAction",
            summary: "Describe an action",
            description: "",
            parameters: vec![action, if_none_match.clone()],
            answer: tagged(in_json("The action.", &envelope(&metadata))),
            codes: DESCRIBED,
        },
    );
    add(
        api,
        Described {
            route: "GET /v1/actions/{actionId}/guide.md",
            id: "readGuide",
            summary: "Read how to call an action",
            description: "",
            parameters: vec![
                json!({ "$ref": "#/components/parameters/ActionId" }),
                if_none_match.clone(),
            ],
            answer: tagged(in_text("The guide, in Markdown.", guide::MEDIA_TYPE)),
            codes: DESCRIBED,
        },
    );
}

fn of_connectors(api: &mut Api, if_none_match: Value) {
    let provider = api.of::<Provider>();
    let words = in_query(
        "q",
        "Only those with this text in their names, categories or kinds of credentials.",
        &text(),
    );
    add(
        api,
        Described {
            route: "GET /v1/providers",
            id: "listProviders",
            summary: "List connectors",
            description: "",
            parameters: vec![services(), words, if_none_match],
            answer: tagged(in_json("The connectors.", &envelope(&list(&provider)))),
            codes: &[],
        },
    );
}

fn of_connections(api: &mut Api, organization: &Value) {
    let app = api.of::<App<'_>>();
    let connections = in_json("The connections.", &envelope(&list(&app)));
    add(
        api,
        Described {
            route: "GET /v1/apps",
            id: "listApps",
            summary: "List the connections that may be used",
            description: "",
            parameters: vec![organization.clone()],
            answer: connections.clone(),
            codes: &[ErrorCode::ValidationError, ErrorCode::ConnectionNotAllowed],
        },
    );
    let connector = in_path("service", "The connector's name.", &text());
    add(
        api,
        Described {
            route: "GET /v1/apps/services/{service}",
            id: "listAppsOfService",
            summary: "List the connections of a connector",
            description: "",
            parameters: vec![connector, organization.clone()],
            answer: connections,
            codes: &[
                ErrorCode::ValidationError,
                ErrorCode::ConnectorNotFound,
                ErrorCode::ConnectionNotAllowed,
            ],
        },
    );
    add(
        api,
        Described {
            route: "GET /v1/apps/authenticated",
            id: "listAuthenticatedServices",
            summary: "Tell which connectors can be called now",
            description: "",
            parameters: vec![services(), organization.clone()],
            answer: in_json(
                "Those asked for that have a connection that works, or need none.",
                &envelope(&list(&text())),
            ),
            codes: &[ErrorCode::ValidationError, ErrorCode::ConnectionNotAllowed],
        },
    );
}

fn health(api: &mut Api) {
    let data = json!({
        "type": "object",
        "properties": { "ok": { "const": true }, "runtime": { "type": "string" } },
        "required": ["ok", "runtime"],
    });
    api.operation(Operation {
        route: "GET /v1/health",
        id: "checkHealth",
        tag: "Catalog",
        summary: "Tell whether the process answers",
        description: "",
        parameters: Vec::new(),
        body: None,
        may_be_empty: true,
        answers: Answers::from([(200, in_json("It does.", &envelope(&data)))]),
        access: Access::Everybody,
    });
}

fn add(api: &mut Api, described: Described) {
    let mut codes = vec![
        ErrorCode::Unauthorized,
        ErrorCode::Unavailable,
        ErrorCode::InternalError,
    ];
    codes.extend(described.codes);
    let failures = Failures::of_table(Surface::Action, &codes, &[Case::Repeatable]);
    let mut answers = failed(api, &failures);
    if described.answer.get("headers").is_some() {
        answers.insert(304, unchanged());
    }
    answers.insert(200, described.answer);
    api.operation(Operation {
        route: described.route,
        id: described.id,
        tag: "Catalog",
        summary: described.summary,
        description: described.description,
        parameters: described.parameters,
        body: None,
        may_be_empty: true,
        answers,
        access: Access::Token,
    });
}

/// Adds the header that names an organization.
pub(super) fn organization(api: &mut Api) -> Value {
    let header = in_header(
        "x-oo-team-name",
        "The organization whose connections are meant; without it, the first that the token is \
         granted. `x-oo-organization-name` says the same.",
        &text(),
    );
    api.parameter("Organization", header)
}

fn services() -> Value {
    in_query("service", "Only these connectors.", &list(&text()))
}

fn envelope(data: &Value) -> Value {
    success(data, &json!({ "type": "object" }))
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn text() -> Value {
    json!({ "type": "string" })
}
