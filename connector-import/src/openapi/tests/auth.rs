//! Security requirements.

use std::sync::Arc;

use plugwright_sdk::host::{Registry, SchemeParts};
use plugwright_sdk::testing::block_on;
use plugwright_sdk::transport::Plan;
use plugwright_sdk::{ActionContext, Credential, ErrorCode, Value, json};

use super::{document, imported, plan, with};
use crate::report::Outcome;

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
            own_callback: true,
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
        SchemeParts::Basic { .. }
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

const SCHEMES: &str = r#"{
    "key": { "type": "apiKey", "in": "header", "name": "X-Key" },
    "app": { "type": "apiKey", "in": "query", "name": "app_id" },
    "login": { "type": "http", "scheme": "basic" },
    "code": { "type": "oauth2", "flows": { "authorizationCode": {
        "authorizationUrl": "https://shop.test/authorize", "tokenUrl": "https://shop.test/token",
        "scopes": { "read": "Reads" } } } },
    "machine": { "type": "oauth2", "flows": { "clientCredentials": {
        "tokenUrl": "https://shop.test/token", "scopes": { "read": "Reads" } } } }
}"#;

/// A document with one operation for each requirement, and what holds for those that say nothing.
fn requiring(general: &Value, operations: &[(&str, Value)]) -> Value {
    let schemes: Value = serde_json::from_str(SCHEMES).unwrap();
    let paths: serde_json::Map<String, Value> = operations
        .iter()
        .map(|(name, security)| {
            let mut operation = json!({ "operationId": format!("{name}.get") });
            if !security.is_null() {
                operation["security"] = security.clone();
            }
            (format!("/{name}"), json!({ "get": operation }))
        })
        .collect();
    let document = with(
        document(paths.into()),
        "/components",
        json!({ "securitySchemes": schemes }),
    );
    if general.is_null() {
        document
    } else {
        with(document, "/security", general.clone())
    }
}

/// Returns the headers and the query of a call with a credential, or its error.
fn sent(document: &Value, action: &str, credential: Credential) -> Result<String, ErrorCode> {
    let registry = Registry::new([imported(document).connector.connector().unwrap()]).unwrap();
    let entry = registry.find(action).unwrap();
    let plan = Arc::new(Plan::new());
    let cx = ActionContext::builder(&entry.connector, plan.clone())
        .credential(credential)
        .build();
    let result = block_on(entry.action.decode(json!({})).unwrap().run(&cx));
    let requests = plan.requests();
    let Some(planned) = requests.first() else {
        return Err(result.unwrap_err().code());
    };
    let mut sent: Vec<_> = planned
        .headers
        .iter()
        .filter(|(name, _)| matches!(name.as_str(), "x-key" | "authorization"))
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    sent.extend(
        planned
            .url
            .split_once('?')
            .map(|(_, query)| query.to_owned()),
    );
    Ok(sent.join(", "))
}

fn fields(names: &[&str]) -> Credential {
    Credential::Custom {
        fields: names
            .iter()
            .map(|&name| (name.to_owned(), format!("{name}-value").into()))
            .collect(),
    }
}

#[test]
fn what_needs_an_undeclared_scheme_gets_no_credential() {
    let document = requiring(
        &json!([{ "login": [] }]),
        &[
            ("known", json!(null)),
            ("unknown", json!([{ "nosuch": [] }])),
            ("either", json!([{ "nosuch": [] }, { "login": [] }])),
        ],
    );
    let basic = "authorization: Basic {{base64(username:password)}}";
    for (action, expected) in [("known", basic), ("unknown", ""), ("either", basic)] {
        let login = Credential::Basic {
            username: "u".to_owned(),
            password: "p".into(),
        };
        let sent = sent(&document, &format!("shop.{action}.get"), login);
        assert_eq!(sent.as_deref(), Ok(expected), "{action}");
    }
    let report = imported(&document).report;
    assert_eq!(report.operations[1].outcome, Outcome::Degraded);
    assert!(report.operations[1].reasons[1].ends_with("it takes no credential"));
}

