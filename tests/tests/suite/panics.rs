//! An action that panics ends its call and nothing else.

use std::sync::Arc;

use plugwright_gateway::{
    EgressSettings, EngineSettings, Gateway, Grant, SqliteStore, Timestamp, Token, TokenStore,
    Vault,
};
use plugwright_sdk::host::Registry;
use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, Value, action, actions, json};
use plugwright_tests::Loopback;
use plugwright_tests::gateway::{Reply, client, send, with_json};
use ring::digest::{SHA256, digest};
use tokio::net::TcpListener;
use uuid::Uuid;

const TOKEN: &str = "token-of-the-test";

/// Panics before it asks for anything.
#[action("fuses.look", read)]
async fn look(_cx: &ActionContext) -> Result<Value> {
    panic!("secret of the connector")
}

/// Panics before it sends the write.
#[action("fuses.blow", write)]
async fn blow(_cx: &ActionContext) -> Result<Value> {
    panic!("secret of the connector")
}

/// Panics once the write is sent.
#[action("fuses.melt", write)]
async fn melt(cx: &ActionContext) -> Result<Value> {
    let _: Value = cx.post("/fuses").json(&json!({})).fetch().await?;
    panic!("secret of the connector")
}

/// Works.
#[action("fuses.list", read, get = "/fuses")]
async fn list(cx: &ActionContext) -> Result<Value>;

static FUSES: ConnectorDefinition = ConnectorDefinition::new("fuses", "Fuses", "1.0.0")
    .base_url("https://fuses.example.com")
    .actions(actions![look, blow, melt, list]);

async fn gateway(upstream: &Loopback) -> Gateway {
    let store = SqliteStore::in_memory().await.expect("a store");
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, TOKEN.as_bytes()).as_ref());
    let token = Token {
        id: Uuid::new_v4(),
        name: "test".to_owned(),
        hash,
        preview: "test".to_owned(),
        grant: Grant::default(),
        created_at: Timestamp::now(),
        expires_at: None,
        revoked_at: None,
        project: None,
    };
    store.create_token(&token).await.expect("a token");
    let allowed = "127.0.0.1".parse().expect("a destination");
    Gateway::builder(Registry::new([&FUSES]).expect("a registry"))
        .engine(EngineSettings {
            storage: Some((Arc::new(store), Vault::ephemeral())),
            base_urls: [("fuses".to_owned(), format!("http://{}", upstream.address()))].into(),
            egress: Some(EgressSettings {
                allow: vec![allowed],
                ..EgressSettings::default()
            }),
            ..EngineSettings::default()
        })
        .build()
        .expect("a gateway")
}

#[tokio::test]
async fn a_panic_is_answered_as_a_defect_and_the_gateway_goes_on() {
    let ok = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    let upstream = Loopback::start(|_| ok.to_vec()).await.expect("a port");
    let router = gateway(&upstream).await.router();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let call = async |action: &str| -> Reply {
        let url = format!("http://{address}/v1/actions/{action}");
        let request = client().post(url).bearer_auth(TOKEN);
        let request = with_json(request, &json!({ "input": {} }));
        send(request).await.expect("an answer")
    };

    for (action, status, code) in [
        ("fuses.fuses.look", 500, "internal_error"),
        ("fuses.fuses.blow", 424, "internal_error"),
        ("fuses.fuses.melt", 409, "outcome_unknown"),
    ] {
        let reply = call(action).await;
        assert_eq!(
            (reply.status, reply.code()),
            (status, Some(code)),
            "{reply:?}"
        );
        assert_eq!(reply.body["success"], false);
        assert!(reply.body["meta"]["requestId"].is_string(), "{reply:?}");
        assert!(reply.body["meta"]["executionId"].is_string(), "{reply:?}");
        assert!(!reply.body.to_string().contains("secret"), "{reply:?}");
    }
    assert_eq!(upstream.received().len(), 1);
    let reply = call("fuses.fuses.list").await;
    assert_eq!((reply.status, &reply.body["data"]), (200, &json!({})));
    server.abort();
}
