//! Feelr's dialect against a gateway in a process of its own.
//!
//! Feelr's command line is a Go program that no registry has, so what it sends stands here as it
//! goes over the wire, and what it reads of an answer is read here with the types that it wants.

mod cli;
mod recorded;
mod short_form;
mod status;

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Reply, Setup, client, send, with_json};
use plugwright_tests::{Loopback, Received};
use reqwest::{Method, RequestBuilder};

use crate::fixture;

/// A provider's cursor that no URL could hold as it is.
const NEXT: &str = "a b+c/=&d?é";

/// The provider: two pages of things.
fn upstream(request: &Received) -> Vec<u8> {
    let url = url::Url::parse(&format!("http://things{}", request.target)).expect("a target");
    let query = |name: &str| {
        let mut pairs = url.query_pairs();
        pairs
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.into_owned())
    };
    match (request.method.as_str(), url.path()) {
        ("GET", "/things") => match query("cursor").as_deref() {
            None => {
                let limit = query("limit");
                reply(
                    200,
                    &json!({ "things": [{ "id": 1, "limit": limit }], "next": NEXT, "took": 7 }),
                )
            }
            Some(NEXT) => reply(200, &json!({ "things": [{ "id": 2 }], "next": null })),
            Some(_) => reply(400, &json!({ "message": "another cursor" })),
        },
        ("GET", "/things/1") => reply(200, &json!({ "id": 1 })),
        ("GET", "/things/denied") => reply(401, &json!({ "message": "no" })),
        ("POST", "/things") => match serde_json::from_slice::<Value>(&request.body) {
            Ok(body) if body["name"] == "broken" => reply(500, &json!({ "message": "no" })),
            Ok(body) => reply(201, &json!({ "id": 3, "name": body["name"] })),
            Err(_) => reply(400, &json!({ "message": "no JSON" })),
        },
        _ => reply(404, &json!({ "message": "no such thing" })),
    }
}

fn reply(status: u16, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A gateway with a connection to the provider, and a key for it.
struct House {
    gateway: GatewayProcess,
    upstream: Loopback,
    key: String,
}

impl House {
    async fn open() -> Self {
        let upstream = Loopback::start(upstream).await.expect("a port");
        let gateway = Setup::new(fixture::LOCAL)
            .env("PLUGWRIGHT_EGRESS_RETRIES", "0")
            .start()
            .await;
        let provider = format!("http://{}", upstream.address());
        gateway.connect("work", &provider).await;
        let key = gateway.token("full", json!({})).await.1;
        Self {
            gateway,
            upstream,
            key,
        }
    }

    /// Starts a request without any key.
    fn asking(&self, method: Method, path: &str) -> RequestBuilder {
        client().request(method, format!("{}{path}", self.gateway.url()))
    }

    async fn get(&self, path: &str) -> Reply {
        let request = self.asking(Method::GET, path);
        send(request.header("X-Feelr-Key", &self.key))
            .await
            .expect("an answer")
    }

    async fn post(&self, path: &str, body: &Value) -> Reply {
        let request = self.asking(Method::POST, path);
        let request = with_json(request.header("X-Feelr-Key", &self.key), body);
        send(request).await.expect("an answer")
    }

    /// Returns the target of the last request that the provider got.
    fn last_target(&self) -> String {
        let received = self.upstream.received();
        received.last().expect("a request").target.clone()
    }
}

/// Checks what every failure has; returns its code.
#[track_caller]
fn failed(reply: &Reply, status: u16, hint: &str) -> String {
    assert_eq!(reply.status, status, "{reply:?}");
    let body = &reply.body;
    assert_eq!(body["ok"], false, "{body}");
    assert_eq!(body["error"]["status"], status, "{body}");
    assert_eq!(body["error"]["hint"], hint, "{body}");
    assert!(body["error"]["message"].is_string(), "{body}");
    assert!(body["meta"]["request_id"].is_string(), "{body}");
    assert_eq!(body.get("data"), None, "{body}");
    body["error"]["code"].as_str().expect("a code").to_owned()
}