#[test]
fn each_action_takes_what_its_own_requirements_name() {
    let document = requiring(
        &json!([{ "key": [], "app": [] }]),
        &[
            ("both", json!(null)),
            ("one", json!([{ "key": [] }])),
            ("either", json!([{ "app": [] }, { "login": [] }])),
            ("optional", json!([{ "login": [] }, {}])),
            ("open", json!([])),
        ],
    );
    let token = || Credential::token("t");
    let login = || Credential::Basic {
        username: "u".to_owned(),
        password: "p".into(),
    };
    let pair = || fields(&["key", "app"]);
    for (action, credential, expected) in [
        ("both", pair(), Ok("x-key: key-value, app_id=app-value")),
        ("both", token(), Err(ErrorCode::AuthInvalid)),
        ("both", Credential::None, Err(ErrorCode::AuthRequired)),
        ("one", pair(), Ok("x-key: key-value")),
        ("one", token(), Ok("x-key: {{api_key}}")),
        ("one", login(), Err(ErrorCode::AuthInvalid)),
        ("either", pair(), Ok("app_id=app-value")),
        ("either", token(), Ok("app_id={{api_key}}")),
        (
            "either",
            login(),
            Ok("authorization: Basic {{base64(username:password)}}"),
        ),
        ("optional", Credential::None, Ok("")),
        ("optional", token(), Ok("")),
        (
            "optional",
            login(),
            Ok("authorization: Basic {{base64(username:password)}}"),
        ),
        ("open", Credential::None, Ok("")),
        ("open", token(), Ok("")),
        ("open", pair(), Ok("")),
    ] {
        let name = format!("shop.{action}.get");
        let found = sent(&document, &name, credential);
        assert_eq!(found.as_deref(), expected.as_deref(), "{action}");
    }
}

#[test]
fn what_could_not_be_kept_is_sent_nothing_in_place() {
    let schemes = json!({
        "key": { "type": "apiKey", "in": "header", "name": "X-Key" },
        "app": { "type": "apiKey", "in": "query", "name": "app_id" },
        "sid": { "type": "apiKey", "in": "cookie", "name": "sid" },
        "token": { "type": "http", "scheme": "bearer" },
        "digest": { "type": "http", "scheme": "digest" },
    });
    let document = with(
        requiring(
            &json!(null),
            &[
                ("both", json!([{ "key": [], "app": [] }])),
                ("again", json!([{ "key": [], "app": [] }])),
                ("token", json!([{ "token": [] }])),
                ("session", json!([{ "sid": [] }])),
                ("digest", json!([{ "digest": [] }])),
                ("either", json!([{ "sid": [] }, { "token": [] }])),
            ],
        ),
        "/components",
        json!({ "securitySchemes": schemes }),
    );
    for action in ["session", "digest"] {
        let name = format!("shop.{action}.get");
        for credential in [Credential::token("t"), fields(&["key", "app"])] {
            assert_eq!(sent(&document, &name, credential), Ok(String::new()));
        }
    }
    assert!(
        sent(&document, "shop.either.get", Credential::token("t")).is_ok_and(|it| !it.is_empty())
    );
    let degraded: Vec<_> = imported(&document)
        .report
        .operations
        .into_iter()
        .filter(|operation| operation.outcome == Outcome::Degraded)
        .map(|operation| operation.path)
        .collect();
    assert_eq!(degraded, ["/session", "/digest"]);
}

#[test]
fn operations_that_say_nothing_need_nothing_unless_the_document_says_so() {
    let document = requiring(
        &json!(null),
        &[("silent", json!(null)), ("keyed", json!([{ "key": [] }]))],
    );
    assert_eq!(
        sent(&document, "shop.silent.get", Credential::None),
        Ok(String::new())
    );
    assert_eq!(
        sent(&document, "shop.keyed.get", Credential::None),
        Err(ErrorCode::AuthRequired)
    );
}

/// A document whose operations, at `/a` and `/b`, take a header with a credential.
fn with_parameter(description: &str, schemes: Value) -> Value {
    let operation = |id: &str, required: bool| {
        let parameter = json!({ "name": "authorization", "in": "header", "required": required,
            "description": description, "schema": { "type": "string" } });
        json!({ "get": { "operationId": id, "parameters": [parameter] } })
    };
    let paths = json!({ "/a": operation("a.get", true), "/b": operation("b.get", false) });
    with(
        document(paths),
        "/components",
        json!({ "securitySchemes": schemes }),
    )
}

