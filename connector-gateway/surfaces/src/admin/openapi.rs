//! What the operator's API says of itself in OpenAPI.

mod projects;

use plugwright_sdk::ErrorCode;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::{connections, tokens};
use crate::openapi::{
    Access, Answers, Api, Failures, Operation, in_json, in_path, in_query, or_null, own_failures,
};
use plugwright_engine::Grant;
use plugwright_engine::connections::LONGEST_NAME;
use plugwright_engine::run_log::{LARGEST_PAGE, PAGE, RunEntry, RunPage};
use plugwright_engine::tokens::LONGEST_NAME as LONGEST_TOKEN_NAME;
use plugwright_store::Organization;
use plugwright_store::vault::Rotation;

/// What every operation may meet.
const ALWAYS: [ErrorCode; 5] = [
    ErrorCode::AdminAuthRequired,
    ErrorCode::AdminAuthInvalid,
    ErrorCode::Unauthorized,
    ErrorCode::Unavailable,
    ErrorCode::InternalError,
];
const INVALID: &[ErrorCode] = &[ErrorCode::ValidationError];
const MISSING: &[ErrorCode] = &[ErrorCode::NotFound];
const CHANGING: &[ErrorCode] = &[
    ErrorCode::ValidationError,
    ErrorCode::NotFound,
    ErrorCode::Conflict,
];

/// An operation, with what all of them have in common left out.
struct Described {
    route: &'static str,
    id: &'static str,
    summary: &'static str,
    parameters: Vec<Value>,
    body: Option<Value>,
    /// Status and answer; without one there is nothing to answer.
    answer: Option<(u16, Value)>,
    /// Errors beside those that every operation may meet.
    codes: &'static [ErrorCode],
}

/// Adds the operations.
pub(crate) fn describe(api: &mut Api) {
    api.tag(json!({ "name": "Operator", "description": "What the operator sets up." }));
    of_tokens(api);
    of_connections(api);
    of_organizations(api);
    projects::of_projects(api);
    let key = new_token(api);
    projects::of_keys(api, key);
    projects::of_provider_configs(api);
    projects::of_oauth_clients(api);
    of_runs(api);
    let rotation = api.of::<Rotation>();
    add(
        api,
        Described {
            route: "POST /admin/vault/rotate",
            id: "rotateVault",
            summary: "Seal everything with a new key",
            parameters: Vec::new(),
            body: None,
            answer: Some((200, rotation)),
            codes: &[],
        },
    );
}

/// What a token is to be.
fn new_token(api: &mut Api) -> Value {
    let grant = api.schema("GrantInput", grant());
    let name = json!({ "type": "string", "minLength": 1, "maxLength": LONGEST_TOKEN_NAME });
    object(
        json!({
            "name": name,
            "grant": { "anyOf": [grant, { "type": "null" }] },
            "expiresAt": { "type": ["string", "null"], "format": "date-time" },
        }),
        &["name"],
    )
}

fn of_tokens(api: &mut Api) {
    let token = api.of::<tokens::View<'_>>();
    let new = new_token(api);
    let mut change = new.clone();
    change["required"] = json!([]);
    let grant = api.schema("GrantChange", grant_change());
    change["properties"]["grant"]["anyOf"][0] = grant;
    change["properties"]["name"] = or_null(change["properties"]["name"].take());
    let id = id("The token's id.");
    add_crud(
        api,
        [
            Described {
                route: "GET /admin/tokens",
                id: "listTokens",
                summary: "List the tokens",
                parameters: Vec::new(),
                body: None,
                answer: Some((200, items(&token))),
                codes: &[],
            },
            Described {
                route: "POST /admin/tokens",
                id: "createToken",
                summary: "Make a token",
                parameters: Vec::new(),
                body: Some(new),
                answer: Some((201, token.clone())),
                codes: INVALID,
            },
            Described {
                route: "PATCH /admin/tokens/{id}",
                id: "changeToken",
                summary: "Change a token",
                parameters: vec![id.clone()],
                body: Some(change),
                answer: Some((200, token)),
                codes: CHANGING,
            },
            Described {
                route: "DELETE /admin/tokens/{id}",
                id: "revokeToken",
                summary: "Revoke a token",
                parameters: vec![id],
                body: None,
                answer: None,
                codes: MISSING,
            },
        ],
    );
}

