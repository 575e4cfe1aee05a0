//! A process that is killed while it works loses nothing that it acknowledged.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Reply, connection};
use reqwest::Method;
use tokio::time::sleep;

use super::provider::Provider;
use super::{count, setup};

/// What a writer was told, and what it asked for when the process died.
#[derive(Default)]
struct Told {
    /// Names of connections by id.
    connections: BTreeMap<String, String>,
    /// Tokens by id: the actions that each may use have one of these two forms.
    tokens: BTreeMap<String, [Value; 2]>,
    calls: Vec<(Keyed, Reply)>,
    cut_off: Vec<Keyed>,
}

/// A call with a key.
struct Keyed {
    action: &'static str,
    name: String,
}

impl Keyed {
    async fn make(&self, gateway: &GatewayProcess, token: &str) -> reqwest::Result<Reply> {
        let mut input = json!({ "name": self.name });
        if self.action == "local.things.put" {
            input["id"] = json!(self.name);
        }
        gateway
            .call_with_key(token, self.action, &input, &self.name)
            .await
    }
}

async fn connections(gateway: &GatewayProcess, url: &str, prefix: String) -> Told {
    let mut told = Told::default();
    for number in 0.. {
        let name = format!("{prefix}-{number}");
        let body = connection(&name, url);
        let Ok(reply) = gateway
            .admin(Method::POST, "/connections", Some(body))
            .await
        else {
            break;
        };
        let id = reply.ok()["id"].as_str().expect("an id").to_owned();
        told.connections.insert(id, name);
    }
    told
}

async fn tokens(gateway: &GatewayProcess, prefix: String) -> Told {
    let mut told = Told::default();
    for number in 0.. {
        let first = json!(["local.things.get"]);
        let body = json!({ "name": format!("{prefix}-{number}"), "grant": { "actions": first } });
        let Ok(reply) = gateway.admin(Method::POST, "/tokens", Some(body)).await else {
            break;
        };
        let id = reply.ok()["id"].as_str().expect("an id").to_owned();
        let second = json!(["local.things.list", format!("local.number-{number}")]);
        told.tokens.insert(id.clone(), [first, second.clone()]);
        let body = json!({ "grant": { "actions": second } });
        let change = gateway
            .admin(Method::PATCH, &format!("/tokens/{id}"), Some(body))
            .await;
        let Ok(reply) = change else { break };
        reply.ok();
        told.tokens.insert(id, [second.clone(), second]);
    }
    told
}

async fn calls(
    gateway: &GatewayProcess,
    token: &str,
    action: &'static str,
    prefix: String,
) -> Told {
    let mut told = Told::default();
    for number in 0.. {
        let name = format!("{prefix}-{number}");
        let call = Keyed { action, name };
        match call.make(gateway, token).await {
            Ok(reply) => {
                assert_eq!(reply.status, 200, "{reply:?}");
                told.calls.push((call, reply));
            }
            Err(_) => {
                told.cut_off.push(call);
                break;
            }
        }
    }
    told
}

/// Lets writers write until the process dies.
async fn work(gateway: &GatewayProcess, token: &str, provider: &Provider, round: usize) -> Told {
    let prefix = |kind: &str| format!("{kind}-{round}");
    let (slow, slow_put) = (format!("slow-{round}-0"), format!("slow-put-{round}-0"));
    let death = async {
        while provider.created(&slow) == 0 || provider.effects(&slow_put) == 0 {
            sleep(Duration::from_millis(2)).await;
        }
        // Any moment will do, so each round takes another.
        let micros = (round as u64).wrapping_mul(7_919_777) % 300_000;
        sleep(Duration::from_micros(100_000 + micros)).await;
        gateway.crash();
    };
    let writers = async {
        let (create, put) = ("local.things.create", "local.things.put");
        let (first, second, third) = tokio::join!(
            connections(gateway, &provider.url, prefix("connection")),
            tokens(gateway, prefix("token")),
            join_all([
                calls(gateway, token, create, prefix("a")),
                calls(gateway, token, create, prefix("b")),
                calls(gateway, token, put, prefix("c")),
                calls(gateway, token, put, prefix("d")),
                calls(gateway, token, create, format!("slow-{round}")),
                calls(gateway, token, put, format!("slow-put-{round}")),
            ]),
        );
        let mut all = first;
        all.tokens = second.tokens;
        for told in third {
            all.calls.extend(told.calls);
            all.cut_off.extend(told.cut_off);
        }
        all
    };
    tokio::join!(writers, death).0
}

