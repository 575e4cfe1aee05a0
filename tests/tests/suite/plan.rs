//! What a dry run shows is what a server receives.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use plugwright_sdk::auth::SchemeKind;
use plugwright_sdk::http::Multipart;
use plugwright_sdk::transport::{Plan, PlannedRequest};
use plugwright_sdk::{
    Action as _, ActionContext, Auth, Cassette, ConnectorDefinition, Credential, Result, Value,
    action, actions, host, json, path,
};
use plugwright_tests::{Loopback, Received, ToLoopback};

/// Has characters that are encoded in queries.
const SECRET: &str = "s3cr3t+token/with=odd&chars";

/// Headers that the HTTP library adds by itself.
const OF_THE_LIBRARY: &[&str] = &["host", "content-length", "accept-encoding"];

/// Makes an upload with every kind of part.
#[action("files.upload", write)]
async fn upload(
    cx: &ActionContext,
    /// Name of the file.
    name: String,
) -> Result<Value> {
    let form = Multipart::new().text("note", "é \"quoted\"").file(
        "file",
        name,
        "text/plain",
        "line\r\n--end",
    );
    cx.post("/upload")
        .host("files")
        .header("x-extra", "1")
        .multipart(form)
        .fetch()
        .await
}

/// Sends a form.
#[action("forms.send", write, post = "/forms/{id}", form)]
async fn form(
    cx: &ActionContext,
    /// Id.
    id: u32,
    /// Text.
    text: String,
    /// Tags.
    tags: Vec<String>,
) -> Result<Value>;

/// Sends JSON.
#[action("objects.put", write, idempotent)]
async fn put(
    cx: &ActionContext,
    /// Path with slashes.
    path: String,
    /// Text.
    text: Option<String>,
) -> Result<Value> {
    cx.put(path!("/objects/{+path}"))
        .field("text", text)
        .fetch()
        .await
}

/// Asks with a query.
#[action("objects.find", read, get = "/objects")]
async fn find(
    cx: &ActionContext,
    /// Words.
    q: String,
) -> Result<Value>;

macro_rules! connector {
    ($name:ident, $auth:expr) => {
        static $name: ConnectorDefinition = ConnectorDefinition::new("odd", "Odd", "1.0.0")
            .base_url("https://api.example.test/v1")
            .hosts(&[host("files", "https://files.example.test")])
            .auth(&[$auth])
            .actions(actions![upload, form, put, find]);
    };
}

connector!(BY_HEADER, Auth::api_key_header("Key", "x-api-key"));
connector!(BY_QUERY, Auth::api_key_query("Key", "api_key"));
connector!(BY_BASIC, Auth::basic("User"));
connector!(BY_PREFIX, Auth::prefixed_token("Bot token", "Bot"));

fn credential(connector: &ConnectorDefinition) -> Credential {
    match connector.auth()[0].kind() {
        SchemeKind::Basic => Credential::Basic {
            username: "somebody".to_owned(),
            password: SECRET.into(),
        },
        _ => Credential::token(SECRET),
    }
}

/// Puts the secret for its placeholder.
fn filled(text: &str, in_query: bool) -> String {
    let key = if in_query {
        url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect()
    } else {
        SECRET.to_owned()
    };
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("somebody:{SECRET}"));
    text.replace("{{api_key}}", &key)
        .replace("{{token}}", SECRET)
        .replace("{{base64(username:password)}}", &pair)
}

async fn planned(
    connector: &'static ConnectorDefinition,
    name: &str,
    input: &Value,
) -> PlannedRequest {
    let plan = Arc::new(Plan::new());
    let placeholder = connector.auth()[0].placeholder();
    let cx = ActionContext::builder(connector, plan.clone())
        .credential(placeholder)
        .run_id("seed")
        .build();
    let error = run(connector, &cx, name, input)
        .await
        .expect_err("nothing is sent, so nothing is answered");
    assert_eq!(error.code().as_str(), "CANCELLED", "{error}");
    plan.requests().remove(0)
}

