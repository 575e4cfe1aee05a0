//! Security requirements.

use std::sync::Arc;

use plugwright_sdk::host::{Registry, SchemeParts};
use plugwright_sdk::testing::block_on;
use plugwright_sdk::transport::Plan;
use plugwright_sdk::{ActionContext, Credential, Value, json};

use super::{document, imported, plan, with};

#[test]
fn requirements_become_auth_schemes() {
    let schemes = json!({
        "key": { "type": "apiKey", "in": "header", "name": "X-Key" },
        "app": { "type": "apiKey", "in": "query", "name": "app_id" },
        "token": { "type": "http", "scheme": "bearer" },
        "login": { "type": "http", "scheme": "basic" },
        "sign": { "type": "oauth2", "flows": { "authorizationCode": {
            "authorizationUrl": "https://shop.test/authorize", "tokenUrl": "/token",
            "scopes": { "read": "Reads" },
        } } },
    });
    let with_security = |security: Value| {
        let paths = json!({ "/a": { "get": { "operationId": "a.get", "security": security } } });
        with(
            document(paths),
            "/components",
            json!({ "securitySchemes": schemes }),
        )
    };
    let auth = |security: Value| imported(&with_security(security)).connector.parts.auth;
    let alternatives = auth(json!([{ "sign": ["read", "write"] }, { "token": [] }, {}]));
    // A token is entered at once, so that it comes before OAuth.
    let kinds: Vec<_> = alternatives.iter().map(|auth| &auth.scheme).collect();
    let [
        SchemeParts::BearerToken { .. },
        SchemeParts::OAuth2 {
            token_endpoint,
            scopes,
            ..
        },
        SchemeParts::None,
    ] = kinds.as_slice()
    else {
        panic!("{kinds:?}");
    };
    assert_eq!(token_endpoint, "https://shop.test/token");
    assert_eq!(
        scopes
            .iter()
            .map(|scope| scope.name.as_str())
            .collect::<Vec<_>>(),
        ["read", "write"]
    );
    let only = imported(&with_security(json!([{ "sign": ["read"] }])));
    assert_eq!(only.connector.actions[0].scopes, ["read"]);

    let both = with_security(json!([{ "key": [], "app": [] }]));
    let registry = Registry::new([imported(&both).connector.connector().unwrap()]).unwrap();
    let entry = registry.find("shop.a.get").unwrap();
    let plan = Arc::new(Plan::new());
    let cx = ActionContext::builder(&entry.connector, plan.clone())
        .credential(entry.connector.auth()[0].placeholder())
        .build();
    drop(block_on(entry.action.decode(json!({})).unwrap().run(&cx)));
    let planned = plan.requests().remove(0);
    assert!(planned.url.contains("app_id="), "{}", planned.url);
    assert!(
        planned.headers.iter().any(|(name, _)| name == "x-key"),
        "{:?}",
        planned.headers
    );
    let none = auth(json!([]));
    assert!(none.is_empty(), "{none:?}");
    assert!(matches!(
        auth(json!([{ "login": [] }]))[0].scheme,
        SchemeParts::Basic
    ));
}

#[test]
fn a_credential_goes_where_its_scheme_wants_it() {
    let document = with(
        with(
            document(json!({ "/a": { "get": { "operationId": "a.get" } } })),
            "/components",
            json!({ "securitySchemes": { "key": { "type": "apiKey", "in": "query", "name": "api_key" } } }),
        ),
        "/security",
        json!([{ "key": [] }]),
    );
    let planned = plan(&document, "a.get", json!({})).unwrap();
    assert!(
        planned.url.ends_with("?api_key={{api_key}}"),
        "{}",
        planned.url
    );
    let registry = Registry::new([imported(&document).connector.connector().unwrap()]).unwrap();
    let connector = &registry.own_connectors()[0];
    assert!(connector.auth()[0].takes(&Credential::token("k")));
}
