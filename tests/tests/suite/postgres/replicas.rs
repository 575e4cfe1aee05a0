//! Two gateways on one database.

use std::time::{Duration, Instant};

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;
use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Setup};
use reqwest::Method;
use tokio::net::TcpListener;
use tokio::time::sleep;

use super::{Place, VAULT_KEY, until};
use crate::faults::provider::Provider;

/// What one replica changes another must honour within this.
const SOON: Duration = Duration::from_secs(1);

/// How long a replica trusts what it has read if nobody tells it of changes, and some more for a
/// busy machine.
const TRUST: Duration = Duration::from_secs(5 + 1);

/// Starts a provider that tells how long the credential of a request is; returns its URL.
async fn telling() -> String {
    let tell = async |headers: HeaderMap| {
        let length = headers
            .get("authorization")
            .map(axum::http::HeaderValue::len);
        json!({ "length": length }).to_string()
    };
    let router = Router::new().route("/things/{id}", get(tell));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn read(gateway: &GatewayProcess, token: &str) -> (u16, Value) {
    let input = json!({ "id": "1" });
    let reply = gateway.call(token, "local.things.get", &input).await;
    let reply = reply.expect("an answer");
    (reply.status, reply.body["data"]["length"].clone())
}

async fn change(gateway: &GatewayProcess, method: Method, path: &str, body: Option<Value>) {
    let reply = gateway.admin(method, path, body).await;
    reply.expect("an answer").ok();
}

/// Changes everything on one replica that another has read; returns how long each change took to
/// be honoured there, with `interfere` done before each.
async fn changes(
    one: &GatewayProcess,
    other: &GatewayProcess,
    limit: Duration,
    interfere: impl AsyncFn(),
) -> Vec<Duration> {
    let url = telling().await;
    let connection = one.connect("main", &url).await;
    let (narrowed, narrowed_token) = one.token("narrowed", json!({})).await;
    let (revoked, token) = one.token("revoked", json!({})).await;
    let length = json!("Bearer secret-of-main".len());
    until(limit, "what is new", async || {
        read(other, &token).await == (200, length.clone())
    })
    .await;
    assert_eq!(read(other, &narrowed_token).await.0, 200);
    let mut times = Vec::new();

    let credential = json!({ "credential": { "token": "another-one" } });
    let path = format!("/connections/{connection}/credential");
    interfere().await;
    change(one, Method::PUT, &path, Some(credential)).await;
    let length = json!("Bearer another-one".len());
    let honoured = until(limit, "a credential", async || {
        let (status, used) = read(other, &token).await;
        assert_eq!(status, 200);
        used == length
    });
    times.push(honoured.await);

    let grant = json!({ "grant": { "actions": ["local.things.list"] } });
    interfere().await;
    change(
        one,
        Method::PATCH,
        &format!("/tokens/{narrowed}"),
        Some(grant),
    )
    .await;
    let honoured = until(limit, "a grant", async || {
        read(other, &narrowed_token).await.0 == 403
    });
    times.push(honoured.await);

    interfere().await;
    change(one, Method::DELETE, &format!("/tokens/{revoked}"), None).await;
    let honoured = until(limit, "a revocation", async || {
        read(other, &token).await.0 == 401
    });
    times.push(honoured.await);

    let (_, token) = one.token("last", json!({})).await;
    until(limit, "a new token", async || {
        read(other, &token).await.0 == 200
    })
    .await;
    interfere().await;
    let path = format!("/connections/{connection}");
    change(one, Method::DELETE, &path, None).await;
    let honoured = until(limit, "a removal", async || {
        read(other, &token).await.0 != 200
    });
    times.push(honoured.await);
    times
}

/// Ends a gateway as a service manager does, and starts another in its place.
async fn replaced(mut gateway: GatewayProcess, by: &Setup) -> GatewayProcess {
    gateway.terminate();
    assert!(gateway.ended().await.success(), "{}", gateway.log());
    by.start().await
}

#[tokio::test]
async fn the_key_is_exchanged_while_they_serve() {
    const NEW: &str = "IAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let place = Place::new().await;
    let with = |keys: String| place.replica().env("PLUGWRIGHT_VAULT_KEY", keys);
    let (new_last, new_first) = (format!("{VAULT_KEY},{NEW}"), format!("{NEW},{VAULT_KEY}"));
    let (one, other) = two(&place).await;
    let url = telling().await;
    let connection = one.connect("main", &url).await;
    let (_, token) = one.token("caller", json!({})).await;

    let (status, said) = with(new_first.clone()).refused().await;
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("2 running replica(s) lack it"), "{said}");
    let (status, said) = with(NEW.to_owned()).refused().await;
    assert_eq!(status.code(), Some(1), "{said}");

    let one = replaced(one, &with(new_last.clone())).await;
    let other = replaced(other, &with(new_last)).await;
    let one = replaced(one, &with(new_first.clone())).await;
    // What the one seals with the new key the other opens.
    let credential = json!({ "credential": { "token": "another-one" } });
    let path = format!("/connections/{connection}/credential");
    change(&one, Method::PUT, &path, Some(credential)).await;
    let length = json!("Bearer another-one".len());
    until(SOON, "a credential", async || {
        read(&other, &token).await == (200, length.clone())
    })
    .await;
    let other = replaced(other, &with(new_first)).await;
    one.connect("second", &url).await;
    let rotated = other.admin(Method::POST, "/vault/rotate", None).await;
    rotated.expect("an answer").ok();
    let one = replaced(one, &with(NEW.to_owned())).await;
    let other = replaced(other, &with(NEW.to_owned())).await;
    for gateway in [&one, &other] {
        assert_eq!(read(gateway, &token).await, (200, length.clone()));
    }
    let (status, said) = with(VAULT_KEY.to_owned()).refused().await;
    assert_eq!(status.code(), Some(1), "{said}");
}

