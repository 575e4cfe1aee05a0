//! A connector whose writes can be looked for, by what was written and by key, and one whose can't.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{
    ActionContext, Auth, ConnectorDefinition, Lost, Outcome, Result, Value, action, actions, params,
};

/// Orders something; the provider takes any number of orders of one name.
#[action("orders.create", write, reconcile(natural = find_order(name)), post = "/orders", json)]
async fn order(
    cx: &ActionContext,
    /// What is ordered.
    name: String,
) -> Result<Value>;

async fn find_order(cx: &ActionContext, lost: &Lost, name: String) -> Result<Outcome<Value>> {
    let orders = cx.get("/orders").query("name", name);
    let orders = orders.pages(Whole, 1).await?;
    Ok(Outcome::in_list(orders, |order: &Value| {
        lost.covers(order["created_at"].as_str().unwrap_or_default())
    }))
}

/// Orders something with the key of the call, by which the provider finds it again.
#[action("orders.create_with_key", write, reconcile(key = find_order_by_key()))]
async fn order_with_key(
    cx: &ActionContext,
    /// What is ordered.
    name: String,
) -> Result<Value> {
    let key = cx.idempotency_key();
    cx.post("/orders").fields(params![name, key]).fetch().await
}

async fn find_order_by_key(cx: &ActionContext, lost: &Lost) -> Result<Outcome<Value>> {
    let orders = cx.get("/orders").query("key", lost.key());
    let orders = orders.pages(Whole, 1).await?;
    Ok(Outcome::in_list(orders, |_: &Value| true))
}

/// Orders something, and never looks for it.
#[action("orders.create_blindly", write, post = "/orders", json)]
async fn order_blindly(
    cx: &ActionContext,
    /// What is ordered.
    name: String,
) -> Result<Value>;

/// The connector.
pub static ORDERS: ConnectorDefinition = ConnectorDefinition::new("orders", "Orders", "1.0.0")
    .description("A shop on this machine")
    .base_url("{base_url}")
    .auth(&[Auth::bearer_token("Token")])
    .actions(actions![order, order_with_key, order_blindly]);
