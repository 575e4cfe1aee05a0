//! Connections that break.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use plugwright_client::{Error, ErrorCode};
use serde_json::{Value, json};

use crate::server::{Reply, Server, envelope, response};

const RUN: &str = r#"{"executionId":"run-1","actionId":"a.b"}"#;

fn whole() -> Vec<u8> {
    let body = envelope(r#"{"number":7,"title":"Grüße 🎈"}"#, RUN);
    response(200, "content-type: application/json\r\n", &body)
}

/// Checks what becomes of a response that is cut at each byte of its end, many at a time.
async fn at_each_byte<C: Future<Output = ()>>(check: impl Fn(Vec<u8>, usize) -> C) {
    let whole = whole();
    let ends = stream::iter(0..whole.len());
    ends.for_each_concurrent(32, |end| check(whole[..end].to_vec(), end))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_breaks_at_any_byte_is_one_call_with_one_key() {
    at_each_byte(|cut, end| async move {
        let server = Server::start(vec![Reply::Bytes(cut), Reply::Bytes(whole())]).await;
        let result = server
            .client()
            .execute_raw::<Value>("a.b", &json!({ "n": end }))
            .await;
        let result = result.unwrap_or_else(|error| panic!("cut at {end}: {error:?}"));
        assert_eq!(result.data["number"], 7);
        assert_eq!(result.execution_id.as_deref(), Some("run-1"));
        let sent = server.received();
        let keys: Vec<_> = sent
            .iter()
            .map(|request| request.header("idempotency-key"))
            .collect();
        assert_eq!(sent.len(), 2, "cut at {end}");
        assert!(keys[0].is_some() && keys[0] == keys[1], "{keys:?}");
        assert_eq!(sent[0].body, sent[1].body);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_retries_a_broken_connection_is_an_error_at_any_byte() {
    at_each_byte(|cut, end| async move {
        let server = Server::start(vec![Reply::Bytes(cut)]).await;
        let client = server.builder().retries(0).build().unwrap();
        let error = client
            .execute::<Value>("a.b", &json!({}))
            .await
            .unwrap_err();
        assert_eq!(*error.code(), ErrorCode::ClientNetworkError, "cut at {end}");
        assert_eq!(
            (error.status(), error.attempts(), error.action_id()),
            (None, 1, Some("a.b"))
        );
        let sent = server.received();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].header("idempotency-key"), None);
    })
    .await;
}

async fn read(server: &Server) -> Result<String, Error> {
    let client = server.builder().retries(1).build().unwrap();
    let mut output = client.action("a.b").execute_stream().await?;
    let mut text = Vec::new();
    while let Some(piece) = output.next().await {
        text.extend_from_slice(&piece?);
    }
    Ok(String::from_utf8(text).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_breaks_says_so_and_is_complete_otherwise() {
    let head = String::from_utf8_lossy(&whole()).find("\r\n\r\n").unwrap() + 4;
    at_each_byte(|cut, end| async move {
        let server = Server::start(vec![Reply::Bytes(cut), Reply::Bytes(whole())]).await;
        let output = read(&server).await;
        if end < head {
            // The output had not begun, so the call was repeated.
            assert_eq!(
                output.unwrap(),
                r#"{"number":7,"title":"Grüße 🎈"}"#,
                "cut at {end}"
            );
            assert_eq!(server.received().len(), 2);
        } else {
            let error = output.unwrap_err();
            assert_eq!(*error.code(), ErrorCode::ClientNetworkError, "cut at {end}");
            assert_eq!(server.received().len(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_stream_is_read_while_it_arrives_and_bounded_by_its_pauses() {
    let body = envelope(&format!("[{}1]", "1,".repeat(5_000)), RUN);
    let whole = response(200, "", &body);
    let pieces: Vec<_> = whole.chunks(whole.len() / 8).map(<[u8]>::to_vec).collect();
    let server = Server::start(vec![Reply::Pieces(pieces, Duration::from_millis(60))]).await;
    // The whole takes longer than the timeout, which is that of each piece.
    let client = server
        .builder()
        .timeout(Duration::from_millis(250))
        .build()
        .unwrap();
    let mut output = client.action("a.b").execute_stream().await.unwrap();
    let mut pieces = Vec::new();
    while let Some(piece) = output.next().await {
        pieces.push(piece.unwrap());
    }
    assert!(pieces.len() >= 5, "{}", pieces.len());
    let numbers: Vec<u8> = serde_json::from_slice(&pieces.concat()).unwrap();
    assert_eq!(numbers.len(), 5_001);

    let stalled = vec![whole[..whole.len() / 2].to_vec(), Vec::new()];
    let server = Server::start(vec![Reply::Pieces(stalled, Duration::from_secs(5))]).await;
    let client = server
        .builder()
        .timeout(Duration::from_millis(100))
        .build()
        .unwrap();
    let mut output = client.action("a.b").execute_stream().await.unwrap();
    let mut last = output.next().await;
    while let Some(Ok(_)) = last {
        last = output.next().await;
    }
    let Some(Err(error)) = last else {
        panic!("the stream has ended")
    };
    assert_eq!(*error.code(), ErrorCode::ClientTimeout);
    assert!(output.next().await.is_none());
}

#[tokio::test]
async fn a_future_that_is_dropped_cancels_its_call() {
    let server = Server::start(vec![Reply::Silence]).await;
    let client = server.client();
    let input = json!({});
    let call = client.execute::<Value>("a.b", &input);
    tokio::time::timeout(Duration::from_millis(300), call)
        .await
        .unwrap_err();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(server.received().len(), 1);
    assert_eq!(
        *server.hung_up.lock().unwrap(),
        1,
        "the connection is still open"
    );
}
