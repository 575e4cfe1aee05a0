//! Files that are sent while they are read.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use axum::{Json, Router, routing::post};
use bytes::Bytes;
use futures_util::stream;
use plugwright_client::{Connector, ErrorCode, FileUpload};
use serde_json::{Value, json};

use crate::server::envelope;

async fn read(request: Request) -> Value {
    let body = axum::body::to_bytes(request.into_body(), 16 << 20).await;
    serde_json::from_slice(&body.unwrap()).unwrap()
}

/// Starts a server that fails once, and then responds with the body that it was sent.
async fn echo() -> (Connector, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let echo = async move |request: Request| {
        let body = read(request).await;
        if count.fetch_add(1, Ordering::Relaxed) == 0 {
            let mut busy = Response::new(Body::empty());
            *busy.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            busy.headers_mut().insert("retry-after", 0.into());
            return busy;
        }
        Response::new(envelope(&body.to_string(), "{}").into())
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let app = Router::new().route("/v1/actions/{id}", post(echo));
    tokio::spawn(async { axum::serve(listener, app).await });
    let client = Connector::builder().api_key("k").base_url(url);
    (client.build().unwrap(), asked)
}

#[tokio::test]
async fn a_file_of_any_length_is_sent_and_sent_again() {
    let directory = std::env::temp_dir().join(format!("plugwright-client-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    for length in [0, 1, 2, 3, 65_535, 65_536, 200_001] {
        let bytes: Vec<u8> = (0..length).map(|at: usize| at.to_le_bytes()[0]).collect();
        let path = directory.join(length.to_string());
        std::fs::write(&path, &bytes).unwrap();
        let pieces = bytes.clone();
        let stream = FileUpload::from_stream(move || {
            let pieces: Vec<_> = pieces.chunks(7).map(Bytes::copy_from_slice).collect();
            stream::iter(pieces.into_iter().map(Ok))
        });
        let (client, asked) = echo().await;
        let call = client
            .action("a.b")
            .input(json!({ "id": 1, "name": "\"quoted\"" }))
            .file(
                "path",
                FileUpload::from_path(&path).media_type("text/plain"),
            )
            .file("bytes", FileUpload::from_bytes(bytes.clone()))
            .file("stream", stream)
            .fields(["x"]);
        let body: Value = call.execute().await.unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), 2);
        assert_eq!(body["input"]["name"], "\"quoted\"");
        assert_eq!(body["options"], json!({ "fields": ["x"] }));
        for (param, media_type) in [
            ("path", "text/plain"),
            ("bytes", "application/octet-stream"),
            ("stream", "application/octet-stream"),
        ] {
            let text = body["input"][param].as_str().unwrap();
            let head = format!("data:{media_type};base64,");
            let sent = base64(text.strip_prefix(&head).unwrap());
            assert!(sent == bytes, "{param} of {length} bytes");
        }
    }
    std::fs::remove_dir_all(directory).unwrap();
}

fn base64(text: &str) -> Vec<u8> {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
}

#[tokio::test]
async fn a_file_that_can_t_be_read_or_named_is_an_error_of_the_caller() {
    let (client, asked) = echo().await;
    let call = || client.action("a.b");
    let broken = FileUpload::from_stream(|| {
        stream::iter([Ok(Bytes::from_static(b"abc")), Err(io::Error::other("cut"))])
    });
    for (call, message) in [
        (
            call().file("f", FileUpload::from_path("/nowhere/at/all")),
            "the file can't be read: ",
        ),
        (call().file("f", broken), "the file can't be read: cut"),
        (
            call().file("f", FileUpload::from_bytes("x").media_type("a\"b")),
            "the media type of `f` is invalid",
        ),
        (
            call()
                .input(json!([1]))
                .file("f", FileUpload::from_bytes("x")),
            "the input must be an object to have a file",
        ),
    ] {
        let error = call.execute::<Value>().await.unwrap_err();
        assert_eq!(*error.code(), ErrorCode::ClientInvalidRequest, "{error:?}");
        assert!(error.message().starts_with(message), "{error}");
        assert!(error.attempts() <= 1);
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_service_takes_files_too() {
    let echo = async |request: Request| {
        let body = read(request).await;
        Json(json!({ "success": true, "data": body["input"]["f"] }))
    };
    let double = Router::new().route("/v1/actions/{id}", post(echo));
    let client = Connector::builder().service(double).build().unwrap();
    let call = client
        .action("a.b")
        .file("f", FileUpload::from_bytes("abcd"));
    let sent: String = call.execute().await.unwrap();
    assert_eq!(sent, "data:application/octet-stream;base64,YWJjZA==");
}
