//! Files as members of JSON bodies, over a real connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream::{self, StreamExt as _};
use plugwright_sdk::host::FileSource;
use plugwright_sdk::transport::{Plan, Transport};
use plugwright_sdk::{
    ActionContext, ActionResult, ConnectorDefinition, ErrorCode, FileInput, Result, Value, action,
    actions, json,
};
use plugwright_tests::{Loopback, ToLoopback};

/// Saves a file as base64.
#[action("contents.save", write, put = "/contents/{name}", json(kind = "file"))]
async fn save(
    cx: &ActionContext,
    /// Its name.
    name: String,
    /// The file.
    #[param(send_as = base64)]
    content: FileInput,
    /// What is told of it.
    note: Option<String>,
) -> Result<()>;

/// Saves a text.
#[action("contents.write", write)]
async fn write(
    cx: &ActionContext,
    /// The text.
    content: Option<FileInput>,
) -> Result<()> {
    let content = content.as_ref().map(FileInput::text);
    cx.put("/text").field("content", content).fetch().await
}

/// Saves a file in a list.
#[action("contents.batch", write)]
async fn batch(
    cx: &ActionContext,
    /// The file.
    content: FileInput,
) -> Result<()> {
    let text = STANDARD.encode(cx.read_file(&content).await?.bytes);
    cx.post("/batch")
        .json(&json!([{ "content": text }]))
        .fetch()
        .await
}

static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("contents", "Contents", "1.0.0")
    .base_url("https://api.example.test")
    .actions(actions![save, write, batch]);

const SAVE: usize = 0;
const WRITE: usize = 1;
const BATCH: usize = 2;

async fn server() -> Loopback {
    let ok = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    Loopback::start(|_| ok.to_vec()).await.expect("a port")
}

async fn run(
    server: &Loopback,
    file: FileSource,
    action: usize,
    input: Value,
) -> Result<ActionResult> {
    let transport = ToLoopback::new(server).expect("a client");
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(transport))
        .attachment("a", file)
        .build();
    plugwright_sdk::run(CONNECTOR.actions()[action], &cx, input).await
}

/// A file of so many pieces of 1000 bytes, and how many of them were read.
fn long(pieces: usize) -> (FileSource, Arc<AtomicUsize>) {
    let read = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&read);
    let file = FileSource::new(1000 * pieces as u64, move || {
        let count = Arc::clone(&count);
        stream::iter(0..pieces)
            .map(move |piece| {
                count.fetch_add(1, Ordering::Relaxed);
                Ok(vec![u8::try_from(piece % 251).unwrap_or(0); 1000].into())
            })
            .boxed()
    });
    (file, read)
}

#[tokio::test]
async fn an_attached_file_is_encoded_while_it_is_sent() {
    let server = server().await;
    let (file, read) = long(2_000);
    let input = json!({ "name": "x", "content": "attachment:a", "note": "a \"b\"" });
    run(&server, file, SAVE, input).await.expect("it is sent");
    assert_eq!(read.load(Ordering::Relaxed), 2_000, "it is read once");
    let received = server.received();
    let body: Value = serde_json::from_slice(&received[0].body).expect("it is JSON");
    assert_eq!(
        (&body["kind"], &body["note"]),
        (&json!("file"), &json!("a \"b\""))
    );
    let content = STANDARD.decode(body["content"].as_str().expect("a text"));
    let content = content.expect("it is base64");
    assert_eq!(content.len(), 2_000_000);
    assert!(content.chunks(1000).zip(0..).all(|(piece, index)| {
        let expected = u8::try_from(index % 251).expect("it fits");
        piece.iter().all(|byte| *byte == expected)
    }));
    let length = received[0].body.len().to_string();
    let header = |name: &str| {
        let mut headers = received[0].headers.iter();
        headers
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(header("content-length"), Some(&*length));
    assert_eq!(header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn a_file_inside_of_the_input_is_sent_as_it_was_encoded() {
    let server = server().await;
    let file = || FileSource::from_bytes("");
    let input = json!({ "name": "x", "content": "data:text/plain,a%20b" });
    run(&server, file(), SAVE, input).await.expect("it is sent");
    let input = json!({ "content": "data:;base64,w7w=" });
    run(&server, file(), WRITE, input.clone())
        .await
        .expect("it is sent");
    run(&server, file(), WRITE, json!({}))
        .await
        .expect("it is sent");
    run(&server, file(), BATCH, input)
        .await
        .expect("it is sent");
    let received = server.received();
    let bodies: Vec<_> = received
        .iter()
        .map(|request| String::from_utf8_lossy(&request.body))
        .collect();
    assert_eq!(
        bodies,
        [
            r#"{"kind":"file","content":"YSBi"}"#,
            r#"{"content":"ü"}"#,
            "{}",
            r#"[{"content":"w7w="}]"#,
        ]
    );
}

#[tokio::test]
async fn what_is_no_text_or_too_long_is_refused_and_not_sent() {
    let server = server().await;
    let input = json!({ "content": "attachment:a" });
    for (file, message) in [
        (FileSource::from_bytes(vec![0xff]), "must be UTF-8"),
        (long(34_000).0, "is longer than 33554432 bytes"),
    ] {
        let refused = run(&server, file, WRITE, input.clone()).await;
        let error = refused.expect_err("it is no text");
        assert_eq!(error.code(), ErrorCode::ValidationError);
        assert!(error.message().contains(message), "{error}");
    }
    let missing = json!({ "content": "attachment:b" });
    for action in [WRITE, BATCH] {
        let refused = run(&server, FileSource::from_bytes(""), action, missing.clone()).await;
        let error = refused.expect_err("it is not attached");
        assert!(error.message().contains("attached are: a"), "{error}");
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_plan_shows_where_the_file_goes() {
    let plan = Arc::new(Plan::new());
    let file = FileSource::from_bytes("hello").named("notes.txt");
    let cx = ActionContext::builder(&CONNECTOR, Arc::clone(&plan) as Arc<dyn Transport>)
        .attachment("a", file)
        .build();
    let input = json!({ "name": "x", "content": "attachment:a" });
    let planned = plugwright_sdk::run(CONNECTOR.actions()[SAVE], &cx, input).await;
    planned.expect_err("nothing is sent");
    let body = plan.requests()[0].body.clone().expect("it has a body");
    assert_eq!(
        body.bytes(),
        r#"{"kind":"file","content":"[base64 of the file notes.txt (5 bytes)]"}"#
    );
}
