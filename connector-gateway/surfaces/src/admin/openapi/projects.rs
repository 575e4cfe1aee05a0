//! Projects, their keys and provider configs, and OAuth clients.

use plugwright_sdk::ErrorCode;
use serde_json::{Value, json};

use super::{CHANGING, Described, MISSING, add_crud, id, items, name, object};
use crate::admin::{projects, provider_configs, tokens};
use crate::openapi::{Api, in_path, or_null};
use plugwright_engine::oauth::{ClientEntry, LONGEST_CLIENT_TEXT};
use plugwright_engine::projects::MOST_RETURN_URIS;
use plugwright_engine::tokens::LONGEST_NAME as LONGEST_TEXT;

/// Making something below something else.
const BELOW: &[ErrorCode] = &[ErrorCode::ValidationError, ErrorCode::NotFound];
const CLASHING: &[ErrorCode] = &[ErrorCode::ValidationError, ErrorCode::Conflict];
const FULL: &[ErrorCode] = &[ErrorCode::NotFound, ErrorCode::Conflict];

/// A name that people see.
fn shown() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": LONGEST_TEXT })
}

fn texts(most: Option<usize>, description: &str) -> Value {
    let mut schema = json!({
        "type": ["array", "null"],
        "items": { "type": "string" },
        "description": description,
    });
    if let Some(most) = most {
        schema["maxItems"] = most.into();
    }
    schema
}

pub(super) fn of_projects(api: &mut Api) {
    let project = api.of::<projects::View<'_>>();
    let members = |name: Value| {
        json!({
            "name": name,
            "displayName": or_null(shown()),
            "returnUris": texts(
                Some(MOST_RETURN_URIS),
                "Where browsers may be sent back to: an address must have an entry's scheme, host \
                 and port, and a path that begins with the entry's, at the end of a segment. \
                 `myapp:` is for all addresses of that scheme.",
            ),
        })
    };
    let id = id("The project's id.");
    add_crud(
        api,
        [
            Described {
                route: "GET /admin/projects",
                id: "listProjects",
                summary: "List the projects",
                parameters: Vec::new(),
                body: None,
                answer: Some((200, items(&project))),
                codes: &[],
            },
            Described {
                route: "POST /admin/projects",
                id: "createProject",
                summary: "Make a project",
                parameters: Vec::new(),
                body: Some(object(members(name()), &["name"])),
                answer: Some((201, project.clone())),
                codes: CLASHING,
            },
            Described {
                route: "GET /admin/projects/{id}",
                id: "showProject",
                summary: "Show a project",
                parameters: vec![id.clone()],
                body: None,
                answer: Some((200, project.clone())),
                codes: MISSING,
            },
            Described {
                route: "PATCH /admin/projects/{id}",
                id: "changeProject",
                summary: "Change a project",
                parameters: vec![id.clone()],
                body: Some(object(members(or_null(name())), &[])),
                answer: Some((200, project)),
                codes: CHANGING,
            },
            Described {
                route: "DELETE /admin/projects/{id}",
                id: "deleteProject",
                summary: "Delete a project whose end users have no connections, with its keys and \
                          provider configs",
                parameters: vec![id],
                body: None,
                answer: None,
                codes: FULL,
            },
        ],
    );
}

pub(super) fn of_keys(api: &mut Api, new: Value) {
    let key = api.of::<tokens::View<'_>>();
    let id = id("The project's id.");
    add_crud(
        api,
        [
            Described {
                route: "GET /admin/projects/{id}/keys",
                id: "listProjectKeys",
                summary: "List a project's keys",
                parameters: vec![id.clone()],
                body: None,
                answer: Some((200, items(&key))),
                codes: MISSING,
            },
            Described {
                route: "POST /admin/projects/{id}/keys",
                id: "createProjectKey",
                summary: "Make a key of a project",
                parameters: vec![id],
                body: Some(new),
                answer: Some((201, key)),
                codes: BELOW,
            },
        ],
    );
}

