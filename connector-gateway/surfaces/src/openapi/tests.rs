use std::collections::HashSet;
use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::response::Response;
use http::{HeaderValue, Request};
use plugwright_sdk::host::Registry;
use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::documents::{self, Documents, Scope};
use crate::caller::Caller;
use crate::gateway::Gateway;
use plugwright_engine::{EngineSettings, Grant, Policy, Principal};

/// Lists the trees of the shop.
#[action("trees.list", read, get = "/trees")]
async fn trees(cx: &ActionContext) -> Result<plugwright_sdk::Value>;

/// Fells a tree of the shop.
#[action(
    "trees.fell",
    destructive,
    delete = "/trees/{id}",
    deprecated = "plant one"
)]
async fn fell(
    cx: &ActionContext,
    /// Id of the tree.
    id: String,
) -> Result<plugwright_sdk::Value>;

static SHOP: ConnectorDefinition = ConnectorDefinition::new("shop", "Shop", "1.0.0")
    .base_url("https://shop.example.com")
    .actions(actions![trees, fell]);

fn gateway() -> Gateway {
    let registry = Registry::new([&plugwright_github::CONNECTOR, &SHOP]).unwrap();
    Gateway::builder(registry)
        .engine(EngineSettings::offline())
        .build()
        .unwrap()
}

fn caller(principal: Principal) -> Caller {
    Caller {
        gateway: gateway(),
        principal: Arc::new(principal),
    }
}

async fn document(principal: Principal, scope: Scope) -> Value {
    let documents = Arc::new(Documents::new());
    let rendered = documents.render(caller(principal), scope).await.unwrap();
    serde_json::from_slice(&rendered.body).unwrap()
}

fn granted(grant: Value) -> Principal {
    let grant: Grant = serde_json::from_value(grant).unwrap();
    Principal {
        grant,
        ..Principal::local()
    }
}

/// Returns everything that a document refers to within itself.
fn references(value: &Value, found: &mut HashSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                found.insert(reference.clone());
            }
            members
                .values()
                .for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

fn operations(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap();
        methods
            .iter()
            .map(move |(method, operation)| (path, method, operation))
    })
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_component_is_led_to() {
    for scope in [Scope::Whole, Scope::Connector("github".to_owned())] {
        let document = document(Principal::operator(), scope.clone()).await;
        let mut found = HashSet::new();
        references(&document, &mut found);
        for reference in &found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        for kind in ["schemas", "parameters", "responses"] {
            for name in document["components"][kind].as_object().unwrap().keys() {
                let reference = format!("#/components/{kind}/{name}");
                assert!(found.contains(&reference), "{scope:?}: {reference}");
            }
        }
    }
}

#[tokio::test]
async fn ids_of_operations_are_distinct_and_their_tags_declared() {
    let document = document(Principal::operator(), Scope::Whole).await;
    let tags: Vec<_> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    let mut ids = HashSet::new();
    for (path, method, operation) in operations(&document) {
        assert!(ids.insert(&operation["operationId"]), "{method} {path}");
        let tag = operation["tags"][0].as_str().unwrap();
        assert!(tags.contains(&tag), "{tag}");
    }
    assert_eq!(tags.iter().collect::<HashSet<_>>().len(), tags.len());
}

#[tokio::test]
async fn an_action_is_an_operation_with_its_schemas() {
    let document = document(Principal::local(), Scope::Connector("shop".to_owned())).await;
    insta::assert_json_snapshot!(document["paths"]["/v1/actions/shop.trees.fell"]);
    let input = &document["components"]["schemas"]["shop_trees_fell.input"];
    assert_eq!(input["required"], json!(["id"]));
    assert_eq!(
        document["paths"]["/v1/actions/shop.trees.list"]["post"]["responses"]["404"]["$ref"],
        "#/components/responses/Read404"
    );
}

#[tokio::test]
async fn a_document_has_what_the_grant_allows() {
    let paths = |document: &Value| -> Vec<String> {
        let paths = document["paths"].as_object().unwrap().keys();
        let own = |path: &String| path.contains('{') || !path.starts_with("/v1/actions/");
        paths
            .filter(|path| !own(path) && path.contains('.'))
            .cloned()
            .collect()
    };
    for (grant, actions) in [
        (json!({ "actions": [] }), &[][..]),
        (
            json!({ "actions": ["shop.*"], "effects": ["read"] }),
            &["/v1/actions/shop.trees.list"],
        ),
        (
            json!({ "actions": ["shop.*"], "blockedActions": ["*.list"] }),
            &["/v1/actions/shop.trees.fell"],
        ),
    ] {
        let document = document(granted(grant), Scope::Whole).await;
        assert_eq!(paths(&document), actions);
        assert_eq!(document["paths"].get("/admin/tokens"), None);
        assert_eq!(document["paths"].get("/v1/proxy/{service}"), None);
    }
    let all = document(Principal::operator(), Scope::Whole).await;
    assert!(all["paths"].get("/admin/tokens").is_some());
    assert!(all["paths"].get("/v1/proxy/{service}").is_some());
}

