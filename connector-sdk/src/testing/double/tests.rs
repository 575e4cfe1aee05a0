use std::sync::Arc;

use http::{HeaderMap, Method};
use serde_json::json;

use super::*;
use crate::cassette::Cassette;
use crate::graphql::Operation as GraphqlOperation;
use crate::pagination::LinkHeader;
use crate::testing::block_on;
use crate::{
    Action as _, ActionContext, ConnectorDefinition, ErrorCode, Inquiry, Page, Result,
    Value as Json, action, actions, model, path, run,
};

/// An item of a shop.
#[model]
struct Item {
    /// Its number.
    id: u64,
    /// Name.
    title: String,
    /// When it was made.
    created_at: String,
}

/// Lists items.
#[action("items.list", read)]
async fn list(
    cx: &ActionContext,
    /// The shop.
    shop: String,
    /// Only those made since.
    since: Option<String>,
) -> Result<Page<Item>> {
    cx.get(path!("/shops/{shop}/items"))
        .query("since", since)
        .page(LinkHeader)
        .await
}

/// Finds an item by its title.
#[action("items.find", read, get = "/shops/{shop}/items/{title}")]
async fn find(
    cx: &ActionContext,
    /// The shop.
    shop: String,
    /// Its title.
    title: String,
) -> Result<Item>;

/// Shows the shop, which is no item.
#[action("shops.get", read, get = "/shops/{shop}")]
async fn shop(
    cx: &ActionContext,
    /// The shop.
    shop: String,
) -> Result<Json>;

/// Makes an item.
#[action("items.create", write, post = "/shops/{shop}/items", json)]
async fn create(
    cx: &ActionContext,
    /// The shop.
    shop: String,
    /// Name.
    title: String,
) -> Result<Item>;

/// Removes an item.
#[action("items.delete", destructive, delete = "/shops/{shop}/items/{title}")]
async fn delete(
    cx: &ActionContext,
    /// The shop.
    shop: String,
    /// Its title.
    title: String,
) -> Result<()>;

/// What was made also shows in the shop, and in its stock.
fn evidence(inquiry: &Inquiry<'_>) -> Option<(u16, Json)> {
    let name = match inquiry.path()[..] {
        [.., "shops", name] => name,
        [.., "stock", kind] if inquiry.is_param(kind, "title") => {
            let made = inquiry.applied.iter().map(|write| write.answer.clone());
            return inquiry.recorded_with(made, &inquiry.query("like")?, "");
        }
        _ => return None,
    };
    let made = inquiry.applied.iter().map(|write| &write.answer["id"]);
    let sent = inquiry.applied.iter().map(|write| write.json());
    let known = json!({
        "shop": name,
        "action": inquiry.action,
        "made": made.collect::<Vec<_>>(),
        "sent": sent.collect::<Vec<_>>(),
    });
    Some((200, known))
}

static SHOP: ConnectorDefinition = ConnectorDefinition::new("shop", "Shop", "1.0.0")
    .base_url("https://shop.example.com")
    .cassettes(&[
        (
            "items.create.json",
            r#"{
                "action": "items.create",
                "provenance": { "kind": "constructed", "source": "this test" },
                "call": { "input": { "shop": "one", "title": "Lamp" } },
                "exchanges": [{
                    "request": { "method": "POST", "url": "https://shop.example.com/shops/one/items" },
                    "response": {
                        "status": 201,
                        "body": { "json": { "id": 2, "title": "Rug", "created_at": "2017-10-10T16:00:00Z" } }
                    }
                }]
            }"#,
        ),
        (
            "items.delete.json",
            r#"{
                "action": "items.delete",
                "provenance": { "kind": "constructed", "source": "this test" },
                "call": { "input": { "shop": "one", "title": "Rug" } },
                "exchanges": [{
                    "request": { "method": "DELETE", "url": "https://shop.example.com/shops/one/items/Rug" },
                    "response": { "status": 204 }
                }]
            }"#,
        ),
        (
            "items.list.json",
            r#"{
                "action": "items.list",
                "provenance": { "kind": "constructed", "source": "this test" },
                "call": { "input": { "shop": "two" } },
                "exchanges": [{
                    "request": { "method": "GET", "url": "https://shop.example.com/shops/two/items" },
                    "response": {
                        "status": 200,
                        "headers": { "link": "</shops/two/items?page=2>; rel=\"next\"" },
                        "body": { "json": [{ "id": 1, "title": "Bed", "created_at": "2016-10-10T16:00:00Z" }] }
                    }
                }]
            }"#,
        ),
        (
            "items.all.json",
            r#"{
                "action": "items.all",
                "provenance": { "kind": "constructed", "source": "this test" },
                "call": {},
                "exchanges": [{
                    "request": { "method": "GET", "url": "https://shop.example.com/items" },
                    "response": {
                        "status": 200,
                        "body": { "json": [
                            { "id": 2, "title": "Rug", "created_at": "2017-10-10T16:00:00Z" },
                            { "id": 1, "title": "Bed", "created_at": "2016-10-10T16:00:00Z" }
                        ] }
                    }
                }]
            }"#,
        ),
        (
            "items.find.json",
            r#"{
                "action": "items.find",
                "provenance": { "kind": "constructed", "source": "this test" },
                "call": { "input": { "shop": "two", "title": "Bed" } },
                "exchanges": [{
                    "request": { "method": "GET", "url": "https://shop.example.com/shops/two/items/Bed" },
                    "response": {
                        "status": 200,
                        "body": { "json": { "id": 1, "title": "Bed", "created_at": "2016-10-10T16:00:00Z" } }
                    }
                }]
            }"#,
        ),
    ])
    .evidence(evidence)
    .actions(actions![list, find, shop, create, delete]);

