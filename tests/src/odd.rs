//! A connector whose provider answers in odd ways, and whose callers ask for odd things.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{
    Account, ActionContext, Auth, ConnectorDefinition, FileOutput, Page, Result, Value, action,
    actions, json, model,
};

/// What is counted.
#[model]
pub(crate) struct Amount {
    /// How many there are.
    count: u64,
    /// What they are.
    #[serde(default)]
    name: String,
}

/// Gets an amount, which is a whole number.
#[action("amounts.get", read, get = "/amount")]
async fn amount(cx: &ActionContext) -> Result<Amount>;

/// Gets whatever the provider has.
#[action("anything.get", read, get = "/anything")]
async fn anything(cx: &ActionContext) -> Result<Value>;

/// Lists pages that a header links.
#[action("pages.list", read, get = "/pages", page = LinkHeader)]
async fn pages(
    cx: &ActionContext,
    /// Only those of this color.
    color: Option<String>,
) -> Result<Page<Value>>;

/// Gets a file.
#[action("files.get", read)]
async fn file(cx: &ActionContext) -> Result<FileOutput> {
    cx.get("/file").download().await
}

/// Sends a note in a header.
#[action("notes.send", read)]
async fn note(
    cx: &ActionContext,
    /// The note.
    note: String,
) -> Result<Value> {
    cx.get("/notes").header("x-note", note).fetch().await
}

/// Finds by a text in the query.
#[action("texts.find", read)]
async fn find(
    cx: &ActionContext,
    /// The text.
    text: String,
) -> Result<Value> {
    cx.get("/texts").query("text", text).fetch().await
}

/// Returns its own parameters.
#[action("shapes.check", read)]
async fn shapes(
    _: &ActionContext,
    /// A whole number.
    count: Option<u32>,
    /// Yes or no.
    open: Option<bool>,
    /// A list of texts.
    tags: Option<Vec<String>>,
    /// A text.
    title: Option<String>,
) -> Result<Value> {
    Ok(json!({ "count": count, "open": open, "tags": tags, "title": title }))
}

fn account(answer: &Value) -> Option<Account> {
    let name = answer["account"].as_str()?;
    Some(Account {
        id: name.to_owned(),
        label: name.to_owned(),
    })
}

/// The connector.
pub static ODD: ConnectorDefinition = ConnectorDefinition::new("odd", "Odd", "1.0.0")
    .description("An API that is not as it should be")
    .base_url("{base_url}")
    .auth(&[Auth::bearer_token("Token"), Auth::basic("Account")])
    .identity("/me", account)
    .actions(actions![amount, anything, pages, file, note, find, shapes]);
