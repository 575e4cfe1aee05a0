//! A service in the same process, in place of a server.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use futures_util::stream;
use plugwright_client::{Connector, ErrorCode, ProjectConnector};
use serde_json::{Value, json};
use tower::service_fn;

use crate::server::{KEY, envelope};

fn ok(body: impl Into<Body>) -> Response<Body> {
    Response::new(body.into())
}

#[tokio::test]
async fn a_service_sees_the_requests_that_a_server_would() {
    let service = service_fn(async |request: Request<reqwest::Body>| {
        let seen = json!({
            "method": request.method().as_str(),
            "path": request.uri().path(),
            "accept": request.headers()["accept"].to_str().unwrap(),
            "key": request.headers().get("authorization").map(|key| key.to_str().unwrap()),
        });
        let body = axum::body::to_bytes(Body::new(request.into_body()), 1 << 10).await;
        let body: Value = serde_json::from_slice(&body.unwrap()).unwrap_or_default();
        let data = json!({ "seen": seen, "body": body }).to_string();
        Ok::<_, io::Error>(ok(envelope(&data, "{}")))
    });
    let builder = || Connector::builder().service(service);
    let call = async |client: Connector| {
        let input = json!({ "n": 1 });
        client.execute::<Value>("a.b", &input).await.unwrap()
    };
    let mut expected = json!({
        "seen": {
            "method": "POST",
            "path": "/v1/actions/a.b",
            "accept": "application/json",
            "key": null,
        },
        "body": { "input": { "n": 1 } },
    });
    assert_eq!(call(builder().build().unwrap()).await, expected);
    expected["seen"]["key"] = format!("Bearer {KEY}").into();
    assert_eq!(
        call(builder().api_key(KEY).build().unwrap()).await,
        expected
    );
    let project = ProjectConnector::builder()
        .service(service)
        .build()
        .unwrap();
    let error = project.connection_request("r").await.unwrap_err();
    assert_eq!(*error.code(), ErrorCode::ClientInvalidResponse, "{error:?}");
}

#[tokio::test]
async fn a_service_that_fails_or_is_silent_is_like_a_server_that_is() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let failing = service_fn(move |_: Request<reqwest::Body>| {
        let first = count.fetch_add(1, Ordering::Relaxed) == 0;
        async move {
            let answer = ok(envelope("1", "{}"));
            if first {
                Err(io::Error::other("busy"))
            } else {
                Ok(answer)
            }
        }
    });
    let client = Connector::builder().service(failing).build().unwrap();
    let number: u64 = client.execute("a.b", &json!({})).await.unwrap();
    assert_eq!((number, asked.load(Ordering::Relaxed)), (1, 2));

    let silent = service_fn(async |_: Request<reqwest::Body>| {
        std::future::pending::<Result<Response<Body>, io::Error>>().await
    });
    let broken = service_fn(async |_: Request<reqwest::Body>| {
        let pieces = stream::iter([Ok("{"), Err(io::Error::other("cut"))]);
        Ok::<_, io::Error>(ok(Body::from_stream(pieces)))
    });
    let short = || {
        let builder = Connector::builder().retries(0);
        builder.timeout(Duration::from_millis(50))
    };
    for (client, code) in [
        (short().service(silent), ErrorCode::ClientTimeout),
        (short().service(broken), ErrorCode::ClientNetworkError),
    ] {
        let client = client.build().unwrap();
        let error = client
            .execute::<Value>("a.b", &json!({}))
            .await
            .unwrap_err();
        assert_eq!((error.code(), error.attempts()), (&code, 1));
    }
}