/// How many replicas hear of changes at once.
async fn listening(place: &Place) -> String {
    place
        .run("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        .await
}

async fn two(place: &Place) -> (GatewayProcess, GatewayProcess) {
    let setups = (place.replica(), place.replica());
    let both = tokio::join!(setups.0.start(), setups.1.start());
    let patience = Duration::from_secs(30);
    until(patience, "both listen", async || {
        listening(place).await == "2"
    })
    .await;
    both
}

#[tokio::test]
async fn what_one_changes_the_other_honours_within_a_second() {
    let place = Place::new().await;
    let (one, other) = two(&place).await;
    let times = changes(&one, &other, SOON, async || {}).await;
    println!("honoured after {times:?}");
    let times = changes(&other, &one, SOON, async || {}).await;
    println!("honoured after {times:?}");
}

#[tokio::test]
async fn what_nobody_is_told_of_is_honoured_within_the_time_to_live() {
    let place = Place::new().await;
    let (one, other) = two(&place).await;
    let times = changes(&one, &other, TRUST, async || {
        let killed = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                      WHERE query LIKE 'LISTEN%'";
        place.run(killed).await;
    })
    .await;
    println!("with connections killed: honoured after {times:?}");
    place
        .run(
            "ALTER TABLE plugwright.tokens DISABLE TRIGGER tell;
             ALTER TABLE plugwright.connections DISABLE TRIGGER tell",
        )
        .await;
    let times = changes(&one, &other, TRUST, async || {}).await;
    println!("without a word: honoured after {times:?}");
}

#[tokio::test]
async fn a_key_is_one_call_wherever_it_is_sent() {
    let place = Place::new().await;
    let (one, other) = two(&place).await;
    let provider = Provider::start(Duration::from_millis(50)).await;
    one.connect("main", &provider.url).await;
    let (_, token) = one.token("caller", json!({})).await;
    let call = async |gateway: &GatewayProcess, name: &str| {
        let input = json!({ "name": name });
        let reply = gateway
            .call_with_key(&token, "local.things.create", &input, name)
            .await;
        reply.expect("an answer")
    };
    let first = call(&one, "a").await;
    assert_eq!(first.status, 200, "{first:?}");
    let again = call(&other, "a").await;
    assert_eq!(again.outcome(), first.outcome());
    assert_eq!(provider.created("a"), 1);

    for number in 0..20 {
        let name = format!("both-{number}");
        let (first, second) = tokio::join!(call(&one, &name), call(&other, &name));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert!(
            matches!(statuses, [200, 200 | 409]),
            "{first:?}\n{second:?}"
        );
        assert_eq!(provider.created(&name), 1);
        let third = call(&other, &name).await;
        assert_eq!(third.status, 200, "{third:?}");
    }
}

#[tokio::test]
async fn a_call_of_a_replica_that_died_is_in_doubt_at_the_other_and_not_made_again() {
    let place = Place::new().await;
    let (one, other) = two(&place).await;
    let provider = Provider::start(Duration::ZERO).await;
    one.connect("main", &provider.url).await;
    let (_, token) = one.token("caller", json!({})).await;
    let call = async |gateway: &GatewayProcess| {
        let input = json!({ "name": "slow" });
        gateway
            .call_with_key(&token, "local.things.create", &input, "slow")
            .await
    };
    let death = async {
        until(Duration::from_secs(20), "it is sent", async || {
            provider.created("slow") == 1
        })
        .await;
        let running = call(&other).await.expect("an answer");
        assert_eq!(
            running.code(),
            Some("idempotency_request_in_progress"),
            "{running:?}"
        );
        one.crash();
        Instant::now()
    };
    let (cut_off, death) = tokio::join!(call(&one), death);
    cut_off.expect_err("the process has died");
    // The dead one shows no more that it runs, which the other finds after ten seconds.
    loop {
        let reply = call(&other).await.expect("an answer");
        match reply.code() {
            Some("idempotency_request_in_progress") => {
                assert!(death.elapsed() < Duration::from_secs(15), "{reply:?}");
                sleep(Duration::from_millis(200)).await;
            }
            code => {
                assert_eq!((reply.status, code), (409, Some("outcome_unknown")));
                break;
            }
        }
    }
    assert_eq!(provider.created("slow"), 1);
}

#[tokio::test]
async fn the_runs_of_all_are_in_the_log_of_each() {
    let place = Place::new().await;
    let (one, other) = two(&place).await;
    let url = telling().await;
    one.connect("main", &url).await;
    let (id, token) = one.token("caller", json!({})).await;
    for gateway in [&one, &other, &one] {
        assert_eq!(read(gateway, &token).await.0, 200);
    }
    let path = format!("/runs?principal=token:{id}&limit=2");
    let mut page = Value::Null;
    until(SOON, "all are written", async || {
        let path = format!("/runs?principal=token:{id}");
        let reply = other.admin(Method::GET, &path, None).await;
        let items = reply.expect("an answer").ok()["items"].clone();
        items.as_array().is_some_and(|items| items.len() == 3)
    })
    .await;
    for gateway in [&one, &other] {
        let reply = gateway.admin(Method::GET, &path, None).await;
        let found = reply.expect("an answer").ok();
        assert_eq!(found["items"].as_array().map(Vec::len), Some(2));
        assert!(page.is_null() || page == found);
        page = found;
    }
    let cursor = page["cursor"].as_str().expect("there is a third");
    let path = format!("{path}&cursor={cursor}");
    let reply = one.admin(Method::GET, &path, None).await;
    let rest = reply.expect("an answer").ok();
    assert_eq!(rest["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(rest["cursor"], Value::Null);
}
