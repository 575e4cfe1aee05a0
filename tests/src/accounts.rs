//! Connectors whose accounts people connect: by OAuth at a server of the tests, by named fields, and
//! not yet.

use plugwright_sdk::auth::Revocation;
use plugwright_sdk::{
    Account, ActionContext, Auth, Availability, ConnectorDefinition, Result, Value, action,
    actions, plain_field, scope, secret_field,
};

/// Tells whose the account is.
#[action("me.get", read, get = "/api/me", scopes = ["tasks.read"])]
async fn me(cx: &ActionContext) -> Result<Value>;

/// Changes a task, which takes more than reading.
#[action("tasks.change", write, post = "/api/tasks", scopes = ["tasks.write"])]
async fn change(cx: &ActionContext) -> Result<Value>;

/// Reads who a token speaks for.
fn account(answer: &Value) -> Option<Account> {
    let name = answer["account"].as_str()?;
    Some(Account {
        id: name.to_owned(),
        label: format!("{name} of the tests"),
    })
}

/// A connector whose accounts are those of an authorization server; the configuration says where
/// that is.
pub static SIGNED: ConnectorDefinition = ConnectorDefinition::new("signed", "Signed", "1.0.0")
    .description("An API that people let in with their account")
    .base_url("https://signed.example.com")
    .auth(&[Auth::oauth2(
        "https://signed.example.com/auth",
        "https://signed.example.com/token",
        &[
            scope("tasks.read", "Read your tasks"),
            scope("tasks.write", "Change your tasks"),
        ],
    )
    .default_scopes(&["tasks.read"])
    .revocation(Revocation::standard("https://signed.example.com/revoke"))])
    .identity("/api/me", account)
    .actions(actions![me, change]);

/// Tells whose the credential is.
#[action("me.get", read, get = "/me")]
async fn whose(cx: &ActionContext) -> Result<Value>;

/// A connector whose credential has named fields.
pub static PAIRED: ConnectorDefinition = ConnectorDefinition::new("paired", "Paired", "1.0.0")
    .description("An API that asks for a site and a key")
    .base_url("{base_url}")
    .auth(&[Auth::custom(
        "Site and key",
        &[plain_field("site", "Site"), secret_field("key", "Key")],
    )])
    .actions(actions![whose]);

/// A connector whose API takes a key, and says whose it is.
pub static KEYED: ConnectorDefinition = ConnectorDefinition::new("keyed", "Keyed", "1.0.0")
    .description("An API that asks for a key")
    .base_url("{base_url}")
    .auth(&[Auth::api_key_header("API key", "x-key")])
    .identity("/me", account)
    .actions(actions![whose]);

/// Tells how the service is.
#[action("status.get", read, get = "/api/status", scopes = ["tasks.read"])]
async fn status(cx: &ActionContext) -> Result<Value>;

/// A connector whose accounts are the gateway's own, without a person.
pub static MACHINE: ConnectorDefinition = ConnectorDefinition::new("machine", "Machine", "1.0.0")
    .description("An API that lets the client itself in")
    .base_url("https://machine.example.com")
    .auth(&[Auth::client_credentials(
        "https://machine.example.com/token",
        &[scope("tasks.read", "Read the tasks")],
    )
    .default_scopes(&["tasks.read"])])
    .actions(actions![status]);

/// A connector that is announced.
pub static SOON: ConnectorDefinition = ConnectorDefinition::new("soon", "Soon", "1.0.0")
    .description("An API that is to come")
    .base_url("https://soon.example.com")
    .availability(Availability::ComingSoon)
    .auth(&[Auth::bearer_token("Token")])
    .actions(actions![whose]);