fn of_connections(api: &mut Api) {
    let connection = api.of::<connections::View<'_>>();
    let credential = api.schema("CredentialInput", credential());
    let settings =
        json!({ "type": ["object", "null"], "additionalProperties": { "type": "string" } });
    let flag = json!({ "type": ["boolean", "null"] });
    let tested = json!({
        "type": ["boolean", "null"],
        "description": "Whether the provider is asked whose account it is; without it, it is \
                        asked where there is a way to.",
    });
    let new = object(
        json!({
            "connector": { "type": "string" },
            "name": or_null(name()),
            "organization": { "type": ["string", "null"] },
            "default": flag,
            "credential": credential,
            "settings": settings,
            "test": tested,
        }),
        &["connector"],
    );
    let change = object(
        json!({ "name": or_null(name()), "default": flag, "settings": settings }),
        &[],
    );
    let replace = object(json!({ "credential": credential, "test": tested }), &[]);
    let id = id("The connection's id.");
    add_crud(
        api,
        [
            Described {
                route: "GET /admin/connections",
                id: "listConnections",
                summary: "List the connections",
                parameters: which_connections(),
                body: None,
                answer: Some((200, items(&connection))),
                codes: INVALID,
            },
            Described {
                route: "POST /admin/connections",
                id: "createConnection",
                summary: "Make a connection",
                parameters: Vec::new(),
                body: Some(new),
                answer: Some((201, connection.clone())),
                codes: ErrorCode::ALL,
            },
            Described {
                route: "GET /admin/connections/{id}",
                id: "showConnection",
                summary: "Show a connection",
                parameters: vec![id.clone()],
                body: None,
                answer: Some((200, connection.clone())),
                codes: MISSING,
            },
            Described {
                route: "PATCH /admin/connections/{id}",
                id: "changeConnection",
                summary: "Change a connection",
                parameters: vec![id.clone()],
                body: Some(change),
                answer: Some((200, connection.clone())),
                codes: CHANGING,
            },
            Described {
                route: "DELETE /admin/connections/{id}",
                id: "deleteConnection",
                summary: "Delete a connection",
                parameters: vec![id.clone()],
                body: None,
                answer: None,
                codes: MISSING,
            },
            Described {
                route: "PUT /admin/connections/{id}/credential",
                id: "replaceCredential",
                summary: "Replace a connection's credential",
                parameters: vec![id.clone()],
                body: Some(replace),
                answer: Some((200, connection.clone())),
                codes: ErrorCode::ALL,
            },
            Described {
                route: "POST /admin/connections/{id}/test",
                id: "testConnection",
                summary: "Ask the provider whether a connection works",
                parameters: vec![id],
                body: None,
                answer: Some((200, connection)),
                codes: ErrorCode::ALL,
            },
        ],
    );
}

/// The parameters of a list of connections.
fn which_connections() -> Vec<Value> {
    let text = json!({ "type": "string" });
    vec![
        in_query("connector", "Only of this connector.", &text),
        in_query("organization", "Only of this organization.", &text),
        in_query(
            "project",
            "Only of this project's end users.",
            &json!({ "type": "string", "format": "uuid" }),
        ),
        in_query(
            "externalUserId",
            "Only of this end user of the project.",
            &text,
        ),
    ]
}

fn of_organizations(api: &mut Api) {
    let organization = api.of::<Organization>();
    add_crud(
        api,
        [
            Described {
                route: "GET /admin/organizations",
                id: "listOrganizations",
                summary: "List the organizations",
                parameters: Vec::new(),
                body: None,
                answer: Some((200, items(&organization))),
                codes: &[],
            },
            Described {
                route: "POST /admin/organizations",
                id: "createOrganization",
                summary: "Make an organization",
                parameters: Vec::new(),
                body: Some(object(json!({ "name": name() }), &["name"])),
                answer: Some((201, organization)),
                codes: &[ErrorCode::ValidationError, ErrorCode::Conflict],
            },
            Described {
                route: "DELETE /admin/organizations/{name}",
                id: "deleteOrganization",
                summary: "Delete an organization that has no connections",
                parameters: vec![in_path(
                    "name",
                    "The organization's name.",
                    &json!({ "type": "string" }),
                )],
                body: None,
                answer: None,
                codes: &[ErrorCode::NotFound, ErrorCode::Conflict],
            },
        ],
    );
}

