//! Connectors for unit tests, written without macros.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::param::{Constraint, Kind, ParamEntry, ParamSpec};
use plugwright_sdk::{
    ActionContext, ActionDefinition, ActionResult, Auth, BoxFuture, ConnectorDefinition, Effect, Invocation, Meta, Page,
    Param, Result, Returns, path,
};
use serde_json::{Map, Value, json};

const fn spec(name: &'static str, description: &'static str, kind: Kind, schema: fn() -> Map<String, Value>) -> ParamSpec {
    ParamSpec {
        name,
        description,
        required: false,
        nullable: false,
        kind,
        schema,
        constraints: &[],
        default: None,
        example: None,
        deprecated: None,
    }
}

const SHOP_ID: ParamSpec = ParamSpec { required: true, ..spec("shop", "The shop.", Kind::String, String::schema) };
const SIZE: ParamSpec = ParamSpec {
    constraints: &[Constraint::Range { min: Some(1.0), max: Some(100.0), exclusive: false }],
    default: Some(|| json!(30)),
    ..spec("size", "Items per page.", Kind::Integer, || {
        Map::from_iter([("type".to_owned(), "integer".into())])
    })
};
const TAGS: ParamSpec = spec("tags", "Only items with these tags.", Kind::Array, Vec::<String>::schema);

fn output() -> Value {
    json!({ "type": "array", "items": { "type": "object", "additionalProperties": false, "properties": {
        "number": { "type": "integer", "description": "Number within the shop." },
        "title": { "type": "string", "description": "Name." },
        "tags": { "type": "array", "items": { "type": "string" } },
        "note": { "type": "string" }
    }, "required": ["number", "title"] } })
}

fn list<'a>(cx: &'a ActionContext, shop: &str) -> BoxFuture<'a, Result<ActionResult>> {
    let path = path!("/shops/{shop}/items", shop = shop);
    Box::pin(async move {
        let page: Page<Value> = cx.get(path).page(LinkHeader).await?;
        let meta = Meta { has_more: Some(page.cursor.is_some()), cursor: page.cursor, total_count: page.total_count };
        Ok(ActionResult { data: page.items.into(), meta, raw: None })
    })
}

pub(crate) static ITEMS_LIST: ActionDefinition = ActionDefinition::new(
    "items.list",
    Effect::Read,
    "Lists the items of a shop, cheapest first.\n\nItems that are sold out are left out.",
    Returns::List,
    &[ParamEntry::One(SHOP_ID), ParamEntry::One(SIZE), ParamEntry::One(TAGS)],
    output,
    |decoder| {
        let shop: Option<String> = decoder.take(&SHOP_ID);
        let size: Option<u32> = decoder.take_or(&SIZE, || Some(30));
        let tags: Option<Option<Vec<String>>> = decoder.take(&TAGS);
        let (shop, _, _) = (shop?, size?, tags?);
        Some(Invocation::new(move |cx| list(cx, &shop)))
    },
);

pub(crate) static ITEMS_DELETE: ActionDefinition = ActionDefinition::new(
    "items.delete",
    Effect::Destructive,
    "Deletes an item of a shop.",
    Returns::Single,
    &[ParamEntry::One(SHOP_ID)],
    || json!({ "type": "object", "properties": {}, "additionalProperties": false }),
    |decoder| {
        let _: String = decoder.take(&SHOP_ID)?;
        None
    },
)
.idempotent();

const RECORDED: &str = r#"{
    "action": "items.list",
    "provenance": { "kind": "constructed", "source": "this test" },
    "call": { "input": { "shop": "seven", "tags": ["a", "b"] }, "all_pages": true },
    "exchanges": [
        {
            "request": { "method": "GET", "url": "https://shop.example.com/shops/seven/items" },
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

pub(crate) static SHOP: ConnectorDefinition = ConnectorDefinition::new("test-shop", "Test shop", "1.0.0")
    .base_url("https://shop.example.com")
    .auth(&[Auth::bearer_token("Shop token")])
    .cassettes(&[("items.list.json", RECORDED)])
    .actions(&[&ITEMS_LIST, &ITEMS_DELETE]);

pub(crate) static REGIONAL: ConnectorDefinition = ConnectorDefinition::new("regional", "Regional", "1.0.0")
    .base_url("https://{site}.example.com")
    .actions(&[&ITEMS_LIST]);
