//! Which connections requests go over.

use std::thread;
use std::time::Duration;

use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use futures_util::future::join_all;
use http::Version;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use plugwright_egress::{Egress, EgressSettings};
use plugwright_sdk::{Value, json};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::server::{Server, tls};
use super::{call, context, settings};

const WITHIN: Duration = Duration::from_secs(20);

/// Sends so many bytes, and returns what the server says of them.
async fn send(egress: &Egress, url: &str, length: usize) -> Value {
    let transport = egress.for_call(call(false, WITHIN));
    let cx = context(&transport, url, WITHIN);
    let request = cx.post("/x").body("text/plain", "x".repeat(length));
    request.send().await.unwrap().json().unwrap()
}

#[tokio::test]
async fn providers_that_speak_http2_get_all_requests_over_one_connection() {
    let api = Router::new().route(
        "/x",
        post(async |version: Version, body: Bytes| {
            Json(json!({ "version": format!("{version:?}"), "length": body.len() }))
        }),
    );
    let (acceptor, certificate) = tls(&["h2", "http/1.1"]);
    let server = Server::new(move |stream| {
        let (acceptor, api) = (acceptor.clone(), api.clone());
        async move {
            let stream = acceptor.accept(stream).await.unwrap();
            let server = auto::Builder::new(TokioExecutor::new());
            let serving =
                server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(api));
            // It lasts until the test ends.
            serving.await.ok();
        }
    })
    .await;
    let egress = Egress::new(EgressSettings {
        extra_root_certificates: vec![certificate],
        ..settings(&["127.0.0.1"])
    })
    .unwrap();
    let url = format!("https://{}", server.address);
    let expected = |length: usize| json!({ "version": "HTTP/2.0", "length": length });
    assert_eq!(send(&egress, &url, 5).await, expected(5));
    let at_once = (0..8).map(|_| send(&egress, &url, 300_000));
    for answer in join_all(at_once).await {
        assert_eq!(answer, expected(300_000));
    }
    assert_eq!(server.connections(), 1);
}

/// Sends two requests, one after the other, from a thread with a runtime for itself.
async fn send_twice_elsewhere(egress: &Egress, url: &str, own: bool) {
    let (egress, url) = (egress.clone(), url.to_owned());
    let (done, ended) = oneshot::channel();
    thread::spawn(move || {
        if own {
            egress.use_own_connections();
        }
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for _ in 0..2 {
                assert_eq!(send(&egress, &url, 1).await, json!({}));
                // A connection is free for the next request soon after its answer was read.
                sleep(Duration::from_millis(100)).await;
            }
        });
        done.send(()).unwrap();
    });
    ended.await.expect("no request fails");
}

#[tokio::test]
async fn a_thread_has_connections_of_its_own_if_it_asks() {
    let server = Server::answering(&[(200, "")]).await;
    let egress = Egress::new(settings(&["127.0.0.1"])).unwrap();
    assert_eq!(send(&egress, &server.url(), 1).await, json!({}));
    sleep(Duration::from_millis(100)).await;
    send_twice_elsewhere(&egress, &server.url(), false).await;
    assert_eq!(server.connections(), 1, "without its own");
    send_twice_elsewhere(&egress, &server.url(), true).await;
    assert_eq!(server.connections(), 2, "with its own");
    assert_eq!(send(&egress, &server.url(), 1).await, json!({}));
    assert_eq!(server.connections(), 2, "back here");
}