#[tokio::test]
async fn what_the_deployment_does_not_allow_is_in_no_document() {
    let policy = Policy {
        blocked_actions: ["shop.trees.fell".parse().unwrap()].into_iter().collect(),
        ..Policy::default()
    };
    let gateway = Gateway::builder(Registry::new([&SHOP]).unwrap())
        .engine(EngineSettings {
            policy,
            ..EngineSettings::offline()
        })
        .build()
        .unwrap();
    let documents = Arc::new(Documents::new());
    let caller = Caller {
        gateway,
        principal: Arc::new(Principal::operator()),
    };
    let rendered = documents.render(caller, Scope::Whole).await.unwrap();
    let text = std::str::from_utf8(&rendered.body).unwrap();
    assert!(text.contains("shop.trees.list") && !text.contains("shop.trees.fell"));
}

#[tokio::test]
async fn callers_who_see_the_same_get_the_same_bytes() {
    let documents = Arc::new(Documents::new());
    let render = |grant: Value| documents.render(caller(granted(grant)), Scope::Whole);
    let one = render(json!({ "actions": ["shop.*"], "organizations": ["a"] })).await;
    let same = render(json!({ "actions": ["shop.*"], "organizations": ["b"] })).await;
    let other = render(json!({ "actions": ["github.*"] })).await;
    assert!(Arc::ptr_eq(one.as_ref().unwrap(), &same.unwrap()));
    assert_ne!(one.unwrap().tag, other.unwrap().tag);
}

#[tokio::test]
async fn an_unknown_connector_and_one_that_is_not_seen_are_answered_alike() {
    let documents = Arc::new(Documents::new());
    for name in ["shop", "shp"] {
        let caller = caller(granted(json!({ "actions": ["github.*"] })));
        let scope = Scope::Connector(name.to_owned());
        let error = documents.render(caller, scope).await.unwrap_err();
        assert_eq!(error.message(), format!("no connector is named `{name}`"));
    }
}

#[test]
fn what_is_too_much_for_one_document_is_led_to() {
    let caller = caller(Principal::local());
    let document = documents::whole(&caller, 1);
    assert!(operations(&document).all(|(path, _, _)| !path.contains("shop")));
    let shop = json!({
        "name": "shop",
        "description": "",
        "externalDocs": {
            "url": "/openapi/shop.json",
            "description": "The actions as operations.",
        },
    });
    assert!(document["tags"].as_array().unwrap().contains(&shop));
    let description = document["info"]["description"].as_str().unwrap();
    let count = caller.gateway.engine().registry().action_count();
    assert!(
        description.contains(&format!(" {count} actions")),
        "{description}"
    );
}

async fn get(gateway: &Gateway, path: &str, if_none_match: Option<&HeaderValue>) -> Response {
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    if let Some(tag) = if_none_match {
        request.headers_mut().insert(IF_NONE_MATCH, tag.clone());
    }
    gateway.router().oneshot(request).await.unwrap()
}

#[tokio::test]
async fn without_a_token_nothing_is_told() {
    for path in ["/openapi.json", "/openapi/shop.json"] {
        assert_eq!(get(&gateway(), path, None).await.status(), 401);
    }
}

#[tokio::test]
async fn who_has_the_document_does_not_get_it_again() {
    let registry = Registry::new([&SHOP]).unwrap();
    let builder = Gateway::builder(registry).allow_anonymous(true);
    let open = builder.engine(EngineSettings::offline()).build().unwrap();
    for path in ["/openapi.json", "/openapi/shop.json"] {
        let answer = get(&open, path, None).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/json");
        let tag = &answer.headers()[ETAG];
        assert_eq!(get(&open, path, Some(tag)).await.status(), 304);
    }
    for path in ["/openapi/shop", "/openapi/.json", "/openapi/hop.json"] {
        assert_eq!(get(&open, path, None).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn bodies_are_described_by_what_reads_them() {
    let mut bodies = std::collections::BTreeMap::new();
    let project = Principal {
        project: Some(uuid::Uuid::nil()),
        ..Principal::local()
    };
    for principal in [Principal::operator(), project] {
        let document = document(principal, Scope::Whole).await;
        for (_, _, operation) in operations(&document).filter(|(path, ..)| !path.contains('.')) {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            if let Some(body) = operation["requestBody"]["content"].get("application/json") {
                bodies.insert(id, body["schema"].to_string());
            }
        }
        let schemas = &document["components"]["schemas"];
        for name in [
            "CallOptions",
            "ConnectionName",
            "CredentialInput",
            "GrantChange",
        ] {
            if let Some(schema) = schemas.get(name) {
                bodies.insert(name.to_owned(), schema.to_string());
            }
        }
    }
    let lines: Vec<_> = bodies
        .iter()
        .map(|(id, body)| format!("{id}: {body}"))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[tokio::test]
async fn every_schema_is_one() {
    let document = document(Principal::operator(), Scope::Whole).await;
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(jsonschema::meta::is_valid(schema), "{name}");
    }
}
