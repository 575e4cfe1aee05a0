//! OOMOL's own client, as it is published, works against a gateway.
//!
//! The client is the npm package that `oomol_client/package.json` pins, the gateway a process of its
//! own, set up over HTTP as operators do it. `check.mjs` calls every method of the two clients for
//! own connections and reads every kind of error: what they send (headers, paths, queries), the
//! envelope of successes and failures, what is repeated and when, the hosted and the self-hosted
//! client's methods, and the codes that the gateway has. Clients for projects (`/v1/saas`) are
//! not covered.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, OPERATOR, Setup, send, with_json};
use plugwright_tests::{Loopback, Received, npm};

/// The provider: it remembers what it was asked, until somebody asks for that.
fn upstream() -> impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static {
    let asked: Mutex<BTreeMap<String, u32>> = Mutex::default();
    move |request| {
        let path = request.target.split('?').next().unwrap_or_default();
        let mut asked = asked.lock().expect("no test thread panicked");
        if path == "/asked" {
            return reply(200, &json!(std::mem::take(&mut *asked)));
        }
        let times = asked
            .entry(format!("{} {path}", request.method))
            .or_default();
        *times += 1;
        let first = *times == 1;
        drop(asked);
        if path == "/things/limited" && first {
            return b"HTTP/1.1 429 Said\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n".to_vec();
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        answer(request, path, &body)
    }
}

fn answer(request: &Received, path: &str, body: &Value) -> Vec<u8> {
    let header = |name: &str| {
        let found = request.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    };
    // Not the token itself: the gateway would cut that out of the answer.
    let account = header("authorization").and_then(|value| value.strip_prefix("Bearer secret-of-"));
    let thing = json!({ "id": "1", "name": "ball" });
    match (request.method.as_str(), path) {
        ("GET", "/things/denied") => reply(401, &json!({ "message": "no" })),
        ("GET", "/things") => reply(200, &json!({ "things": [thing] })),
        ("GET", "/things/1" | "/things/limited") => reply(200, &thing),
        ("GET", "/things/who") => reply(200, &json!({ "account": account })),
        ("GET", "/things/broken") => reply(500, &json!({ "message": "out of order" })),
        ("GET", "/things/slow") => slow(&thing),
        ("POST", "/things") => match body["name"].as_str() {
            Some("broken") => reply(500, &json!({ "message": "out of order" })),
            Some("cut off") => Vec::new(),
            Some("slow") => slow(&thing),
            name => reply(201, &json!({ "id": "2", "name": name })),
        },
        ("POST", "/echo") => reply(
            200,
            &json!({
                "target": request.target,
                "account": account,
                "authorization": header("authorization"),
                "trace": header("x-trace"),
                "body": body,
            }),
        ),
        _ => reply(404, &json!({ "message": "no such thing" })),
    }
}

fn slow(body: &Value) -> Vec<u8> {
    tokio::task::block_in_place(|| std::thread::sleep(Duration::from_millis(1500)));
    reply(200, body)
}

fn reply(status: u16, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Makes the tokens, the organization and the connections that `check.mjs` speaks of; returns the
/// texts of the tokens.
async fn furnish(gateway: &GatewayProcess, upstream: &str) -> Value {
    let post = async |path: &str, body: Value| {
        let url = format!("{}/admin{path}", gateway.url());
        let request = plugwright_tests::gateway::client().post(url);
        let request = with_json(request.bearer_auth(OPERATOR), &body);
        send(request).await.expect("an answer").ok()
    };
    post("/organizations", json!({ "name": "acme" })).await;
    for (organization, name, secret) in [
        ("default", "first", "secret-of-default"),
        ("default", "second", "secret-of-second"),
        ("acme", "first", "secret-of-acme"),
    ] {
        let connection = json!({
            "connector": "local",
            "organization": organization,
            "name": name,
            "credential": { "token": secret },
            "settings": { "base_url": upstream },
        });
        post("/connections", connection).await;
    }
    let full = json!({ "proxies": ["*"], "organizations": ["default", "acme"] });
    let limited = json!({ "rateLimit": { "calls": 1, "perSeconds": 1 } });
    let reader = json!({ "effects": ["read"] });
    json!({
        "full": gateway.token("full", full).await.1,
        "limited": gateway.token("limited", limited).await.1,
        "reader": gateway.token("reader", reader).await.1,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn oomol_s_own_client_works_as_it_is() {
    let upstream = Loopback::start(upstream()).await.expect("a port");
    let provider = format!("http://{}", upstream.address());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("gateway.toml");
    let settings = format!("[connectors.free]\nbase_url = \"{provider}\"\n");
    fs::write(&file, settings).expect("a configuration file");
    // The data directory ends with it.
    let setup = Setup::new(env!("CARGO_BIN_EXE_local"))
        .argument("--config")
        .argument(file)
        // What the provider is asked again is asked by the client then.
        .env("PLUGWRIGHT_EGRESS_RETRIES", "0");
    let gateway = setup.start().await;
    let tokens = furnish(&gateway, &provider).await.to_string();

    let arguments = [gateway.url().to_owned(), provider, tokens];
    let printed = tokio::task::spawn_blocking(move || {
        let folder = npm::install("oomol_client", env!("CARGO_TARGET_TMPDIR"));
        // A proxy of the machine has no business with loopback.
        npm::run(
            Command::new("node")
                .arg("check.mjs")
                .args(arguments)
                .env("NO_PROXY", "127.0.0.1")
                .current_dir(folder),
        )
    })
    .await
    .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));

    println!("{printed}");
    assert!(
        printed.lines().count() >= 25,
        "checks were left out:\n{printed}"
    );
}