fn action(name: &str) -> &'static crate::action::ActionDefinition {
    let mut actions = SHOP.actions().iter();
    actions.find(|action| action.name() == name).unwrap()
}

fn call(cx: &ActionContext, name: &str, input: Json) -> Result<Json> {
    block_on(run(action(name), cx, input)).map(|result| result.data.into_value())
}

fn rehearsal() -> Rehearsal {
    rehearsal_of("items.create")
}

fn rehearsal_of(name: &str) -> Rehearsal {
    let cassettes = Cassette::shipped(SHOP.cassettes()).unwrap();
    Rehearsal::new(&SHOP, action(name), &cassettes).unwrap()
}

#[test]
fn what_a_write_made_shows_in_reads_of_its_type() {
    let rehearsal = rehearsal();
    let double = Arc::new(rehearsal.double());
    let cx = rehearsal.context(Arc::clone(&double));
    let since = json!({ "shop": "one", "since": "2030-01-31" });
    let named = json!({ "shop": "one", "title": "Lamp" });

    let before = call(&cx, "items.list", since.clone()).unwrap();
    assert_eq!(before.as_array().unwrap().len(), 1);
    let missing = call(&cx, "items.find", named.clone()).unwrap_err();
    assert_eq!(missing.code(), ErrorCode::NotFound);

    let made = call(&cx, "items.create", rehearsal.input()).unwrap();
    assert_eq!(made["title"], "Lamp");
    assert_ne!(made["created_at"], "2017-10-10T16:00:00Z");
    let after = call(&cx, "items.list", since).unwrap();
    assert_eq!(after, json!([made, before[0]]));
    assert_eq!(call(&cx, "items.find", named).unwrap(), made);

    // What the reads don't say, nobody knows.
    assert!(double.unknown().is_empty());
    call(&cx, "items.list", json!({ "shop": "two" })).unwrap_err();
    assert_eq!(
        double.unknown(),
        ["GET https://shop.example.com/shops/two/items"]
    );
}

#[test]
fn what_a_write_deletes_shows_no_longer() {
    let rehearsal = rehearsal_of("items.delete");
    let cx = rehearsal.context(Arc::new(rehearsal.double()));
    assert_eq!(call(&cx, "items.find", rehearsal.input()).unwrap()["id"], 1);
    call(&cx, "items.delete", rehearsal.input()).unwrap();
    let gone = call(&cx, "items.find", rehearsal.input()).unwrap_err();
    assert_eq!(gone.code(), ErrorCode::NotFound);
}

#[test]
fn the_connector_tells_what_no_recording_does() {
    let rehearsal = rehearsal();
    let cx = rehearsal.context(Arc::new(rehearsal.double()));
    let told = || call(&cx, "shops.get", json!({ "shop": "two" })).unwrap();
    let nothing = json!({ "shop": "two", "action": "items.create", "made": [], "sent": [] });
    assert_eq!(told(), nothing);
    call(&cx, "items.create", rehearsal.input()).unwrap();
    let one = json!({ "shop": "two", "action": "items.create", "made": [2], "sent": [{ "title": "Lamp" }] });
    assert_eq!(told(), one);
}

#[test]
fn the_connector_shows_what_was_made_among_what_was_recorded() {
    let rehearsal = rehearsal();
    let cx = rehearsal.context(Arc::new(rehearsal.double()));
    let told = |path: &str, like: &str| {
        let request = cx.get(path).query("like", like);
        block_on(request.fetch::<Json>())
    };
    let before = told("/stock/Lamp", "items.list").unwrap();
    assert_eq!(before[0]["title"], "Bed");
    // In a recording of what the call makes, it is not there before.
    assert_eq!(told("/stock/Lamp", "items.all").unwrap(), before);
    let made = call(&cx, "items.create", rehearsal.input()).unwrap();
    let after = json!([made, before[0]]);
    assert_eq!(told("/stock/%4Camp", "items.all").unwrap(), after);
    told("/stock/Rug", "items.list").unwrap_err();
    told("/stock/Lamp", "items.other").unwrap_err();
}