pub(super) fn of_provider_configs(api: &mut Api) {
    let config = api.of::<provider_configs::View>();
    let flag = json!({ "type": ["boolean", "null"] });
    let mut scopes = texts(
        None,
        "The scopes that people are asked for; null asks for those that the connector asks for.",
    );
    scopes["minItems"] = 1.into();
    let new = object(
        json!({
            "connector": { "type": "string" },
            "name": or_null(shown()),
            "scopes": scopes,
            "active": flag,
        }),
        &["connector"],
    );
    let change = object(
        json!({ "name": or_null(shown()), "scopes": scopes, "active": flag }),
        &[],
    );
    let of_project = || vec![id("The project's id.")];
    let one = || vec![id("The provider config's id.")];
    add_crud(
        api,
        [
            Described {
                route: "GET /admin/projects/{id}/provider-configs",
                id: "listProviderConfigs",
                summary: "List a project's provider configs",
                parameters: of_project(),
                body: None,
                answer: Some((200, items(&config))),
                codes: MISSING,
            },
            Described {
                route: "POST /admin/projects/{id}/provider-configs",
                id: "createProviderConfig",
                summary: "Let a project use a connector",
                parameters: of_project(),
                body: Some(new),
                answer: Some((201, config.clone())),
                codes: BELOW,
            },
            Described {
                route: "GET /admin/provider-configs/{id}",
                id: "showProviderConfig",
                summary: "Show a provider config",
                parameters: one(),
                body: None,
                answer: Some((200, config.clone())),
                codes: MISSING,
            },
            Described {
                route: "PATCH /admin/provider-configs/{id}",
                id: "changeProviderConfig",
                summary: "Change a provider config",
                parameters: one(),
                body: Some(change),
                answer: Some((200, config)),
                codes: CHANGING,
            },
            Described {
                route: "DELETE /admin/provider-configs/{id}",
                id: "deleteProviderConfig",
                summary: "Delete a provider config that has no connections",
                parameters: one(),
                body: None,
                answer: None,
                codes: FULL,
            },
        ],
    );
}

pub(super) fn of_oauth_clients(api: &mut Api) {
    let client = api.of::<ClientEntry>();
    let body = || {
        object(
            json!({
                "clientId": {
                    "type": "string",
                    "pattern": "^[!-~]+$",
                    "maxLength": LONGEST_CLIENT_TEXT,
                },
                "clientSecret": {
                    "type": ["string", "null"],
                    "minLength": 1,
                    "maxLength": LONGEST_CLIENT_TEXT,
                    "format": "password",
                    "writeOnly": true,
                    "description": "Left out, the client is a public one.",
                },
            }),
            &["clientId"],
        )
    };
    let of_connector = || {
        let text = json!({ "type": "string" });
        vec![in_path("connector", "The connector's name.", &text)]
    };
    let of_config = || vec![id("The provider config's id.")];
    add_crud(
        api,
        [
            Described {
                route: "GET /admin/oauth-clients",
                id: "listOAuthClients",
                summary: "List the OAuth clients, without their secrets",
                parameters: Vec::new(),
                body: None,
                answer: Some((200, items(&client))),
                codes: &[],
            },
            Described {
                route: "PUT /admin/oauth-clients/{connector}",
                id: "setOAuthClient",
                summary: "Set the OAuth client of a connector",
                parameters: of_connector(),
                body: Some(body()),
                answer: Some((200, client.clone())),
                codes: BELOW,
            },
            Described {
                route: "DELETE /admin/oauth-clients/{connector}",
                id: "deleteOAuthClient",
                summary: "Delete the stored OAuth client of a connector",
                parameters: of_connector(),
                body: None,
                answer: None,
                codes: MISSING,
            },
            Described {
                route: "PUT /admin/provider-configs/{id}/oauth-client",
                id: "setProviderConfigOAuthClient",
                summary: "Set a provider config's own OAuth client",
                parameters: of_config(),
                body: Some(body()),
                answer: Some((200, client)),
                codes: CHANGING,
            },
            Described {
                route: "DELETE /admin/provider-configs/{id}/oauth-client",
                id: "deleteProviderConfigOAuthClient",
                summary: "Delete a provider config's own OAuth client",
                parameters: of_config(),
                body: None,
                answer: None,
                codes: MISSING,
            },
        ],
    );
}