async fn items(gateway: &GatewayProcess, path: &str) -> BTreeMap<String, Value> {
    let reply = gateway.admin(Method::GET, path, None).await;
    let Value::Array(items) = reply.expect("an answer").ok()["items"].take() else {
        panic!("{path} is a list");
    };
    let with_id = |item: Value| (item["id"].as_str().expect("an id").to_owned(), item);
    items.into_iter().map(with_id).collect()
}

async fn check(gateway: &GatewayProcess, token: &str, provider: &Provider, told: &Told) {
    let stored = items(gateway, "/connections").await;
    for (id, name) in &told.connections {
        assert_eq!(stored[id]["name"], json!(name), "a connection is lost");
    }
    let stored = items(gateway, "/tokens").await;
    for (id, either) in &told.tokens {
        let actions = &stored[id]["grant"]["actions"];
        assert!(
            either.contains(actions),
            "a grant is lost: {actions}, not {either:?}"
        );
    }
    for (call, before) in &told.calls {
        let again = call.make(gateway, token).await.expect("an answer");
        assert_eq!(again.outcome(), before.outcome(), "{}", call.name);
    }
    for call in &told.cut_off {
        let again = call.make(gateway, token).await.expect("an answer");
        let more = call.make(gateway, token).await.expect("an answer");
        assert_eq!(again.outcome(), more.outcome(), "{}", call.name);
        if call.action == "local.things.put" {
            assert_eq!(
                (again.status, provider.effects(&call.name)),
                (200, 1),
                "{again:?}"
            );
            continue;
        }
        let created = provider.created(&call.name);
        match again.status {
            200 => assert_eq!(created, 1, "{}", call.name),
            _ => {
                let said = (again.status, again.code(), created <= 1);
                assert_eq!(said, (409, Some("outcome_unknown"), true), "{again:?}");
            }
        }
        if call.name.starts_with("slow") {
            assert_eq!((again.status, created), (409, 1), "{again:?}");
        }
    }
    for (call, _) in &told.calls {
        let written = provider.created(&call.name) + provider.effects(&call.name);
        assert_eq!(written, 1, "{} was written twice", call.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crashes_under_load_lose_nothing_and_write_nothing_twice() {
    let provider = Provider::start(Duration::from_millis(3)).await;
    let setup = setup();
    let mut gateway = setup.start().await;
    gateway.connect("main", &provider.url).await;
    let (_, token) = gateway.token("caller", json!({})).await;
    let mut rounds = Vec::new();
    for round in 0..count("FAULTS_KILLS", 5) {
        let told = work(&gateway, &token, &provider, round).await;
        gateway.ended().await;
        assert!(!told.connections.is_empty() && !told.tokens.is_empty());
        gateway = setup.start().await;
        check(&gateway, &token, &provider, &told).await;
        rounds.push(told);
    }
    let mut sums = [0; 4];
    for told in &rounds {
        check(&gateway, &token, &provider, told).await;
        sums[0] += told.connections.len();
        sums[1] += told.tokens.len();
        sums[2] += told.calls.len();
        sums[3] += told.cut_off.len();
    }
    let [connections, tokens, calls, cut_off] = sums;
    assert!(calls >= 4 * rounds.len(), "{calls} calls are no load");
    println!(
        "{} kills: {connections} connections, {tokens} tokens and {calls} calls were acknowledged \
         and kept; {cut_off} calls were cut off",
        rounds.len()
    );
}
