//! A provider that the gateway can reach: an address of this machine at which the gateway lets its
//! connectors ask, which loopback never is. Without one, these tests say so and try nothing.

use std::collections::VecDeque;
use std::env;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use plugwright_client::{Connector, ErrorCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::gateway::{Fate, builder, connect_with, passed, relayed};

const POST: &str = "rocket_chat.post_message";
const LIST: &str = "rocket_chat.list_rooms";

/// What the provider was asked for, and with which statuses and after which time it answers.
#[derive(Clone, Default)]
struct Chat {
    asked: Arc<Mutex<Vec<String>>>,
    statuses: Arc<Mutex<VecDeque<u16>>>,
    wait: Duration,
}

impl Chat {
    /// Starts the provider, and connects an account of it with this name.
    async fn start(mut self, name: &str, statuses: &[u16]) -> Option<Self> {
        let Ok(address) = env::var("PLUGWRIGHT_TS_GATEWAY_PROVIDER") else {
            println!(
                "not tried: PLUGWRIGHT_TS_GATEWAY_PROVIDER is no address that the gateway may ask"
            );
            return None;
        };
        self.statuses = Arc::new(Mutex::new(statuses.iter().copied().collect()));
        let listener = TcpListener::bind((address.as_str(), 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let account = json!({ "baseUrl": url, "userId": "u", "authToken": "t" });
        connect_with("rocket_chat", "custom_credential", name, account).await;
        Some(self)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn answer(State(chat): State<Chat>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if path.ends_with("/me") {
        return Json(json!({ "_id": "u", "username": "ada", "success": true })).into_response();
    }
    chat.asked.lock().unwrap().push(path);
    tokio::time::sleep(chat.wait).await;
    let status = chat.statuses.lock().unwrap().pop_front().unwrap_or(200);
    let body = json!({ "success": status == 200, "message": { "_id": "m1" }, "update": [] });
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

async fn post(client: &Connector, connection: &str) -> Result<Value, plugwright_client::Error> {
    let input = json!({ "roomId": "#lamps", "text": "It is on" });
    let action = client.action(POST).connection_name(connection);
    action.input(input).execute().await
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn a_write_whose_response_is_lost_is_made_once() {
    let Some(chat) = Chat::default().start("lost", &[]).await else {
        return;
    };
    let (builder, log) = relayed(&[Fate::Lost]);
    let output = post(&builder.build().unwrap(), "lost").await.unwrap();
    assert_eq!(output["message"]["_id"], "m1");
    assert_eq!(chat.asked(), ["/api/v1/chat.postMessage"]);
    assert_eq!(passed(&log).len(), 2);
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn a_call_that_the_provider_limits_is_made_again_with_another_key() {
    let Some(chat) = Chat::default().start("limited", &[429, 429]).await else {
        return;
    };
    let (builder, log) = relayed(&[]);
    let client = builder.build().unwrap();
    let list = client.action(LIST).connection_name("limited");
    let output = list.input(json!({})).execute::<Value>().await.unwrap();
    assert_eq!(output["success"], true);
    assert_eq!(chat.asked().len(), 3);
    let requests = passed(&log);
    assert!(requests[0] != requests[1] && requests[1] != requests[2]);

    *chat.statuses.lock().unwrap() = [429, 429].into();
    let list = client.action(LIST).connection_name("limited");
    let key = format!("a-test-{:?}", std::time::SystemTime::now());
    let list = list.input(json!({})).idempotency_key(key);
    let error = list.execute::<Value>().await.unwrap_err();
    assert_eq!(
        (error.code(), error.status(), error.attempts()),
        (&ErrorCode::RateLimited, Some(429), 2)
    );
    assert_eq!(chat.asked().len(), 4);
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn errors_of_the_provider_have_its_status() {
    let cases = [
        (403, ErrorCode::AuthorizationFailed, 403),
        (404, ErrorCode::InvalidInput, 400),
        (500, ErrorCode::ProviderError, 500),
    ];
    let statuses = cases.each_ref().map(|(status, ..)| *status);
    let Some(_chat) = Chat::default().start("failing", &statuses).await else {
        return;
    };
    let client = builder().retries(0).build().unwrap();
    for (of_provider, code, status) in cases {
        let error = post(&client, "failing").await.unwrap_err();
        assert_eq!((error.code(), error.status()), (&code, Some(status)));
        let data = error.data().unwrap();
        assert_eq!(data["status"], of_provider);
        assert_eq!(data["details"]["message"]["_id"], "m1");
    }
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn a_write_that_takes_too_long_is_asked_for_once_and_ends_as_a_timeout() {
    let chat = Chat {
        wait: Duration::from_millis(1_500),
        ..Chat::default()
    };
    let Some(chat) = chat.start("slow", &[]).await else {
        return;
    };
    // The gateway gives a run up when its client does, and keeps that for the key.
    let client = builder().timeout(Duration::from_millis(500));
    let error = post(&client.build().unwrap(), "slow").await.unwrap_err();
    assert_eq!(
        (error.code(), error.status(), error.attempts()),
        (&ErrorCode::ClientTimeout, None, 2)
    );
    assert!(error.execution_id().is_some() && error.is_retryable());
    assert_eq!(chat.asked().len(), 1);
    let patient = builder().timeout(Duration::from_secs(10)).build().unwrap();
    assert_eq!(post(&patient, "slow").await.unwrap()["success"], true);
}
