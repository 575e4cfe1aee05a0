//! Connectors for unit tests.

use plugwright_sdk::host::ActionDefinition;
use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{
    ActionContext, ActionFunction, Auth, ConnectorDefinition, Page, Result, action, actions, model,
    path,
};

/// An item of a shop.
#[model]
pub(crate) struct Item {
    /// Number within the shop.
    number: u64,
    /// Name.
    title: String,
    tags: Option<Vec<String>>,
    note: Option<String>,
}

/// Lists the items of a shop, cheapest first.
///
/// Items that are sold out are left out.
#[action("items.list", read)]
pub(crate) async fn list(
    cx: &ActionContext,
    /// The shop.
    shop: String,
    /// Items per page.
    #[param(provider_default = 30, range(1..=100))]
    size: Option<u32>,
    /// Only items with these tags.
    tags: Option<Vec<String>>,
) -> Result<Page<Item>> {
    cx.get(path!("/shops/{shop}/items", shop = shop))
        .query("size", size)
        .query("tag", tags)
        .page(LinkHeader)
        .await
}

/// Deletes an item of a shop.
#[action("items.delete", destructive, idempotent)]
pub(crate) async fn delete(
    cx: &ActionContext,
    /// The shop.
    shop: String,
) -> Result<()> {
    cx.delete(path!("/shops/{shop}", shop = shop)).fetch().await
}

pub(crate) static ITEMS_LIST: &ActionDefinition = <list as ActionFunction>::DEFINITION;
pub(crate) static ITEMS_DELETE: &ActionDefinition = <delete as ActionFunction>::DEFINITION;

const RECORDED: &str = r#"{
    "action": "items.list",
    "provenance": { "kind": "constructed", "source": "this test" },
    "call": { "input": { "shop": "seven", "tags": ["a", "b"] }, "all_pages": true },
    "exchanges": [
        {
            "request": { "method": "GET", "url": "https://shop.example.com/shops/seven/items?tag=a&tag=b" },
            "response": {
                "status": 200,
                "headers": { "link": "</shops/seven/items?page=2>; rel=\"next\"" },
                "body": { "json": [{ "number": 1, "title": "One" }, { "number": 2, "title": "Two" }] }
            }
        },
        {
            "request": { "method": "GET", "url": "https://shop.example.com/shops/seven/items?page=2" },
            "response": { "status": 200, "body": { "json": [{ "number": 3, "title": "Three" }] } }
        }
    ]
}"#;

const RECORDED_IN_EUROPE: &str = r#"{
    "action": "items.list",
    "provenance": { "kind": "constructed", "source": "the tests" },
    "call": { "input": { "shop": "seven" }, "settings": { "site": "eu" } },
    "exchanges": [{
        "request": { "method": "GET", "url": "https://eu.example.com/shops/seven/items" },
        "response": { "status": 200, "body": { "json": [{ "number": 1, "title": "One" }] } }
    }]
}"#;

const RECORDED_IN_AMERICA: &str = r#"{
    "action": "items.list",
    "provenance": { "kind": "constructed", "source": "the tests" },
    "call": { "input": { "shop": "eight" }, "settings": { "site": "us" } },
    "exchanges": [{
        "request": { "method": "GET", "url": "https://us.example.com/shops/eight/items" },
        "response": { "status": 200, "body": { "json": [{ "number": 2, "title": "Two" }] } }
    }]
}"#;

pub(crate) static SHOP: ConnectorDefinition =
    ConnectorDefinition::new("test-shop", "Test shop", "1.0.0")
        .base_url("https://shop.example.com")
        .auth(&[Auth::bearer_token("Shop token")])
        .cassettes(&[("items.list.json", RECORDED)])
        .actions(actions![list, delete]);

pub(crate) static REGIONAL: ConnectorDefinition =
    ConnectorDefinition::new("regional", "Regional", "1.0.0")
        .base_url("https://{site}.example.com")
        .cassettes(&[
            ("items.list.json", RECORDED_IN_EUROPE),
            ("items.list.us.json", RECORDED_IN_AMERICA),
        ])
        .actions(actions![list]);
