//! The protocol against a scripted server on loopback.

mod answers;
mod authorization;
mod failures;
mod laws;
mod requests;
mod revocation;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse as _;
use http::{HeaderMap, Method, StatusCode};
use plugwright_egress::EgressSettings;
use plugwright_sdk::auth::{OAuth2, Scheme};
use plugwright_sdk::{Auth, Secret, Value};
use tokio::net::TcpListener;
use tokio::time::Instant;
use url::Url;

use super::*;

const SECRET: &str = "cl!ent/s3cret:with%signs";
const CODE: &str = "c0de-c0de-c0de";
const VERIFIER: &str = "ver1fier-ver1fier-ver1fier-ver1fier-ver1fier";
const REFRESH: &str = "r3fresh-r3fresh-r3fresh";
const ACCESS: &str = "acc3ss-acc3ss-acc3ss";
const BACK: &str = "http://127.0.0.1:3000/callback?a=b";

/// A received request.
#[derive(Clone, Debug)]
struct Seen {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: String,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn form(&self) -> BTreeMap<String, String> {
        assert_eq!(
            self.header("content-type"),
            Some("application/x-www-form-urlencoded")
        );
        url::form_urlencoded::parse(self.body.as_bytes())
            .into_owned()
            .collect()
    }

    fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"));
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A scripted response: status, headers, body.
#[derive(Clone)]
struct Reply(u16, Vec<(&'static str, String)>, Vec<u8>);

impl Reply {
    fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self(status, headers, body.to_string().into())
    }

    fn text(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type", content_type.to_owned())];
        Self(status, headers, body.into())
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.1.push((name, value.to_owned()));
        self
    }
}

/// A server that sends its replies in order and repeats the last one.
struct Server {
    url: String,
    replies: Arc<Mutex<Vec<Reply>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    async fn new(replies: impl Into<Vec<Reply>>) -> Self {
        let replies = Arc::new(Mutex::new(replies.into()));
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (queue, log) = (Arc::clone(&replies), Arc::clone(&seen));
        let router = Router::new().fallback(move |request: Request| {
            let (queue, log) = (Arc::clone(&queue), Arc::clone(&log));
            async move {
                let (head, body) = request.into_parts();
                let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
                log.lock().unwrap().push(Seen {
                    method: head.method,
                    path: head.uri.to_string(),
                    headers: head.headers,
                    body: String::from_utf8(body.to_vec()).unwrap(),
                });
                let Reply(status, headers, body) = {
                    let mut queue = queue.lock().unwrap();
                    if queue.len() > 1 {
                        queue.remove(0)
                    } else {
                        queue[0].clone()
                    }
                };
                let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
                response.headers_mut().remove("content-type");
                for (name, value) in headers {
                    response.headers_mut().insert(name, value.parse().unwrap());
                }
                response
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { url, replies, seen }
    }

    fn reply(&self, reply: Reply) {
        *self.replies.lock().unwrap() = vec![reply];
    }

    /// Returns the requests since the last call.
    fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn one(&self) -> Seen {
        let mut seen = self.take();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.remove(0)
    }
}

fn standard() -> Auth<'static> {
    Auth::oauth2("https://a.test/authorize", "https://a.test/token", &[])
}

fn scheme(auth: &Auth<'static>) -> OAuth2<'static> {
    match auth.scheme {
        Scheme::OAuth2(oauth2) => oauth2,
        other => panic!("{other:?}"),
    }
}

fn to_loopback() -> Egress {
    Egress::new(EgressSettings {
        allow: vec!["127.0.0.1".parse().unwrap()],
        seed: Some(7),
        ..EgressSettings::default()
    })
    .unwrap()
}

/// The parts of a provider.
struct Bench {
    server: Server,
    scheme: OAuth2<'static>,
    client: Client,
    endpoints: Endpoints,
    settings: BTreeMap<String, String>,
    egress: Egress,
}

impl Bench {
    async fn new(auth: &Auth<'static>, reply: Reply) -> Self {
        let server = Server::new([reply]).await;
        let url = |path: &str| Some(format!("{}{path}", server.url).parse().unwrap());
        Self {
            scheme: scheme(auth),
            client: Client {
                id: "the client".to_owned(),
                secret: Some(SECRET.into()),
            },
            endpoints: Endpoints {
                authorization: None,
                token: url("/token"),
                revocation: url("/revoke"),
            },
            settings: BTreeMap::new(),
            egress: to_loopback(),
            server,
        }
    }

    fn provider(&self) -> Provider<'_> {
        Provider {
            scheme: &self.scheme,
            client: self.client.clone(),
            endpoints: self.endpoints.clone(),
            settings: &self.settings,
            egress: &self.egress,
            connector: "desk",
            deadline: Instant::now() + Duration::from_secs(5),
        }
    }

    async fn exchange(&self) -> Result<Grant, OAuthError> {
        self.provider()
            .exchange(&CODE.into(), &VERIFIER.into(), BACK)
            .await
    }

    async fn refresh(&self) -> Result<Grant, OAuthError> {
        self.provider().refresh(&REFRESH.into(), &[]).await
    }
}

fn granted() -> Reply {
    Reply::json(
        200,
        &serde_json::json!({ "access_token": ACCESS, "token_type": "Bearer" }),
    )
}

fn secret(text: &str) -> Secret {
    Secret::new(text)
}
