//! A database that goes away under load and comes back.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Reply, connection, send};
use plugwright_tests_postgres::Server;
use reqwest::Method;
use tokio::time::sleep;

use super::{Place, until};
use crate::faults::provider::Provider;

/// How soon everything must work again once the server is back.
const RECOVERY: Duration = Duration::from_secs(10);

/// What a client was told.
#[derive(Default)]
struct Told {
    /// Answers of calls, by key.
    done: BTreeMap<String, Reply>,
    /// Keys of calls that were told to come again.
    refused: Vec<String>,
    /// Keys of calls that were made when the database went away.
    in_doubt: Vec<String>,
    /// Connections by id, and tokens by their text.
    connections: BTreeMap<String, String>,
    tokens: BTreeMap<String, String>,
    /// Changes that were told to come again.
    changes_refused: usize,
}

impl Told {
    fn and(mut self, other: Self) -> Self {
        self.done.extend(other.done);
        self.refused.extend(other.refused);
        self.in_doubt.extend(other.in_doubt);
        self.connections.extend(other.connections);
        self.tokens.extend(other.tokens);
        self.changes_refused += other.changes_refused;
        self
    }
}

#[track_caller]
fn is_refused(reply: &Reply) {
    assert_eq!(reply.status, 503, "{reply:?}");
    let wait = reply.headers.get("retry-after").expect("Retry-After");
    let wait: u64 = wait.to_str().unwrap().parse().unwrap();
    assert!(wait >= 1, "{reply:?}");
}

/// A call: of an action that the provider does once for a key, or of one that it does each time.
async fn make(gateway: &GatewayProcess, token: &str, key: &str) -> Reply {
    let (action, input) = if key.starts_with("put") {
        ("local.things.put", json!({ "id": key, "name": key }))
    } else {
        ("local.things.create", json!({ "name": key }))
    };
    let reply = gateway.call_with_key(token, action, &input, key).await;
    reply.expect("the gateway answers whatever the database does")
}