#[test]
fn the_connector_knows_better_than_the_reads_of_a_type() {
    fn evidence(inquiry: &Inquiry<'_>) -> Option<(u16, Json)> {
        let [.., "items", _] = inquiry.path()[..] else {
            return None;
        };
        Some((404, "none of this name".into()))
    }
    static EMPTY: ConnectorDefinition = ConnectorDefinition::new("empty", "Empty", "1.0.0")
        .base_url("https://shop.example.com")
        .cassettes(SHOP.cassettes())
        .evidence(evidence)
        .actions(SHOP.actions());
    let cassettes = Cassette::shipped(EMPTY.cassettes()).unwrap();
    let rehearsal = Rehearsal::new(&EMPTY, action("items.create"), &cassettes).unwrap();
    let cx = rehearsal.context(Arc::new(rehearsal.double()));
    call(&cx, "items.create", rehearsal.input()).unwrap();
    let missing = call(&cx, "items.find", rehearsal.input()).unwrap_err();
    assert_eq!(missing.code(), ErrorCode::NotFound);
}

#[test]
fn what_nobody_sees_does_not_count() {
    let rehearsal = rehearsal();
    let double = Arc::new(rehearsal.double());
    let cx = rehearsal.context(Arc::clone(&double));
    let make = || cx.post("/shops/one/items").field("title", "Lamp");
    block_on(make().unseen().send()).unwrap();
    assert!(double.applied().is_empty());
    block_on(make().send()).unwrap();
    assert_eq!(double.applied().len(), 1);
}

#[test]
fn a_cut_loses_one_answer() {
    for cut in Cut::ALL {
        let rehearsal = rehearsal();
        let double = Arc::new(rehearsal.double());
        double.cut_at(1, cut);
        let cx = rehearsal.context(Arc::clone(&double));
        let ends = [(); 3].map(|()| call(&cx, "items.create", rehearsal.input()).map(drop));
        let [Ok(()), Err(error), Ok(())] = ends else {
            panic!("{cut:?}: {ends:?}");
        };
        assert!(error.is_ambiguous(), "{cut:?}: {error}");
        let applied = if cut == Cut::Unreceived { 2 } else { 3 };
        assert_eq!((double.sent(), double.applied().len()), (3, applied));
        assert!(double.applied()[0].creates);
    }
}

#[test]
fn an_answer_without_a_body_comes_whole_or_not_at_all() {
    let double = Double::new(|_: &Request| Ok(Response::new(204, HeaderMap::new(), "")));
    double.cut_at(0, Cut::Truncated);
    let url = "https://shop.example.com/items/1".parse().unwrap();
    let answer = block_on(double.send(&Request::new(Method::DELETE, url))).unwrap();
    assert_eq!(answer.status, 204);
}

#[test]
fn only_writes_that_were_done_count() {
    const ADD: GraphqlOperation = GraphqlOperation::new("mutation Add { add { id } }");
    const LIST: GraphqlOperation = GraphqlOperation::new("query List { items { id } }");
    let applied = |method: Method, operation, status, body: Json| {
        let answer =
            move |_: &Request| Ok(Response::new(status, HeaderMap::new(), body.to_string()));
        let double = Double::new(answer);
        let mut request = Request::new(method, "https://shop.example.com/".parse().unwrap());
        request.operation = operation;
        block_on(double.send(&request)).unwrap();
        double.applied().len()
    };
    for (expected, method, operation, status, body) in [
        (1, Method::POST, None, 200, json!({})),
        (1, Method::POST, None, 303, json!({})),
        (0, Method::POST, None, 307, json!({})),
        (0, Method::POST, None, 422, json!({})),
        (0, Method::GET, None, 200, json!({})),
        (
            1,
            Method::POST,
            Some(ADD),
            200,
            json!({ "data": { "add": { "id": 1 } } }),
        ),
        (
            0,
            Method::POST,
            Some(ADD),
            200,
            json!({ "data": { "add": null }, "errors": [{}] }),
        ),
        (0, Method::POST, Some(ADD), 200, json!({ "errors": [{}] })),
        (
            0,
            Method::POST,
            Some(LIST),
            200,
            json!({ "data": { "items": [] } }),
        ),
    ] {
        assert_eq!(
            applied(method, operation, status, body.clone()),
            expected,
            "{status} {body}"
        );
    }
}
