//! A provider that repeats what it was sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plugwright_gateway::{
    Call, ConnectionSelector, EgressSettings, EngineSettings, Gateway, Principal, ProxyRequest,
    Target,
};
use plugwright_sdk::host::Registry;
use plugwright_sdk::{
    ActionContext, Auth, ConnectorDefinition, Credential, ErrorCode, Result, Value, action,
    actions, json, plain_field, secret_field,
};
use plugwright_tests::{Loopback, Received};

use super::bench::answer;

/// Returns what the provider says.
#[action("things.get", read)]
async fn get(cx: &ActionContext) -> Result<Value> {
    let mut request = cx.get("/thing");
    if let Some(key) = cx.credential().field("key") {
        request = request.header("x-key", key.expose());
    }
    request.fetch().await
}

/// Sends a header that the caller chooses.
#[action("things.tag", write)]
async fn tag(
    cx: &ActionContext,
    /// The tag.
    tag: String,
) -> Result<Value> {
    cx.post("/thing").header("x-tag", tag).fetch().await
}

static BASIC: ConnectorDefinition = ConnectorDefinition::new("basic", "Basic", "1.0.0")
    .base_url("{base_url}")
    .auth(&[Auth::basic("Key as the user name")])
    .actions(actions![get, tag]);

static CUSTOM: ConnectorDefinition = ConnectorDefinition::new("custom", "Custom", "1.0.0")
    .base_url("{base_url}")
    .auth(&[Auth::custom(
        "Site and key",
        &[plain_field("site", "Site"), secret_field("key", "Key")],
    )])
    .actions(actions![get]);

static LOGIN: ConnectorDefinition = ConnectorDefinition::new("login", "Login", "1.0.0")
    .base_url("{base_url}")
    .auth(&[Auth::basic("E-mail address and token").with_plain_username()])
    .actions(actions![get]);

struct Bench {
    gateway: Gateway,
    upstream: Loopback,
}

impl Bench {
    async fn new(reply: impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let egress = EgressSettings {
            allow: vec!["127.0.0.1".parse().unwrap()],
            ..EgressSettings::default()
        };
        Self {
            gateway: Gateway::builder(Registry::new([&BASIC, &CUSTOM, &LOGIN]).unwrap())
                .engine(EngineSettings {
                    egress: Some(egress),
                    ..EngineSettings::default()
                })
                .build()
                .unwrap(),
            upstream: Loopback::start(reply).await.unwrap(),
        }
    }

    /// Makes a call, and returns all that the caller sees.
    async fn shown(&self, mut call: Call, credential: Value) -> (Option<ErrorCode>, String) {
        let base_url = format!("http://{}", self.upstream.address());
        call.connection = ConnectionSelector::Credential {
            credential: serde_json::from_value::<Credential>(credential).unwrap(),
            settings: BTreeMap::from([("base_url".to_owned(), base_url)]),
        };
        call.options.raw = true;
        match self.gateway.execute(call).await.result {
            Ok(result) => (None, format!("{} {:?}", result.data.to_json(), result.raw)),
            Err(error) => {
                let json = serde_json::to_string(&error).unwrap();
                (Some(error.code()), format!("{json} {error:?}"))
            }
        }
    }
}

fn principal() -> Arc<Principal> {
    Arc::new(Principal::local())
}

fn action(name: &str, input: Value) -> Call {
    Call::action(principal(), name, input)
}

/// Repeats the headers of a request in many ways, with a status that its path names.
fn repeat(request: &Received) -> Vec<u8> {
    let sent: Vec<_> = request
        .headers
        .iter()
        .filter(|(name, _)| matches!(name.as_str(), "authorization" | "x-key"))
        .map(|(_, value)| value.clone())
        .collect();
    let sent = sent.join(" ");
    let opened = sent
        .strip_prefix("Basic ")
        .and_then(|text| STANDARD.decode(text).ok())
        .map_or(sent.clone(), |bytes| String::from_utf8(bytes).unwrap());
    let key = opened.split(':').next().unwrap_or_default().to_owned();
    let percent = key
        .bytes()
        .fold(String::new(), |text, byte| format!("{text}%{byte:02x}"));
    let number = key.parse::<u64>().ok();
    let body = json!({
        "message": format!("no such key: {opened}"),
        "sent": sent,
        opened.clone(): [opened],
        "percent": percent,
        "base64": STANDARD.encode(format!("ab{key}c")),
        "number": number,
        "email": "me@example.com",
    });
    answer(
        if request.target.contains("bad") {
            422
        } else {
            200
        },
        "",
        &body,
    )
}

#[tokio::test]
async fn no_value_of_a_credential_comes_back() {
    let bench = Bench::new(repeat).await;
    for (connector, credential, secrets) in [
        (
            "basic",
            json!({ "username": "k3y-0f-the-user", "password": "" }),
            vec!["k3y-0f-the-user"],
        ),
        (
            "basic",
            json!({ "username": "31337313373133731", "password": "x" }),
            vec!["31337313373133731"],
        ),
        (
            "custom",
            json!({ "fields": { "site": "acme-site", "key": "k3y \\ \"quoted\"" } }),
            vec!["k3y \\ \"quoted\"", "k3y \\\\"],
        ),
    ] {
        let get = action(&format!("{connector}.things.get"), json!({}));
        let proxied = |path: &str| {
            let request = ProxyRequest {
                endpoint: path.to_owned(),
                method: http::Method::GET,
                query: Vec::new(),
                headers: http::HeaderMap::new(),
                body: None,
            };
            let mut call = action("basic.things.get", json!({}));
            call.target = Target::Proxy {
                connector: connector.to_owned(),
                request: Box::new(request),
            };
            call
        };
        for call in [get, proxied("/thing"), proxied("/bad")] {
            let (_, shown) = bench.shown(call, credential.clone()).await;
            for secret in &secrets {
                let encoded = STANDARD.encode(secret);
                let hidden =
                    !shown.contains(secret) && !shown.contains(&encoded[..encoded.len() - 4]);
                assert!(hidden, "{connector}: {shown}");
            }
            assert!(shown.contains("me@example.com"), "{shown}");
            if connector == "basic" {
                assert!(shown.contains("[redacted]"), "{shown}");
            }
        }
    }
    let login = json!({ "username": "me@example.com", "password": "s3cret-of-me" });
    let get = action("login.things.get", json!({}));
    let (_, shown) = bench.shown(get, login).await;
    assert!(shown.contains("me@example.com"), "{shown}");
    assert!(!shown.contains("s3cret-of-me"), "{shown}");
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_the_callers_mistake() {
    let bench = Bench::new(repeat).await;
    let credential = json!({ "username": "k3y-0f-the-user", "password": "" });
    for bad in ["a\r\nx-evil: 1", "a\n", "\0", "\u{7f}"] {
        let call = action("basic.things.tag", json!({ "tag": bad }));
        let (code, shown) = bench.shown(call, credential.clone()).await;
        assert_eq!(code, Some(ErrorCode::ValidationError), "{shown}");
        assert!(
            shown.contains("`tag`") && shown.contains("\"status\":400"),
            "{shown}"
        );
    }
    let broken = json!({ "fields": { "site": "acme", "key": "k3y-of-acme\nx: y" } });
    let call = action("custom.things.get", json!({}));
    let (code, shown) = bench.shown(call, broken).await;
    assert_eq!(code, Some(ErrorCode::AuthInvalid), "{shown}");
    assert!(!shown.contains("k3y-of-acme"), "{shown}");
    assert!(bench.upstream.received().is_empty());
}
