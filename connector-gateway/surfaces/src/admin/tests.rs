mod connections;
mod oauth_clients;
mod organizations;
mod projects;
mod provider_configs;
mod tokens;
mod vault;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use plugwright_sdk::host::{Connector, Identity, Registry};
use plugwright_sdk::transport::Live;
use plugwright_sdk::{
    Account, ActionError, Auth, ConnectorDefinition, actions, host, plain_field, scope,
    secret_field,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::*;
use plugwright_engine::connections::Identify;
use plugwright_store::SqliteStore;
use plugwright_store::vault::{OpenedCredential, Vault};

fn account(_: &Value) -> Option<Account> {
    None
}

static SHOP: ConnectorDefinition = ConnectorDefinition::new("shop", "Shop", "1.0.0")
    .base_url("https://shop.example.com")
    .auth(&[
        Auth::bearer_token("Token"),
        Auth::oauth2(
            "https://shop.example.com/authorize",
            "https://shop.example.com/token",
            &[scope("items", "Read items")],
        ),
    ])
    .identity("/me", account)
    .actions(actions![]);

static DESK: ConnectorDefinition = ConnectorDefinition::new("desk", "Desk", "1.0.0")
    .base_url("https://{site}.example.com")
    .hosts(&[host("files", "{files_url}")])
    .auth(&[
        Auth::basic("Login"),
        Auth::custom(
            "Keys",
            &[plain_field("zone", "Zone"), secret_field("key", "Key")],
        ),
    ])
    .actions(actions![]);

static NEWS: ConnectorDefinition = ConnectorDefinition::new("news", "News", "1.0.0")
    .base_url("https://news.example.com")
    .actions(actions![]);

static OWN_NEWS: ConnectorDefinition = ConnectorDefinition::new("own-news", "Own news", "1.0.0")
    .base_url("{base_url}")
    .auth(&[Auth::none()])
    .actions(actions![]);

/// Its base URL is configured.
static HOUSE: ConnectorDefinition = ConnectorDefinition::new("house", "House", "1.0.0")
    .base_url("{base_url}")
    .auth(&[Auth::bearer_token("Token")])
    .actions(actions![]);

static MAIL: ConnectorDefinition = ConnectorDefinition::new("mail", "Mail", "1.0.0")
    .base_url("https://mail.example.com")
    .auth(&[Auth::oauth2(
        "https://mail.example.com/authorize",
        "https://mail.example.com/token",
        &[],
    )])
    .actions(actions![]);

/// A provider whose answer stands in the token.
struct Provider;

#[async_trait]
impl Identify for Provider {
    fn base_url<'a>(&'a self, connector: &'a Connector) -> &'a str {
        match connector.name() {
            "house" => "https://house.example.com",
            _ => connector.base_url(),
        }
    }

    async fn ask(
        &self,
        _connector: &Connector,
        _identity: Identity<'_>,
        opened: &OpenedCredential,
        _settings: &BTreeMap<String, String>,
    ) -> Result<Option<Account>, ActionError> {
        let token = opened.credential.as_token().unwrap().expose();
        if token.starts_with("refused") {
            return Err(ActionError::new(
                ErrorCode::AuthInvalid,
                "the credential was refused",
            ));
        }
        if token.starts_with("away") {
            return Err(ActionError::new(
                ErrorCode::UpstreamUnreachable,
                "can't connect to shop.example.com",
            ));
        }
        Ok(Some(Account {
            id: "7".to_owned(),
            label: format!("owner of {}", token.len()),
        }))
    }
}

/// The operator's API on a loopback port.
struct Api {
    url: String,
    client: reqwest::Client,
    state: AdminState,
    changes: Arc<AtomicUsize>,
}

struct Reply {
    status: u16,
    text: String,
    body: Value,
}

impl Reply {
    /// Returns the message of an error with this status and code.
    fn message(&self, status: u16, code: &str) -> &str {
        let error = &self.body["error"];
        assert_eq!(
            (self.status, error["code"].as_str()),
            (status, Some(code)),
            "{}",
            self.text
        );
        error["message"].as_str().unwrap()
    }

    fn ok(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }

    /// Returns the parameters at fault.
    fn params(&self) -> Vec<&str> {
        self.body["error"]["faults"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fault| fault["param"].as_str().unwrap())
            .collect()
    }
}

impl Api {
    async fn start() -> Self {
        let changes = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&changes);
        let registry = Registry::new([&SHOP, &DESK, &NEWS, &OWN_NEWS, &HOUSE, &MAIL]).unwrap();
        let state = AdminState::new(
            Arc::new(SqliteStore::in_memory().await.unwrap()),
            Vault::ephemeral(),
            Arc::new(registry),
            Arc::new(move || {
                counter.fetch_add(1, Ordering::SeqCst);
            }),
            Arc::new(Provider),
        );
        Self::serve(state, changes).await
    }

    async fn serve(state: AdminState, changes: Arc<AtomicUsize>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/admin", listener.local_addr().unwrap());
        let routes = Router::new().nest(
            "/admin",
            router(Some(state.clone()), Arc::new(RunLog::disabled())),
        );
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self {
            url,
            client: Live::client_builder().unwrap().build().unwrap(),
            state,
            changes,
        }
    }

    fn changes(&self) -> usize {
        self.changes.load(Ordering::SeqCst)
    }

    async fn send(&self, method: Method, path: &str, body: Option<String>) -> Reply {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        if status != 204 {
            assert_eq!(response.headers()["cache-control"], "no-store");
        }
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Reply { status, text, body }
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body.to_string())).await
    }

    async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, Some(body.to_string())).await
    }

    async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body.to_string())).await
    }

    async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }
}

#[tokio::test]
async fn unknown_paths_methods_and_bodies_answer_in_the_same_form() {
    let api = Api::start().await;
    assert_eq!(
        api.get("/nothing").await.message(404, "NOT_FOUND"),
        "there is nothing at this path"
    );
    api.put("/tokens", json!({}))
        .await
        .message(405, "NOT_FOUND");
    api.get("/connections/7").await.message(404, "NOT_FOUND");
    for (body, message) in [
        (
            "{\"token\": hunter2",
            "the body is not JSON (line 1, column 11)",
        ),
        ("[]", "the body must be a JSON object"),
    ] {
        let reply = api
            .send(Method::POST, "/tokens", Some(body.to_owned()))
            .await;
        assert_eq!(reply.message(400, "VALIDATION_ERROR"), message);
    }
    let large = "x".repeat(3 << 20);
    let reply = api.send(Method::POST, "/tokens", Some(large)).await;
    reply.message(413, "VALIDATION_ERROR");
}

#[tokio::test]
async fn a_change_is_waited_for_without_its_client_and_is_known_after_a_panic() {
    let broken = std::future::poll_fn::<Result<(), ActionError>, _>(|_| panic!("a defect"));
    let api = Api::start().await;
    let state = &api.state;
    assert!(state.change(|_| broken).await.is_err());
    assert_eq!(api.changes(), 1);
    let (release, held) = tokio::sync::oneshot::channel();
    let change = state.change(|_| async move { Ok(held.await.is_ok()) });
    assert!(tokio::time::timeout(Duration::ZERO, change).await.is_err());
    assert_eq!((state.tasks.len(), api.changes()), (1, 1));
    release.send(()).unwrap();
    state.tasks.close();
    state.tasks.wait().await;
    assert_eq!(api.changes(), 2);
}
