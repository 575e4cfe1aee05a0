//! Rows of the clients for end users' accounts.

use std::time::Duration;

use plugwright_client::{
    ApiKeyConnect, CustomCredentialConnect, OAuthConnect, ProjectConnector, ProjectOptions,
    Provider,
};
use plugwright_sdk::{Value, json};

use super::recorder::Reply::{Cut, Whole};
use super::row::{Row, row};

/// What both clients are told.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) user: String,
    /// Where the provider `mail` is.
    pub(super) mail: String,
    /// A provider config.
    pub(super) crm: String,
}

type OfProject = Row<ProjectConnector, Given>;

const PENDING: &str = r#"{"success":true,"data":{"id":"r","status":"initiated","projectId":"p","providerConfigId":"pc","externalUserId":"u","service":"desk","alias":null,"authorizationUrl":"https://g/c","connectedAccountId":null,"errorCode":null,"errorMessage":null,"expiresAt":"2026-11-29T12:00:00Z","createdAt":1,"updatedAt":2}}"#;
const NEW: &str = r#"{"success":true,"data":{"id":"r","status":"a_new_status","projectId":"p","providerConfigId":"pc","externalUserId":"u","service":"desk","alias":"work","authorizationUrl":"https://g/c","connectedAccountId":"ca","errorCode":null,"errorMessage":null,"expiresAt":"2026-11-29T12:00:00Z","createdAt":1,"updatedAt":2}}"#;

macro_rules! of_project {
    ($($row:tt)*) => {
        row!(ProjectConnector, Given; $($row)*)
    };
}

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn methods() -> Vec<OfProject> {
    vec![
        of_project!(
            r#"project.connect.apiKey(given.user, { service: "mail", apiKey: "key-of-ada", connectionName: "home", extra: { base_url: given.mail } })"#,
            |project, given| project.connect(&given.user).api_key(
                &ApiKeyConnect::new("mail", "key-of-ada")
                    .connection_name("home")
                    .extra("base_url", given.mail.as_str())
            )
        ),
        of_project!(
            r#"project.connect.customCredential(given.user, { providerConfigId: given.crm, values: { email: "ada@example.com", token: "token-of-ada", base_url: given.mail } })"#,
            |project, given| project.connect(&given.user).custom_credential(
                &CustomCredentialConnect::new(Provider::config(given.crm.as_str()))
                    .value("email", "ada@example.com")
                    .value("token", "token-of-ada")
                    .value("base_url", given.mail.as_str())
            )
        ),
        of_project!(
            r#"project.connect.oauth(given.user, { service: "desk", connectionName: "work", returnUri: "https://app.example.com/connected" })"#,
            |project, given| project.connect(&given.user).oauth(
                &OAuthConnect::new("desk")
                    .connection_name("work")
                    .return_uri("https://app.example.com/connected")
            )
        ),
        of_project!(
            r#"project.connect.oauth(given.user, { service: "desk" }).then(({ id }) => project.getConnectionRequest(id))"#,
            |project, given| project.connection_request(
                &project
                    .connect(&given.user)
                    .oauth(&OAuthConnect::new("desk"))
                    .await?
                    .id
            )
        ),
        of_project!(r#"project.waitForConnection("r")"#, |project| project
            .wait_for_connection("r"))
        .answered(&[Whole(200, "", NEW)]),
        of_project!(
            r#"project.waitForConnection("r", { pollIntervalMs: 20, retries: 1 })"#,
            |project| project
                .using(ProjectOptions::new().retries(1))
                .wait_for_connection("r")
                .poll_interval(Duration::from_millis(20))
        )
        .answered(&[
            Whole(200, "", PENDING),
            Whole(503, "retry-after: 0\r\n", ""),
            Whole(200, "", PENDING),
            Whole(200, "", NEW),
        ]),
        of_project!(
            r#"project.waitForConnection("r", { pollIntervalMs: 900, maxWaitMs: 300 })"#,
            |project| project
                .wait_for_connection("r")
                .poll_interval(Duration::from_millis(900))
                .max_wait(Duration::from_millis(300))
        )
        .answered(&[Whole(200, "", PENDING)]),
        of_project!(
            r#"project.execute(given.user, "mail.messages.list", {})"#,
            |project, given| project.execute::<Value>(
                &given.user,
                "mail.messages.list",
                &json!({})
            )
        ),
        of_project!(
            r#"project.executeRaw(given.user, "mail.messages.send", { text: "hello" })"#,
            |project, given| project.execute_raw::<Value>(
                &given.user,
                "mail.messages.send",
                &json!({ "text": "hello" })
            )
        ),
        of_project!(
            r#"project.forUser(given.user).execute("crm.deals.list")"#,
            |project, given| project
                .for_user(given.user.as_str())
                .action("crm.deals.list")
                .execute::<Value>()
        ),
        of_project!(
            r#"project.forUser(given.user).executeRaw("crm.deals.list", {})"#,
            |project, given| project
                .for_user(given.user.as_str())
                .execute_raw::<Value>("crm.deals.list", &json!({}))
        ),
        of_project!(
            r#"project.forUser(given.user).connect.apiKey({ service: "mail", apiKey: "key-of-grace", extra: { base_url: given.mail } })"#,
            |project, given| project.for_user(given.user.as_str()).connect().api_key(
                &ApiKeyConnect::new("mail", "key-of-grace").extra("base_url", given.mail.as_str())
            )
        ),
        of_project!(
            r#"project.forUser(given.user).getConnectionRequest("no id")"#,
            |project, given| project
                .for_user(given.user.as_str())
                .connection_request("no id")
        ),
    ]
}

