//! A gateway on a workbench: what each test starts from.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use plugwright_gateway::{
    Call, Connection, ConnectionStatus, EgressSettings, EngineSettings, Gateway, Grant, Outcome,
    Owner, Principal, SqliteStore, Store, Timestamp, Vault,
};
use plugwright_sdk::auth::SchemeKind;
use plugwright_sdk::host::Registry;
use plugwright_sdk::{
    ActionContext, Auth, ConnectorDefinition, Result, Value, action, actions, json, path,
};
use plugwright_tests::{LOCAL, Loopback, ORDERS, Received};
use uuid::Uuid;

use super::graphql::GRAPH;

pub(crate) const SECRET: &str = "sesame-sesame-open-1";

/// Looks whether a thing is there, puts another in its place and takes the old one away.
#[action("things.swap", write)]
async fn swap(
    cx: &ActionContext,
    /// Id of the old thing.
    old: String,
    /// Name of the new thing.
    new: String,
) -> Result<Value> {
    cx.get(path!("/things/{old}")).fetch::<Value>().await?;
    let made = cx.post("/things").json(&json!({ "name": new }));
    let made = made.fetch().await?;
    cx.delete(path!("/things/{old}")).send().await?;
    Ok(made)
}

/// A connector whose write takes several requests.
static STEPS: ConnectorDefinition = ConnectorDefinition::new("steps", "Steps", "1.0.0")
    .description("An API whose writes take several requests")
    .base_url("{base_url}")
    .auth(&[Auth::bearer_token("Token")])
    .actions(actions![swap]);

pub(crate) struct Bench {
    pub(crate) gateway: Gateway,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) vault: Vault,
    pub(crate) upstream: Loopback,
}

/// Answers 200 with this JSON.
pub(crate) fn ok(body: &Value) -> Vec<u8> {
    answer(200, "", body)
}

pub(crate) fn answer(status: u16, headers: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

impl Bench {
    pub(crate) async fn new(reply: impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::with(reply, |_| {}).await
    }

    /// Makes a gateway with one connection, `work`.
    pub(crate) async fn with(
        reply: impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static,
        change: impl FnOnce(&mut EngineSettings),
    ) -> Self {
        let upstream = Loopback::start(reply).await.unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::in_memory().await.unwrap());
        let vault = Vault::ephemeral();
        let gateway = gateway(&store, &vault, change);
        let bench = Self {
            gateway,
            store,
            vault,
            upstream,
        };
        bench.connect("work").await;
        bench.connect_to("steps", "work").await;
        bench.connect_to("todo", "work").await;
        bench.connect_to("orders", "work").await;
        bench
    }

    /// Stores a connection of the local connector to the server.
    pub(crate) async fn connect(&self, name: &str) -> Connection {
        self.connect_to("local", name).await
    }

    async fn connect_to(&self, connector: &str, name: &str) -> Connection {
        let now = Timestamp::now();
        let id = Uuid::now_v7();
        let credential = json!({ "token": format!("{SECRET}-{name}") }).to_string();
        let base_url = format!("http://{}", self.upstream.address());
        let connection = Connection {
            id,
            owner: Owner::Organization("default".to_owned()),
            connector: connector.to_owned(),
            name: name.to_owned(),
            is_default: false,
            scheme: SchemeKind::BearerToken,
            status: ConnectionStatus::Active,
            account: None,
            settings: BTreeMap::from([("base_url".to_owned(), base_url)]),
            provider_config: None,
            label: None,
            scopes: None,
            expires_at: None,
            refresh_at: None,
            credential_version: 1,
            secret: self.vault.seal(id, credential.as_bytes()).unwrap(),
            version: 0,
            created_at: now,
            updated_at: now,
        };
        self.store.create_connection(&connection).await.unwrap()
    }

    pub(crate) async fn run(&self, call: Call) -> Outcome {
        self.gateway.execute(call).await
    }
}

pub(crate) fn gateway(
    store: &Arc<dyn Store>,
    vault: &Vault,
    change: impl FnOnce(&mut EngineSettings),
) -> Gateway {
    let egress = EgressSettings {
        allow: vec!["127.0.0.1".parse().unwrap()],
        connect_timeout: Duration::from_secs(2),
        seed: Some(1),
        ..EgressSettings::default()
    };
    let mut settings = EngineSettings {
        storage: Some((Arc::clone(store), vault.clone())),
        egress: Some(egress),
        ..EngineSettings::default()
    };
    change(&mut settings);
    Gateway::builder(Registry::new([&LOCAL, &STEPS, &GRAPH, &ORDERS]).unwrap())
        .engine(settings)
        .build()
        .unwrap()
}

pub(crate) fn principal(grant: Grant) -> Arc<Principal> {
    Arc::new(Principal {
        grant,
        ..Principal::local()
    })
}

pub(crate) fn list() -> Call {
    Call::action(principal(Grant::default()), "local.things.list", json!({}))
}

pub(crate) fn create() -> Call {
    Call::action(
        principal(Grant::default()),
        "local.things.create",
        json!({ "name": "lamp" }),
    )
}

pub(crate) fn swap_things() -> Call {
    Call::action(
        principal(Grant::default()),
        "steps.things.swap",
        json!({ "old": "7", "new": "lamp" }),
    )
}
