//! Connectors whose accounts people connect: by OAuth, by a key, and by fields of their own.

use plugwright_sdk::{
    Account, ActionContext, Auth, ConnectorDefinition, Credential, Result, Value, action, actions,
    plain_field, scope, secret_field,
};

/// Lists the tickets of the signed-in account.
#[action("tickets.list", read, scopes = ["desk.read"])]
async fn list_tickets(cx: &ActionContext) -> Result<Value> {
    cx.get("/api/tickets").fetch().await
}

/// Opens a ticket.
#[action("tickets.create", write, post = "/api/tickets", json, scopes = ["desk.write"])]
async fn create_ticket(
    cx: &ActionContext,
    /// What it is about.
    subject: String,
) -> Result<Value>;

fn account(answer: &Value) -> Option<Account> {
    let name = answer["account"].as_str()?;
    Some(Account {
        id: name.to_owned(),
        label: format!("{name}@example.com"),
    })
}

/// A connector with OAuth, whose API is an authorization server's resource.
pub static DESK: ConnectorDefinition = ConnectorDefinition::new("desk", "Desk", "1.0.0")
    .description("Tickets")
    .base_url("https://desk.example.com")
    .auth(&[Auth::oauth2(
        "https://desk.example.com/auth",
        "https://desk.example.com/token",
        &[
            scope("openid", "Know who you are"),
            scope("desk.read", "Read your tickets"),
            scope("desk.write", "Open tickets"),
        ],
    )
    .default_scopes(&["openid", "desk.read"])])
    .identity("/api/me", account)
    .actions(actions![list_tickets, create_ticket]);

/// Lists the messages of the account.
#[action("messages.list", read, get = "/messages")]
async fn list_messages(cx: &ActionContext) -> Result<Value>;

/// Sends a message.
#[action("messages.send", write, post = "/messages", json)]
async fn send_message(
    cx: &ActionContext,
    /// What it says.
    text: String,
) -> Result<Value>;

/// A connector with a key, whose API is wherever a setting says.
pub static MAIL: ConnectorDefinition = ConnectorDefinition::new("mail", "Mail", "1.0.0")
    .description("Messages")
    .base_url("{base_url}")
    .auth(&[Auth::api_key_header("API key", "x-api-key")])
    .identity("/me", account)
    .actions(actions![list_messages, send_message]);

/// Lists the deals of the account.
#[action("deals.list", read)]
async fn list_deals(cx: &ActionContext) -> Result<Value> {
    let Credential::Custom { fields } = cx.credential() else {
        return cx.get("/deals").fetch().await;
    };
    let field = |name| fields.get(name).map_or("", |value| value.expose());
    cx.get("/deals")
        .header("x-email", field("email"))
        .header("x-token", field("token"))
        .fetch()
        .await
}

/// A connector with fields of its own.
pub static CRM: ConnectorDefinition = ConnectorDefinition::new("crm", "CRM", "1.0.0")
    .description("Deals")
    .base_url("{base_url}")
    .auth(&[Auth::custom(
        "Account",
        &[
            plain_field("email", "E-mail"),
            secret_field("token", "API token"),
        ],
    )])
    .actions(actions![list_deals]);
