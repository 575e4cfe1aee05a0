//! Routes for the accounts of a project's end users.

use plugwright_sdk::ErrorCode;
use serde_json::{Map, Value, json};

use super::super::envelope::CallMeta;
use super::super::request::LONGEST_NAME;
use super::super::saas::accounts::Deleted;
use super::super::saas::body::LONGEST_USER;
use super::super::saas::failure::Trouble;
use super::super::saas::view::{ConnectedAccount, Profile, RequestView};
use super::calls::{
    call_options, errors, has_proxy, idempotency_key, of_requests, proxied, proxy_members,
};
use super::{failed, success};
use crate::gateway::Gateway;
use crate::openapi::{Access, Api, Failures, Operation, in_json, in_path, in_query, or_null};
use plugwright_engine::Principal;
use plugwright_engine::{Case, Surface};

const TAG: &str = "Accounts of your users";

/// An operation whose answer is data alone.
struct Described {
    route: &'static str,
    id: &'static str,
    summary: &'static str,
    description: &'static str,
    parameters: Vec<Value>,
    body: Option<Value>,
    /// What is answered, and its schema.
    answer: (&'static str, Value),
    /// Whether a provider is asked.
    asks: bool,
}

pub(super) fn describe(api: &mut Api, gateway: &Gateway, principal: &Principal) {
    api.tag(json!({ "name": TAG, "description": "What a project does for its end users." }));
    connect(api);
    accounts(api);
    calls(api);
    if has_proxy(gateway, principal) {
        proxy(api);
    }
}

fn connect(api: &mut Api) {
    let (account, request) = (
        api.of::<ConnectedAccount<'_>>(),
        api.of::<RequestView<'_>>(),
    );
    let provider = json!({
        "service": or_null(json!({
            "type": "string",
            "description": "The connector, if the project has one active provider config for it.",
        })),
        "providerConfigId": or_null(json!({
            "type": "string",
            "description": "The provider config, instead of `service`.",
        })),
    });
    let mut given = provider.clone();
    given["userId"] = user();
    given["alias"] =
        name("Name of the account among the user's accounts; without it, the first that is free.");
    let body = |required: &str, more: Value| object(&given, &more, &["userId", required]);
    add(
        api,
        Described {
            route: "POST /v1/saas/connected-accounts/link",
            id: "linkAccount",
            summary: "Let a user connect an account in a browser",
            description: "Send the user to `authorizationUrl`, and read the request until it is no \
                          longer `initiated`.",
            parameters: Vec::new(),
            body: Some(body(
                "userId",
                json!({
                    "returnUri": or_null(json!({
                        "type": "string",
                        "description": "Where the browser goes in the end: below one of the \
                                        project's return URIs.",
                    })),
                }),
            )),
            answer: ("The request.", request.clone()),
            asks: true,
        },
    );
    let texts = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    add(
        api,
        Described {
            route: "POST /v1/saas/connected-accounts/api-key",
            id: "connectApiKey",
            summary: "Connect an account by the user's key",
            description: "The provider is asked whether it accepts the key.",
            parameters: Vec::new(),
            body: Some(body(
                "apiKey",
                json!({
                    "apiKey": { "type": "string", "minLength": 1 },
                    "extra": or_null(texts.clone()),
                }),
            )),
            answer: ("The account.", account.clone()),
            asks: true,
        },
    );
    add(
        api,
        Described {
            route: "POST /v1/saas/connected-accounts/custom-credential",
            id: "connectCustomCredential",
            summary: "Connect an account by the values that the connector asks for",
            description: "",
            parameters: Vec::new(),
            body: Some(body("values", json!({ "values": texts }))),
            answer: ("The account.", account),
            asks: true,
        },
    );
    add(
        api,
        Described {
            route: "GET /v1/saas/connection-requests/{id}",
            id: "readConnectionRequest",
            summary: "Tell how far a request to connect has come",
            description: "",
            parameters: vec![id("Id of the request.")],
            body: None,
            answer: ("The request.", request),
            asks: false,
        },
    );
}

fn accounts(api: &mut Api) {
    let account = api.of::<ConnectedAccount<'_>>();
    let (profile, deleted) = (api.of::<Profile<'_>>(), api.of::<Deleted>());
    let text = json!({ "type": "string" });
    let one_user = || {
        json!({
            "name": "userId", "in": "query", "required": true, "description": "The user.",
            "schema": user(),
        })
    };
    let any_user = || in_query("userId", "Only if it is this user's.", &text);
    let config = || in_query("providerConfigId", "Only of this provider config.", &text);
    add(
        api,
        Described {
            route: "GET /v1/saas/connected-accounts",
            id: "listConnectedAccounts",
            summary: "List the accounts of a user",
            description: "The latest comes first.",
            parameters: vec![
                one_user(),
                in_query("service", "Only of this connector.", &text),
                config(),
            ],
            body: None,
            answer: (
                "The accounts.",
                json!({ "type": "array", "items": account }),
            ),
            asks: false,
        },
    );
    let of_account = || vec![id("Id of the account."), any_user(), config()];
    add(
        api,
        Described {
            route: "GET /v1/saas/connected-accounts/{id}",
            id: "readConnectedAccount",
            summary: "Read an account",
            description: "",
            parameters: of_account(),
            body: None,
            answer: ("The account.", account),
            asks: false,
        },
    );
    add(
        api,
        Described {
            route: "GET /v1/saas/connected-accounts/{id}/profile",
            id: "readProfile",
            summary: "Tell whose an account is at its provider",
            description: "As the provider said when the account was connected.",
            parameters: of_account(),
            body: None,
            answer: ("Whose it is.", profile),
            asks: false,
        },
    );
    add(
        api,
        Described {
            route: "DELETE /v1/saas/connected-accounts/{id}",
            id: "deleteConnectedAccount",
            summary: "Disconnect an account",
            description: "A token that the provider takes back is given back.",
            parameters: vec![id("Id of the account."), one_user(), config()],
            body: None,
            answer: ("It is gone.", deleted),
            asks: false,
        },
    );
}

fn calls(api: &mut Api) {
    let (key, options) = (idempotency_key(api), call_options(api));
    let meta = api.of::<CallMeta<'_>>();
    let data = json!({
        "type": "object",
        "properties": {
            "executionId": { "type": "string", "format": "uuid" },
            "actionId": { "type": "string" },
            "output": { "description": "What the action returned." },
        },
        "required": ["executionId", "actionId", "output"],
    });
    let mut members = who();
    members["service"] = or_null(json!({
        "type": "string", "description": "The action's connector.",
    }));
    members["input"] = json!({ "description": "What the action takes." });
    members["options"] = options;
    let answer = in_json("What the action returned.", &success(&data, &meta));
    call(
        api,
        Surface::Action,
        answer,
        Operation {
            route: "POST /v1/saas/actions/{actionId}",
            id: "executeActionForUser",
            tag: TAG,
            summary: "Call an action for a user",
            description: "",
            parameters: vec![json!({ "$ref": "#/components/parameters/ActionId" }), key],
            body: Some(object(&members, &json!({}), &["userId"])),
            may_be_empty: false,
            answers: std::collections::BTreeMap::new(),
            access: Access::Token,
        },
    );
}

fn proxy(api: &mut Api) {
    let (key, meta) = (idempotency_key(api), api.of::<CallMeta<'_>>());
    let text = json!({ "type": "string" });
    call(
        api,
        Surface::Proxy,
        proxied(&meta),
        Operation {
            route: "POST /v1/saas/proxy/{service}",
            id: "callProxyForUser",
            tag: TAG,
            summary: "Send a request to a connector's API for a user",
            description: "The gateway adds the credential of the user's account.",
            parameters: vec![in_path("service", "The connector's name.", &text), key],
            body: Some(object(
                &who(),
                &proxy_members(),
                &["userId", "endpoint", "method"],
            )),
            may_be_empty: false,
            answers: std::collections::BTreeMap::new(),
            access: Access::Token,
        },
    );
}

fn call(api: &mut Api, surface: Surface, answer: Value, operation: Operation) {
    let failures = with_troubles(Failures::of_table(surface, &errors(), &Case::ALL));
    let mut answers = failed(api, &of_requests(failures));
    answers.insert(200, answer);
    api.operation(Operation {
        answers,
        ..operation
    });
}

fn add(api: &mut Api, described: Described) {
    let codes = if described.asks {
        errors()
    } else {
        vec![
            ErrorCode::Unauthorized,
            ErrorCode::ConnectionNotAllowed,
            ErrorCode::ValidationError,
            ErrorCode::ProviderNotConfigured,
            ErrorCode::Unavailable,
            ErrorCode::InternalError,
        ]
    };
    let mut failures = Failures::of_table(Surface::Action, &codes, &[Case::Repeatable]);
    if described.body.is_some() {
        failures = of_requests(failures);
    }
    let mut answers = failed(api, &with_troubles(failures));
    let (description, data) = &described.answer;
    let envelope = success(data, &json!({ "type": "object" }));
    answers.insert(200, in_json(description, &envelope));
    api.operation(Operation {
        route: described.route,
        id: described.id,
        tag: TAG,
        summary: described.summary,
        description: described.description,
        parameters: described.parameters,
        body: described.body,
        may_be_empty: false,
        answers,
        access: Access::Token,
    });
}

fn with_troubles(failures: Failures) -> Failures {
    Trouble::ALL
        .into_iter()
        .fold(failures, |failures, trouble| {
            let (status, code, meaning) = trouble.spelling();
            failures.with(status, code, meaning)
        })
}

/// Returns the members that say for whom a call is, and with which account.
fn who() -> Value {
    json!({
        "userId": user(),
        "providerConfigId": or_null(json!({
            "type": "string",
            "description": "The provider config whose accounts are meant; without it, any.",
        })),
        "connectedAccountId": or_null(json!({
            "type": "string",
            "description": "Id of the account. Without it and `alias`, the user's latest active \
                            one.",
        })),
        "alias": name("Name of the account, where its id is not given."),
    })
}

fn user() -> Value {
    json!({
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_USER,
        "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$",
        "description": "Your id of the user.",
    })
}

fn name(description: &str) -> Value {
    json!({
        "type": ["string", "null"],
        "pattern": "^([A-Za-z0-9][A-Za-z0-9_-]*)?$",
        "maxLength": LONGEST_NAME,
        "description": description,
    })
}

fn id(description: &str) -> Value {
    in_path("id", description, &json!({ "type": "string" }))
}

/// Returns the schema of an object with these members and no others.
fn object(members: &Value, more: &Value, required: &[&str]) -> Value {
    let mut properties = Map::new();
    for part in [members, more] {
        properties.extend(part.as_object().cloned().unwrap_or_default());
    }
    let mut required = required.to_vec();
    required.dedup();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}
