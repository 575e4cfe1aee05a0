//! OOMOL's own client, as it is published, works against a gateway.
//!
//! The client is the npm package that `oomol_client/package.json` pins, the gateway a process of its
//! own, set up over HTTP as operators do it. `check.mjs` calls every method of the two clients for
//! own connections and reads every kind of error: what they send (headers, paths, queries), the
//! envelope of successes and failures, what is repeated and when, the hosted and the self-hosted
//! client's methods, and the codes that the gateway has. `replay.mjs` calls GitHub's actions, whose
//! API is a server that answers as GitHub did when it was recorded. The client for projects
//! (`/v1/saas`) is in `project_client.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use plugwright_gateway::{Case, Surface, answer as answer_of};
use plugwright_sdk::{Cassette, Value, json};
use plugwright_tests::gateway::{GatewayProcess, OPERATOR, Setup, send, with_json};
use plugwright_tests::{
    Likeness, Loopback, Received, npm, outcome_of_github, recorded_of_github, replaying,
};
use reqwest::Method;

use crate::fixture;

/// Longest answer of a provider that the gateway takes here.
const RESPONSE_BODY: usize = 64 << 10;

/// The provider: it remembers what it was asked, until somebody asks for that.
pub(crate) fn upstream() -> impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static {
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
        ("GET", "/things/trace") => reply(200, &json!({ "trace": header("x-trace") })),
        ("GET", "/things/large" | "/large") => large(),
        ("POST", "/things") => match body["name"].as_str() {
            Some("broken") => reply(500, &json!({ "message": "out of order" })),
            Some("cut off") => Vec::new(),
            Some("slow") => slow(&thing),
            Some("large") => large(),
            name => reply(201, &json!({ "id": "2", "name": name })),
        },
        (_, "/hang") => {
            thread::sleep(Duration::from_secs(6));
            Vec::new()
        }
        ("GET", "/cut-off") => Vec::new(),
        ("HEAD", "/method") => {
            b"HTTP/1.1 200 Said\r\ncontent-type: application/json\r\n\r\n".to_vec()
        }
        (method, "/method") => reply(200, &json!({ "method": method })),
        ("POST", "/body") => {
            let text = String::from_utf8_lossy(&request.body);
            reply(
                200,
                &json!({ "kind": header("content-type"), "text": text }),
            )
        }
        ("GET", "/text") => typed("text/plain", b"only text"),
        ("GET", "/bytes") => typed("application/octet-stream", &[0, 159, 146, 150]),
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
    thread::sleep(Duration::from_millis(1500));
    reply(200, body)
}

/// An answer that is longer than the gateway takes.
fn large() -> Vec<u8> {
    reply(
        200,
        &json!({ "id": "3", "name": "x".repeat(RESPONSE_BODY + 1) }),
    )
}

fn reply(status: u16, body: &Value) -> Vec<u8> {
    answered(status, "application/json", body.to_string().as_bytes())
}

fn typed(kind: &str, body: &[u8]) -> Vec<u8> {
    answered(200, kind, body)
}

fn answered(status: u16, kind: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// Makes the tokens, the organization and the connections that `check.mjs` speaks of; returns the
/// texts of the tokens.
pub(crate) async fn furnish(gateway: &GatewayProcess, upstream: &str) -> Value {
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
    let gateway = Setup::new(fixture::LOCAL)
        .argument("--config")
        .argument(file)
        // What the provider is asked again is asked by the client then.
        .env("PLUGWRIGHT_EGRESS_RETRIES", "0")
        .env("PLUGWRIGHT_LIMITS_CALL_TIMEOUT", "3s")
        .env("PLUGWRIGHT_LIMITS_RESPONSE_BODY", RESPONSE_BODY.to_string())
        .start()
        .await;
    let tokens = furnish(&gateway, &provider).await.to_string();
    let printed = drive("check.mjs", [gateway.url().to_owned(), provider, tokens]).await;
    assert!(
        printed.lines().count() >= 50,
        "checks were left out:\n{printed}"
    );
}

/// Runs a script of the npm package; returns what it printed.
async fn drive(script: &'static str, arguments: [String; 3]) -> String {
    let running = tokio::task::spawn_blocking(move || {
        let folder = npm::install("oomol_client", env!("CARGO_TARGET_TMPDIR"));
        // A proxy of the machine has no business with loopback.
        npm::run(
            Command::new("node")
                .arg(script)
                .args(arguments)
                .env("NO_PROXY", "127.0.0.1")
                .current_dir(folder),
        )
    });
    let printed = running
        .await
        .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    println!("{printed}");
    printed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recorded_answers_of_github_reach_oomol_s_own_client() {
    let cassettes = recorded_of_github();
    let folder = tempfile::tempdir().expect("a folder");
    let recordings = folder.path().join("recordings.json");
    let mut texts = Vec::new();
    for (name, cassette) in &cassettes {
        texts.push(recording(name, cassette).await);
    }
    assert!(texts.len() >= 50, "{}", texts.len());
    fs::write(&recordings, json!(texts).to_string()).expect("a file");
    let upstream = Loopback::start(replaying(cassettes, Likeness::Whole))
        .await
        .expect("a port");
    let provider = format!("http://{}", upstream.address());
    let file = folder.path().join("gateway.toml");
    let settings = format!("[connectors.github]\nbase_url = \"{provider}\"\n");
    fs::write(&file, settings).expect("a configuration file");
    let gateway = Setup::new(fixture::GITHUB)
        .argument("--config")
        .argument(file)
        .env("PLUGWRIGHT_EGRESS_RETRIES", "0")
        .start()
        .await;
    let connection = json!({
        "connector": "github",
        "credential": { "token": "secret-of-github" },
        "test": false,
    });
    let made = gateway.admin(Method::POST, "/connections", Some(connection));
    made.await.expect("an answer").ok();
    let token = gateway.token("full", json!({ "proxies": ["*"] })).await.1;
    let tokens = json!({ "full": token, "recordings": recordings }).to_string();
    let printed = drive("replay.mjs", [gateway.url().to_owned(), provider, tokens]).await;
    assert!(printed.lines().count() >= texts.len(), "{printed}");
}

/// What `replay.mjs` needs to know of a cassette: the call, what the action makes of it without any
/// gateway, and what the provider said.
async fn recording(name: &str, cassette: &Cassette) -> Value {
    let input = Value::Object(cassette.call.input.clone());
    let result = outcome_of_github(cassette).await;
    let error = result.as_ref().err().map(|error| {
        assert_eq!(Some(error.code()), cassette.expect.error, "{name}");
        let said = answer_of(error.code(), Case::FailedWrite, Surface::Action);
        json!({ "status": said.status, "code": said.code })
    });
    let bodies = cassette.exchanges.iter().map(|exchange| {
        let body = exchange.response.body.as_ref();
        body.and_then(|body| serde_json::from_slice::<Value>(&body.bytes()).ok())
    });
    let url = &cassette.exchanges[0].request.url;
    json!({
        "name": name,
        "action": format!("github.{}", cassette.action),
        "input": input,
        "expected": result.ok().map(|result| result.data),
        "error": error,
        "bodies": bodies.collect::<Vec<_>>(),
        "pages": cassette.call.all_pages,
        "request": url[url::Position::BeforePath..],
    })
}