fn of_runs(api: &mut Api) {
    let (page, run) = (api.of::<RunPage>(), api.of::<RunEntry>());
    let text = || json!({ "type": "string" });
    let time = || json!({ "type": "string", "format": "date-time" });
    let mut outcomes = vec!["ok", "error"];
    outcomes.extend(ErrorCode::ALL.iter().map(|code| code.as_str()));
    let parameters = vec![
        in_query("action", "Only of this action.", &text()),
        in_query("connector", "Only of this connector.", &text()),
        in_query(
            "connection",
            "Only with this connection.",
            &json!({ "type": "string", "format": "uuid" }),
        ),
        in_query("principal", "Only of this caller.", &text()),
        in_query(
            "outcome",
            "Only that ended so.",
            &json!({ "enum": outcomes }),
        ),
        in_query("since", "Only that began then or later.", &time()),
        in_query("until", "Only that began before.", &time()),
        in_query(
            "limit",
            "How many at most.",
            &json!({ "type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE }),
        ),
        in_query("cursor", "`cursor` of the page before.", &text()),
    ];
    add_crud(
        api,
        [
            Described {
                route: "GET /admin/runs",
                id: "listRuns",
                summary: "List runs, the newest first",
                parameters,
                body: None,
                answer: Some((200, page)),
                codes: INVALID,
            },
            Described {
                route: "GET /admin/runs/{id}",
                id: "showRun",
                summary: "Show a run",
                parameters: vec![id("The run's id.")],
                body: None,
                answer: Some((200, run)),
                codes: MISSING,
            },
        ],
    );
}

fn add_crud<const N: usize>(api: &mut Api, operations: [Described; N]) {
    for operation in operations {
        add(api, operation);
    }
}

fn add(api: &mut Api, described: Described) {
    let mut failures = Failures::of_codes(&[&ALWAYS, described.codes].concat());
    if described.body.is_some() {
        failures = failures.with(
            413,
            ErrorCode::ValidationError.as_str(),
            "the body is larger than allowed here",
        );
    }
    let mut answers: Answers = own_failures(api, &failures);
    let (status, answer) = match described.answer {
        Some((status, schema)) => (status, in_json("It is done.", &schema)),
        None => (204, json!({ "description": "It is done." })),
    };
    answers.insert(status, answer);
    api.operation(Operation {
        route: described.route,
        id: described.id,
        tag: "Operator",
        summary: described.summary,
        description: "",
        parameters: described.parameters,
        body: described.body,
        may_be_empty: false,
        answers,
        access: Access::Operator,
    });
}

fn id(description: &str) -> Value {
    in_path(
        "id",
        description,
        &json!({ "type": "string", "format": "uuid" }),
    )
}

/// The name of a connection or an organization.
fn name() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$", "maxLength": LONGEST_NAME })
}

/// What a token may do, as it is given: every member may be left out.
fn grant() -> Value {
    let generator = SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        })
        .for_deserialize()
        .into_generator();
    generator.into_root_schema_for::<Grant>().to_value()
}

/// What is to be changed of it: a member that is left out stays as it is.
fn grant_change() -> Value {
    let mut change = grant();
    change["description"] = json!("What is to be changed. A member that is left out stays.");
    if let Some(members) = change["properties"].as_object_mut() {
        for member in members.values_mut().filter_map(Value::as_object_mut) {
            member.shift_remove("default");
        }
    }
    change
}

fn credential() -> Value {
    let secret = json!({ "type": "string", "format": "password", "writeOnly": true });
    let basic = json!({ "username": { "type": "string" }, "password": secret });
    let custom = json!({ "type": "object", "additionalProperties": secret });
    json!({
        "description": "Of the form that a scheme of the connector takes.",
        "anyOf": [
            object(json!({ "token": secret }), &["token"]),
            object(basic, &["username", "password"]),
            object(json!({ "fields": custom }), &["fields"]),
            { "type": "null" },
        ],
    })
}

fn object(properties: Value, required: &[&str]) -> Value {
    let mut object = Map::new();
    object.insert("type".to_owned(), "object".into());
    object.insert("properties".to_owned(), properties);
    object.insert("required".to_owned(), required.into());
    object.insert("additionalProperties".to_owned(), false.into());
    object.into()
}

fn items(item: &Value) -> Value {
    object(
        json!({ "items": { "type": "array", "items": item } }),
        &["items"],
    )
}