pub(super) fn options() -> Vec<OfProject> {
    vec![
        of_project!(
            r#"project.execute(given.user, "mail.messages.list", {}, { connectionName: "home" })"#,
            |project, given| project
                .action(given.user.as_str(), "mail.messages.list")
                .input(json!({}))
                .connection_name("home")
                .execute::<Value>()
        ),
        of_project!(
            r#"project.execute(given.user, "crm.deals.list", {}, { providerConfigId: given.crm, service: "mail" })"#,
            |project, given| project
                .action(given.user.as_str(), "crm.deals.list")
                .input(json!({}))
                .provider_config_id(given.crm.as_str())
                .service("mail")
                .execute::<Value>()
        ),
        of_project!(
            r#"project.execute(given.user, "mail.messages.list", {}, { service: "crm" })"#,
            |project, given| project
                .action(given.user.as_str(), "mail.messages.list")
                .input(json!({}))
                .service("crm")
                .execute::<Value>()
        ),
        of_project!(
            r#"project.execute(given.user, "mail.messages.list", {}, { connectedAccountId: "none", connectionName: "home" })"#,
            |project, given| project
                .action(given.user.as_str(), "mail.messages.list")
                .input(json!({}))
                .connected_account_id("none")
                .connection_name("home")
                .execute::<Value>()
        ),
        of_project!(
            r#"project.execute(given.user, "mail.messages.list", {}, { retries: 0 })"#,
            |project, given| project
                .using(ProjectOptions::new().retries(0))
                .execute::<Value>(&given.user, "mail.messages.list", &json!({}))
        )
        .answered(&[Cut(0)]),
        of_project!(
            r#"project.connect.oauth(given.user, { service: "desk", providerConfigId: "pc" })"#,
            |project, given| project
                .connect(&given.user)
                .oauth(&OAuthConnect::new(Provider::config("pc")))
        )
        .differs(
            "both selectors are refused there, and can't be written here",
            |npm, rust| {
                assert_eq!(
                    (npm.code(), npm.requests.len()),
                    ("client_invalid_request", 0)
                );
                assert_eq!(
                    (rust.code(), rust.requests.len()),
                    ("provider_config_not_found", 1)
                );
            },
        ),
    ]
}

pub(super) fn errors() -> Vec<OfProject> {
    vec![
        of_project!(
            r#"project.connect.apiKey(given.user, { service: "mail", apiKey: "wrong-of-ada", extra: { base_url: given.mail } })"#,
            |project, given| project.connect(&given.user).api_key(
                &ApiKeyConnect::new("mail", "wrong-of-ada").extra("base_url", given.mail.as_str())
            )
        ),
        of_project!(
            r#"project.connect.apiKey(given.user, { service: "desk", apiKey: "x" })"#,
            |project, given| project
                .connect(&given.user)
                .api_key(&ApiKeyConnect::new("desk", "x"))
        ),
        of_project!(
            r#"project.connect.customCredential(given.user, { service: "crm", values: {} })"#,
            |project, given| project
                .connect(&given.user)
                .custom_credential(&CustomCredentialConnect::new("crm"))
        ),
        of_project!(
            r#"project.execute(given.user, "mail.messages.lost", {})"#,
            |project, given| project.execute::<Value>(
                &given.user,
                "mail.messages.lost",
                &json!({})
            )
        ),
        of_project!(
            r#"project.execute(given.user, "mail.messages.send", { texts: 1 })"#,
            |project, given| project.execute::<Value>(
                &given.user,
                "mail.messages.send",
                &json!({ "texts": 1 })
            )
        ),
        of_project!(
            r#"project.execute(given.user, "mail.messages.send", { text: "broken" })"#,
            |project, given| project.execute::<Value>(
                &given.user,
                "mail.messages.send",
                &json!({ "text": "broken" })
            )
        ),
        of_project!(
            r#"project.execute(given.user, "mail.messages.send", { text: "cut off" })"#,
            |project, given| project.execute::<Value>(
                &given.user,
                "mail.messages.send",
                &json!({ "text": "cut off" })
            )
        ),
        of_project!(
            r#"project.execute("nobody", "mail.messages.list", {})"#,
            |project| project.execute::<Value>("nobody", "mail.messages.list", &json!({}))
        ),
        of_project!(
            r#"project.executeRaw(given.user, "a.b", {})"#,
            |project, given| project.execute_raw::<Value>(&given.user, "a.b", &json!({}))
        )
        .answered(&[Whole(
            200,
            "",
            r#"{"success":true,"message":"fine","data":{"output":[1]}}"#,
        )]),
        of_project!(
            r#"project.executeRaw(given.user, "a.nothing", {})"#,
            |project, given| project.execute_raw::<Value>(&given.user, "a.nothing", &json!({}))
        )
        .answered(&[Whole(200, "", "")]),
    ]
}
