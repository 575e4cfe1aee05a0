//! A connector whose API is wherever a setting says, so that binaries can be led to loopback.

use plugwright_sdk::pagination::{CursorField, Pagination};
use plugwright_sdk::{
    ActionContext, Auth, ConnectorDefinition, Page, Result, Value, action, actions, json, path,
};

/// Lists the things of the shelf.
#[action("things.list", read)]
pub(crate) async fn list(
    cx: &ActionContext,
    /// Things per page.
    #[param(provider_default = 50, range(1..=100))]
    limit: Option<u32>,
) -> Result<Page<Value>> {
    cx.get("/things")
        .query("limit", limit)
        .page(CursorField::new("cursor", "/next").items("/things"))
        .await
}

/// Gets one thing.
#[action("things.get", read)]
pub(crate) async fn get(
    cx: &ActionContext,
    /// Id of the thing.
    id: String,
) -> Result<Value> {
    cx.get(path!("/things/{id}")).fetch().await
}

/// Puts a thing onto the shelf.
#[action("things.create", write, post = "/things", json)]
pub(crate) async fn create(
    cx: &ActionContext,
    /// Name of the thing.
    name: String,
) -> Result<Value>;

/// Puts a thing in its place; the provider does so once for each key that it is given.
#[action("things.put", write, idempotent)]
pub(crate) async fn put(
    cx: &ActionContext,
    /// Id of the thing.
    id: String,
    /// Name of the thing.
    name: String,
) -> Result<Value> {
    cx.put(path!("/things/{id}"))
        .header("Idempotency-Key", cx.idempotency_key())
        .json(&json!({ "name": name }))
        .fetch()
        .await
}

/// The connector.
pub static LOCAL: ConnectorDefinition = ConnectorDefinition::new("local", "Local", "1.0.0")
    .description("An API on this machine")
    .base_url("{base_url}")
    .auth(&[
        Auth::bearer_token("Token"),
        Auth::basic("Account"),
        Auth::api_key_query("Key", "key"),
    ])
    .actions(actions![list, get, create, put]);

/// Lists things that are free for all.
#[action("things.list", read, get = "/things")]
async fn list_free(cx: &ActionContext) -> Result<Value>;

/// A connector without authentication; a configuration file says where its API is.
pub static FREE: ConnectorDefinition = ConnectorDefinition::new("free", "Free", "1.0.0")
    .description("An API that asks for no credential")
    .base_url("https://free.example.com")
    .actions(actions![list_free]);