async fn calls(gateway: &GatewayProcess, token: &str, prefix: String, end: &AtomicBool) -> Told {
    let mut told = Told::default();
    for number in 0.. {
        if end.load(Ordering::Relaxed) {
            break;
        }
        let key = format!("{prefix}-{number}");
        let reply = make(gateway, token, &key).await;
        match (reply.status, reply.code()) {
            (200, _) => drop(told.done.insert(key, reply)),
            (409, Some("outcome_unknown")) => told.in_doubt.push(key),
            _ => {
                is_refused(&reply);
                told.refused.push(key);
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
    told
}

async fn changes(gateway: &GatewayProcess, prefix: String, end: &AtomicBool) -> Told {
    let mut told = Told::default();
    for number in 0.. {
        if end.load(Ordering::Relaxed) {
            break;
        }
        let name = format!("{prefix}-{number}");
        let body = connection(&name, "http://127.0.0.1:9");
        let made = gateway.admin(Method::POST, "/connections", Some(body));
        let made = made.await.expect("an answer");
        if made.status == 503 {
            is_refused(&made);
            told.changes_refused += 1;
        } else {
            let id = made.ok()["id"].as_str().unwrap().to_owned();
            told.connections.insert(id, name.clone());
        }
        let body = json!({ "name": name, "grant": {} });
        let made = gateway.admin(Method::POST, "/tokens", Some(body));
        let made = made.await.expect("an answer");
        if made.status == 503 {
            is_refused(&made);
            told.changes_refused += 1;
        } else {
            let id = made.ok()["id"].as_str().unwrap().to_owned();
            told.tokens.insert(id, name);
        }
        sleep(Duration::from_millis(20)).await;
    }
    told
}

async fn ready(gateway: &GatewayProcess) -> u16 {
    let reply = send(gateway.request(Method::GET, "/readyz", "")).await;
    reply.expect("an answer").status
}

async fn ids(gateway: &GatewayProcess, path: &str) -> Vec<String> {
    let reply = gateway.admin(Method::GET, path, None).await;
    let body = reply.expect("an answer").ok();
    let items = body["items"].as_array().expect("a list");
    let id = |item: &Value| item["id"].as_str().expect("an id").to_owned();
    items.iter().map(id).collect()
}

/// Keeps two replicas busy while the server goes away and comes back.
async fn load(
    place: &Place,
    replicas: [&GatewayProcess; 2],
    token: &str,
    round: usize,
    end: fn(&Server),
) -> Told {
    let over = AtomicBool::new(false);
    let mut work = Vec::new();
    for (index, gateway) in replicas.into_iter().enumerate() {
        for kind in ["create-a", "create-b", "put-a"] {
            let prefix = format!("{kind}-{round}-{index}");
            work.push(calls(gateway, token, prefix, &over));
        }
    }
    let changed = replicas
        .into_iter()
        .enumerate()
        .map(|(index, gateway)| changes(gateway, format!("change-{round}-{index}"), &over));
    let outage = async {
        sleep(Duration::from_millis(1500)).await;
        place.server(end).await;
        for gateway in replicas {
            assert_eq!(ready(gateway).await, 503);
        }
        sleep(Duration::from_secs(3)).await;
        place.server(Server::resume).await;
        let back = Instant::now();
        for gateway in replicas {
            until(RECOVERY, "it is ready", async || {
                ready(gateway).await == 200
            })
            .await;
        }
        println!("ready {:?} after the server was", back.elapsed());
        sleep(Duration::from_millis(1500)).await;
        over.store(true, Ordering::Relaxed);
    };
    let (called, changed, ()) = tokio::join!(join_all(work), join_all(changed), outage);
    let all = called.into_iter().chain(changed);
    all.fold(Told::default(), Told::and)
}

#[tokio::test]
async fn a_restart_under_load_loses_nothing_that_was_acknowledged() {
    let place = Place::new().await;
    let setups = [place.replica(), place.replica()];
    let (one, other) = tokio::join!(setups[0].start(), setups[1].start());
    let provider = Provider::start(Duration::from_millis(5)).await;
    one.connect("main", &provider.url).await;
    let (_, token) = one.token("caller", json!({})).await;
    for (round, end) in [Server::stop, Server::crash].into_iter().enumerate() {
        let told = load(&place, [&one, &other], &token, round, end).await;
        println!(
            "round {round}: {} calls and {} changes acknowledged, {} calls and {} changes refused, \
             {} calls in doubt",
            told.done.len(),
            told.connections.len() + told.tokens.len(),
            told.refused.len(),
            told.changes_refused,
            told.in_doubt.len(),
        );
        assert!(told.done.len() > 50, "no load: {}", told.done.len());
        assert!(!told.refused.is_empty() && told.changes_refused > 0);
        check(&one, &other, &token, &provider, &told).await;
    }
}

async fn check(
    one: &GatewayProcess,
    other: &GatewayProcess,
    token: &str,
    provider: &Provider,
    told: &Told,
) {
    let connections = ids(one, "/connections").await;
    for (id, name) in &told.connections {
        assert!(connections.contains(id), "connection {name} is lost");
    }
    let tokens = ids(other, "/tokens").await;
    for (id, name) in &told.tokens {
        assert!(tokens.contains(id), "token {name} is lost");
    }
    for (key, before) in &told.done {
        let again = make(other, token, key).await;
        assert_eq!(again.outcome(), before.outcome(), "{key}");
    }
    for key in told.refused.iter().chain(&told.in_doubt) {
        // The key of a call that was cut off is given back, or its outcome stored, within seconds.
        let begin = Instant::now();
        let reply = loop {
            let reply = make(other, token, key).await;
            if reply.code() != Some("idempotency_request_in_progress") {
                break reply;
            }
            assert!(begin.elapsed() < 3 * RECOVERY, "{key}: {reply:?}");
            sleep(Duration::from_millis(100)).await;
        };
        assert_eq!(reply.status, 200, "{key}: {reply:?}");
    }
    let all = told.done.keys().chain(&told.refused).chain(&told.in_doubt);
    for key in all {
        let written = provider.created(key) + provider.effects(key);
        assert_eq!(written, 1, "{key} was written {written} times");
    }
}
