//! The gateway, and a relay before it that delays and loses responses.

use std::env;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use plugwright_client::reqwest::{self, Body, Request};
use plugwright_client::{Connector, ConnectorBuilder};
use serde_json::{Value, json};
use tower::service_fn;

const TOKEN: &str = "oct_for_tests";
const ADMIN: &str = "admin_for_tests";

/// An action that needs neither a credential nor a provider.
pub(crate) const LOCAL: &str = "quickchart.build_qr_url";
/// An action that needs no credential, whose provider can't be reached.
pub(crate) const REMOTE: &str = "hackernews.get_top_stories";

/// Where the gateway is.
pub(crate) fn origin() -> String {
    let url = env::var("PLUGWRIGHT_TS_GATEWAY_URL");
    let url = url.expect("PLUGWRIGHT_TS_GATEWAY_URL must lead to a TypeScript gateway");
    url.trim_end_matches('/').to_owned()
}

pub(crate) fn builder() -> ConnectorBuilder {
    let builder = Connector::builder().base_url(format!("{}/v1", origin()));
    builder.api_key(TOKEN)
}

pub(crate) fn client() -> Connector {
    builder().build().unwrap()
}

/// Connects an account by a key, which the gateway does not check for this connector.
pub(crate) async fn connect(service: &str, name: &str) -> Value {
    let key = json!({ "apiKey": "a-key-of-a-test" });
    connect_with(service, "api_key", name, key).await
}

/// Connects an account.
pub(crate) async fn connect_with(service: &str, kind: &str, name: &str, values: Value) -> Value {
    let url = format!("{}/api/connections/{service}", origin());
    let body = json!({ "authType": kind, "connectionName": name, "values": values });
    let request = network().put(url).bearer_auth(ADMIN);
    let request = request.header("content-type", "application/json");
    let response = request.body(body.to_string()).send().await.unwrap();
    let (status, text) = (response.status(), response.text().await.unwrap());
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// Makes an HTTP client, which needs a choice of cryptography.
fn network() -> reqwest::Client {
    // Another test of this process may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// What becomes of a response.
#[derive(Clone, Copy)]
pub(crate) enum Fate {
    /// It comes after this time.
    Late(Duration),
    /// It never comes.
    Lost,
}

/// A request as it went to the gateway, and the run that the gateway answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Passed {
    pub(crate) key: Option<String>,
    pub(crate) run: Option<String>,
}

type Log = Arc<Mutex<Vec<Passed>>>;

/// Makes a client whose first responses have these fates; returns the log of what passed.
pub(crate) fn relayed(fates: &'static [Fate]) -> (ConnectorBuilder, Log) {
    let log = Log::default();
    let passed = Arc::clone(&log);
    let network = network();
    let relay = service_fn(move |request: http::Request<Body>| {
        let (network, log) = (network.clone(), Arc::clone(&passed));
        async move {
            let key = request.headers().get("idempotency-key");
            let key = key.map(|key| key.to_str().unwrap().to_owned());
            let index = {
                let mut log = log.lock().unwrap();
                log.push(Passed { key, run: None });
                log.len() - 1
            };
            // The gateway goes on, whatever becomes of the client.
            let sent = tokio::spawn(async move {
                let request = Request::try_from(request).unwrap();
                let response = network.execute(request).await.unwrap();
                let status = response.status();
                let body = response.bytes().await.unwrap();
                let read: Value = serde_json::from_slice(&body).unwrap();
                let run = read["meta"]["executionId"].as_str().map(str::to_owned);
                log.lock().unwrap()[index].run = run;
                let mut response = http::Response::new(Body::from(body));
                *response.status_mut() = status;
                response
            });
            let response = sent.await.unwrap();
            match fates.get(index) {
                Some(Fate::Late(wait)) => tokio::time::sleep(*wait).await,
                Some(Fate::Lost) => return Err(io::Error::other("the response is lost")),
                None => {}
            }
            Ok(response)
        }
    });
    (builder().service(relay), log)
}

pub(crate) fn passed(log: &Log) -> Vec<Passed> {
    log.lock().unwrap().clone()
}
