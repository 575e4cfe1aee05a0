//! OOMOL's own client, as it is published, works against a gateway.
//!
//! The client is the npm package that `oomol_client/package.json` pins; `check.mjs` beside it calls
//! every method of its two clients for own connections, and reads every kind of error.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use plugwright_gateway::{
    Connection, ConnectionStatus, EgressSettings, Gateway, Grant, Organization, Owner, Patterns,
    RateLimit, SqliteStore, Store, Timestamp, Token, Vault,
};
use plugwright_sdk::{
    ActionContext, ConnectorDefinition, Effect, Registry, Result, Value, action, actions, json,
};
use plugwright_tests::{LOCAL, Loopback, Received, npm};
use tokio::net::TcpListener;
use uuid::Uuid;

/// Lists things that are free for all.
#[action("things.list", read, get = "/things")]
async fn list(cx: &ActionContext) -> Result<Value>;

/// A connector without authentication.
static FREE: ConnectorDefinition = ConnectorDefinition::new("free", "Free", "1.0.0")
    .description("An API that asks for no credential")
    .base_url("https://free.example.com")
    .actions(actions![list]);

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

fn token(text: &str, grant: Grant) -> Token {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    Token {
        id: Uuid::new_v4(),
        name: text.to_owned(),
        hash,
        preview: text.to_owned(),
        grant,
        created_at: Timestamp::now(),
        expires_at: None,
        revoked_at: None,
    }
}

fn connection(
    vault: &Vault,
    organization: &str,
    name: &str,
    secret: &str,
    to: SocketAddr,
) -> Connection {
    let id = Uuid::new_v4();
    let credential = json!({ "token": secret }).to_string();
    let base_url = ("base_url".to_owned(), format!("http://{to}"));
    Connection {
        id,
        owner: Owner::Organization(organization.to_owned()),
        connector: "local".to_owned(),
        name: name.to_owned(),
        is_default: false,
        scheme: "bearer_token".to_owned(),
        status: ConnectionStatus::Active,
        account: None,
        settings: [base_url].into_iter().collect(),
        secret: vault
            .seal(id, credential.as_bytes())
            .expect("a sealed secret"),
        version: 1,
        created_at: Timestamp::now(),
        updated_at: Timestamp::now(),
    }
}

/// Makes a gateway whose tokens and connections are those that `check.mjs` speaks of.
async fn gateway(store: SqliteStore, upstream: SocketAddr) -> Gateway {
    let full = Grant {
        proxies: Patterns::all(),
        organizations: vec!["default".to_owned(), "acme".to_owned()],
        ..Grant::default()
    };
    let limited = Grant {
        rate_limit: Some(RateLimit {
            calls: NonZeroU32::MIN,
            per_seconds: NonZeroU32::MIN,
        }),
        ..Grant::default()
    };
    let reader = Grant {
        effects: vec![Effect::Read],
        ..Grant::default()
    };
    for (text, grant) in [("full", full), ("limited", limited), ("reader", reader)] {
        store
            .create_token(&token(text, grant))
            .await
            .expect("a token");
    }
    let acme = Organization {
        name: "acme".to_owned(),
        created_at: Timestamp::now(),
    };
    store
        .create_organization(&acme)
        .await
        .expect("an organization");
    let vault = Vault::ephemeral();
    for (organization, name, secret) in [
        ("default", "first", "secret-of-default"),
        ("default", "second", "secret-of-second"),
        ("acme", "first", "secret-of-acme"),
    ] {
        let connection = connection(&vault, organization, name, secret, upstream);
        store
            .create_connection(&connection)
            .await
            .expect("a connection");
    }
    let destination = upstream.to_string().parse().expect("a destination");
    Gateway::builder(Registry::new([&LOCAL, &FREE]).expect("a registry"))
        .store(Arc::new(store), vault)
        .base_url("free", format!("http://{upstream}"))
        .egress(EgressSettings {
            allow: vec![destination],
            // What the provider is asked again is asked by the client then.
            retries: 0,
            ..EgressSettings::default()
        })
        .build()
        .expect("a gateway")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn oomol_s_own_client_works_as_it_is() {
    let upstream = Loopback::start(upstream()).await.expect("a port");
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(folder.path().join("gateway.db"));
    let gateway = gateway(store.await.expect("a store"), upstream.address()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(async move { axum::serve(listener, gateway.router()).await });

    let urls = [address, upstream.address()].map(|address| format!("http://{address}"));
    let printed = tokio::task::spawn_blocking(move || {
        let folder = npm::install("oomol_client", env!("CARGO_TARGET_TMPDIR"));
        // A proxy of the machine has no business with loopback.
        npm::run(
            Command::new("node")
                .arg("check.mjs")
                .args(urls)
                .env("NO_PROXY", "127.0.0.1")
                .current_dir(folder),
        )
    })
    .await
    .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    server.abort();

    println!("{printed}");
    assert!(
        printed.lines().count() >= 25,
        "checks were left out:\n{printed}"
    );
}