async fn run(
    connector: &'static ConnectorDefinition,
    cx: &ActionContext,
    name: &str,
    input: &Value,
) -> Result<plugwright_sdk::ActionResult> {
    let action = connector
        .actions()
        .iter()
        .find(|action| action.name() == name)
        .expect("the action is listed");
    plugwright_sdk::run(*action, cx, input.clone()).await
}

async fn received(connector: &'static ConnectorDefinition, name: &str, input: &Value) -> Received {
    let server = Loopback::start(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec())
        .await
        .expect("a port");
    let transport = Arc::new(ToLoopback::new(&server).expect("a client"));
    let cx = ActionContext::builder(connector, transport)
        .credential(credential(connector))
        .run_id("seed")
        .build();
    // The answer fits few of the actions; what was sent is what counts.
    drop(run(connector, &cx, name, input).await);
    server
        .received()
        .into_iter()
        .next()
        .expect("a request came")
}

async fn assert_same(connector: &'static ConnectorDefinition, name: &str, input: &Value) {
    let plan = planned(connector, name, input).await;
    let sent = received(connector, name, input).await;
    let url: url::Url = filled(&plan.url, true).parse().expect("the plan has a URL");
    let target = url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    );
    assert_eq!(
        (plan.method.as_str(), target.as_str()),
        (sent.method.as_str(), sent.target.as_str()),
        "{name}"
    );
    let planned: BTreeMap<_, _> = plan
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), filled(value, false)))
        .collect();
    let above: BTreeMap<_, _> = sent
        .headers
        .iter()
        .filter(|(name, _)| !OF_THE_LIBRARY.contains(&name.as_str()))
        .cloned()
        .collect();
    assert_eq!(planned, above, "{name}");
    let body = plan
        .body
        .map(|body| body.bytes().to_vec())
        .unwrap_or_default();
    assert_eq!(
        String::from_utf8_lossy(&body),
        String::from_utf8_lossy(&sent.body),
        "{name}"
    );
}

#[tokio::test]
async fn a_plan_is_what_is_sent_for_every_action_of_github() {
    let connector = &plugwright_github::CONNECTOR;
    let cassettes = Cassette::shipped(connector.cassettes()).expect("cassettes are readable");
    for action in connector.actions() {
        assert!(
            cassettes
                .iter()
                .any(|cassette| cassette.action == action.name()),
            "{} has no cassette",
            action.name()
        );
    }
    for cassette in &cassettes {
        assert_same(
            connector,
            &cassette.action,
            &Value::Object(cassette.call.input.clone()),
        )
        .await;
    }
}

#[tokio::test]
async fn a_plan_is_what_is_sent_for_every_scheme_and_body() {
    let calls = [
        ("files.upload", json!({ "name": "a \"b\".txt" })),
        (
            "forms.send",
            json!({ "id": 7, "text": "a b&c=d é", "tags": ["x", "y"] }),
        ),
        (
            "objects.put",
            json!({ "path": "a b/c%2F?.txt", "text": "é\n\"" }),
        ),
        ("objects.put", json!({ "path": "a" })),
        ("objects.find", json!({ "q": "a+b c&d=é" })),
    ];
    for connector in [&BY_HEADER, &BY_QUERY, &BY_BASIC, &BY_PREFIX] {
        for (name, input) in &calls {
            assert_same(connector, name, input).await;
        }
    }
}

#[tokio::test]
async fn a_plan_shows_placeholders_and_never_the_secret() {
    for connector in [&BY_HEADER, &BY_QUERY, &BY_BASIC, &BY_PREFIX] {
        let plan = Arc::new(Plan::new());
        // Even when a caller gives the real credential.
        let cx = ActionContext::builder(connector, plan.clone())
            .credential(credential(connector))
            .build();
        drop(run(connector, &cx, "objects.find", &json!({ "q": "x" })).await);
        let text = serde_json::to_string(&plan.requests()).expect("a plan is JSON");
        assert!(text.contains("{{"), "{text}");
        assert!(!credential(connector).redactor().finds_in(&text), "{text}");
    }
}
