//! Which connections requests go over.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
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
use plugwright_egress::{Asker, Egress, EgressCall, EgressSettings};
use plugwright_sdk::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::server::{Server, request, tls};
use super::{call, context, settings, to_loopback};

const WITHIN: Duration = Duration::from_secs(20);

/// Sends a request of a caller with an account, and returns the body of the answer.
pub(crate) async fn send_as(
    egress: &Egress,
    url: &str,
    account: &str,
    asker: Asker,
    body: &str,
) -> Bytes {
    let transport = egress.for_call(EgressCall {
        budget: account.to_owned(),
        asker,
        ..call(false, WITHIN)
    });
    let cx = context(&transport, url, WITHIN);
    let request = cx.post("/asked").body("text/plain", body.to_owned());
    request.send().await.unwrap().body
}

/// A connection is free for the next request soon after its answer was read.
pub(crate) async fn until_it_is_free() {
    sleep(Duration::from_millis(100)).await;
}

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
                until_it_is_free().await;
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
    until_it_is_free().await;
    send_twice_elsewhere(&egress, &server.url(), false).await;
    assert_eq!(server.connections(), 1, "without its own");
    send_twice_elsewhere(&egress, &server.url(), true).await;
    assert_eq!(server.connections(), 2, "with its own");
    assert_eq!(send(&egress, &server.url(), 1).await, json!({}));
    assert_eq!(server.connections(), 2, "back here");
}

#[tokio::test]
async fn a_connection_is_for_one_account_and_one_tenant() {
    let server = Server::answering(&[(200, "")]).await;
    let egress = to_loopback();
    for (account, asker, connections) in [
        ("a", Asker::of("me", "acme"), 1),
        ("a", Asker::of("me", "acme"), 1),
        ("a", Asker::of("colleague", "acme"), 1),
        ("b", Asker::of("me", "acme"), 2),
        ("a", Asker::of("me", "beta"), 3),
        ("a", Asker::alone("acme"), 4),
        ("a", Asker::alone("me"), 5),
        ("a", Asker::alone("me"), 5),
        ("b", Asker::of("colleague", "acme"), 5),
        ("a", Asker::of("me", "acme"), 5),
    ] {
        send_as(&egress, &server.url(), account, asker, "x").await;
        until_it_is_free().await;
        assert_eq!(server.connections(), connections, "{account} {asker:?}");
    }
}

/// Answers each head with its path, and takes what follows a head for the next one.
async fn provider_that_leaves_bodies_unread() -> Server {
    Server::new(|mut stream| async move {
        let mut head = Vec::new();
        while let Ok(byte) = stream.read_u8().await {
            head.push(byte);
            if !head.ends_with(b"\r\n\r\n") {
                continue;
            }
            let read = String::from_utf8(mem::take(&mut head)).unwrap();
            let path = read.split(' ').nth(1).unwrap();
            let length = path.len();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{path}");
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_body_that_is_taken_for_a_request_reaches_nobody_else() {
    let server = provider_that_leaves_bodies_unread().await;
    let (egress, url) = (to_loopback(), server.url());
    let hostile = Asker::of("hostile", "acme");
    // The next request on its connection becomes a header of this one.
    let smuggled = "GET /smuggled HTTP/1.1\r\nx-rest: ";
    let answer = send_as(&egress, &url, "a", hostile, smuggled).await;
    assert_eq!(answer, "/asked");
    until_it_is_free().await;
    for (account, asker) in [
        ("b", hostile),
        ("b", Asker::of("good", "acme")),
        ("a", Asker::of("good", "beta")),
        ("b", Asker::of("good", "beta")),
        ("b", Asker::alone("good")),
    ] {
        let answer = send_as(&egress, &url, account, asker, "").await;
        assert_eq!(answer, "/asked", "{account} {asker:?}");
    }
    let answer = send_as(&egress, &url, "a", hostile, "").await;
    assert_eq!(answer, "/smuggled", "its own connection was kept");
}

#[tokio::test]
async fn connections_that_are_idle_longest_make_room() {
    let open = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&open);
    let server = Server::new(move |mut stream| {
        let open = Arc::clone(&count);
        async move {
            open.fetch_add(1, Ordering::SeqCst);
            while request(&mut stream).await.is_some() {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                stream.write_all(answer).await.unwrap();
            }
            open.fetch_sub(1, Ordering::SeqCst);
        }
    })
    .await;
    let (egress, url) = (to_loopback(), server.url());
    let send = |account: usize| {
        let (egress, url) = (&egress, &url);
        async move {
            let me = Asker::of("me", "me");
            send_as(egress, url, &account.to_string(), me, "x").await
        }
    };
    for account in 0..260 {
        send(account).await;
    }
    let closing = async {
        while open.load(Ordering::SeqCst) > 256 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(WITHIN, closing).await.expect("the oldest close");
    until_it_is_free().await;
    assert_eq!(server.connections(), 260);
    send(259).await;
    send(4).await;
    assert_eq!(server.connections(), 260, "these were kept");
    send(3).await;
    assert_eq!(server.connections(), 261, "this one was closed");
}