#[test]
fn a_parameter_with_a_credential_is_a_scheme_where_none_is_declared() {
    for (description, expected) in [
        ("An access token", "authorization: {{api_key}}"),
        ("`Bearer {token}`", "authorization: Bearer {{token}}"),
    ] {
        let document = with_parameter(description, json!({}));
        for action in ["shop.a.get", "shop.b.get"] {
            let found = sent(&document, action, Credential::token("t"));
            assert_eq!(found.as_deref(), Ok(expected));
        }
        let without = |action| sent(&document, action, Credential::None);
        assert_eq!(without("shop.a.get"), Err(ErrorCode::AuthRequired));
        assert_eq!(without("shop.b.get"), Ok(String::new()));
        assert_eq!(imported(&document).report.count(Outcome::Imported), 2);
    }
    for (scheme, is_noted) in [
        (
            json!({ "type": "apiKey", "in": "header", "name": "X-Key" }),
            true,
        ),
        (json!({ "type": "http", "scheme": "bearer" }), false),
    ] {
        let document = with_parameter("A token", json!({ "own": scheme }));
        let reasons = &imported(&document).report.operations[0].reasons;
        let note = "header `Authorization` is not a parameter: it is for credentials";
        assert_eq!(reasons.iter().any(|reason| reason == note), is_noted);
    }
}

#[test]
fn keys_that_are_signatures_or_bearer_tokens_are_taken_for_what_they_are() {
    let with_scheme = |scheme: Value| {
        with(
            requiring(&json!([{ "own": [] }]), &[("a", json!(null))]),
            "/components",
            json!({ "securitySchemes": { "own": scheme } }),
        )
    };
    let signed = with_scheme(
        json!({ "type": "apiKey", "in": "header", "name": "Authorization",
        "x-amazon-apigateway-authtype": "awsSigv4" }),
    );
    let signed = imported(&signed);
    assert!(signed.connector.parts.auth.is_empty());
    let reasons = signed.report.operations[0].reasons.join("; ");
    assert!(
        reasons.contains("`own` is of a kind that is not supported"),
        "{reasons}"
    );
    let bearer = with_scheme(
        json!({ "type": "apiKey", "in": "header", "name": "Authorization",
        "description": "JWT Authorization header using the Bearer scheme." }),
    );
    let found = sent(&bearer, "shop.a.get", Credential::token("zz"));
    assert_eq!(found.as_deref(), Ok("authorization: Bearer {{token}}"));
}

#[test]
fn credentials_that_go_unencrypted_are_noted() {
    let document = with(
        requiring(
            &json!([{ "key": [] }]),
            &[("keyed", json!(null)), ("open", json!([]))],
        ),
        "/servers",
        json!([{ "url": "http://api.shop.test" }]),
    );
    let operations = imported(&document).report.operations;
    let found: Vec<_> = operations
        .iter()
        .map(|operation| operation.reasons.join("; "))
        .collect();
    let expected = "credentials go unencrypted: its server is http";
    assert_eq!(found, [expected, ""]);
}

#[test]
fn the_flows_of_one_client_are_one_scheme() {
    let document = requiring(
        &json!([{ "code": ["read"], "machine": ["read"] }, { "key": [] }]),
        &[("a", json!(null))],
    );
    let connector = imported(&document).connector;
    let [key, oauth] = connector.parts.auth.as_slice() else {
        panic!("{:?}", connector.parts.auth);
    };
    assert!(matches!(key.scheme, SchemeParts::ApiKeyHeader { .. }));
    let SchemeParts::OAuth2 {
        authorization_endpoint: Some(endpoint),
        ..
    } = &oauth.scheme
    else {
        panic!("{oauth:?}");
    };
    assert_eq!(endpoint, "https://shop.test/authorize");
    assert_eq!(connector.actions[0].scopes, ["read"]);
    assert_eq!(connector.actions[0].auth, None);
}

#[test]
fn requirements_without_end_are_cut() {
    let schemes: serde_json::Map<String, Value> = (0..2000)
        .map(|number| {
            let scheme = json!({ "type": "apiKey", "in": "header", "name": format!("x-{number}") });
            (format!("k{number}"), scheme)
        })
        .collect();
    let each: Vec<Value> = schemes.keys().map(|name| json!({ (name): [] })).collect();
    let all: serde_json::Map<String, Value> = schemes
        .keys()
        .map(|name| (name.clone(), json!([])))
        .collect();
    let paths = json!({
        "/each": { "get": { "operationId": "each.get", "security": each } },
        "/all": { "get": { "operationId": "all.get", "security": [all] } },
    });
    let document = with(
        document(paths),
        "/components",
        json!({ "securitySchemes": schemes }),
    );
    let imported = imported(&document);
    assert!(imported.connector.parts.auth.len() <= 33);
    for operation in &imported.report.operations {
        assert!(
            operation
                .reasons
                .iter()
                .any(|reason| reason.contains("security requirements")),
            "{:?}",
            operation.reasons
        );
    }
}
