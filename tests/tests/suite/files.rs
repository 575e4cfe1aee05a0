//! Files that go over a real connection piece by piece.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use plugwright_sdk::host::FileSource;
use plugwright_sdk::transport::{Plan, Transport};
use plugwright_sdk::{
    ActionContext, ActionError, ActionResult, Auth, ConnectorDefinition, Credential, ErrorCode,
    FileInput, FileOutput, Result, action, actions, json, path,
};
use plugwright_tests::{Loopback, Received, ToLoopback};
use tokio::io::AsyncWrite;
use tokio::time::Instant;

/// Stores a file.
#[action("files.put", write)]
async fn put(
    cx: &ActionContext,
    /// The file.
    content: FileInput,
) -> Result<()> {
    cx.put(path!("/file")).file(&content, None).fetch().await
}

/// Gets a file.
#[action("files.get", read)]
async fn get(cx: &ActionContext) -> Result<FileOutput> {
    cx.get(path!("/file")).download().await
}

static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("files", "Files", "1.0.0")
    .base_url("https://api.example.test")
    .auth(&[Auth::bearer_token("Token")])
    .actions(actions![put, get]);

/// A connector whose host is the loopback server, so that redirects stay at their origin.
static LOCAL: ConnectorDefinition = ConnectorDefinition::new("local-files", "Files", "1.0.0")
    .base_url("{origin}")
    .actions(actions![]);

/// Keeps what is written to it.
#[derive(Clone, Default)]
struct Saved(Arc<Mutex<Vec<u8>>>);

impl AsyncWrite for Saved {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.lock().expect("no writer panics").extend(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Takes nothing, as a full disk does.
struct Full;

impl AsyncWrite for Full {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(io::Error::from(io::ErrorKind::StorageFull)))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

async fn server(answer: impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static) -> Loopback {
    Loopback::start(answer).await.expect("a port")
}

fn context(server: &Loopback) -> plugwright_sdk::host::ActionContextBuilder {
    let transport = ToLoopback::new(server).expect("a client");
    ActionContext::builder(&CONNECTOR, Arc::new(transport))
        .credential(Credential::token("secret"))
        .response_cap(1000)
        .deadline(Instant::now() + Duration::from_secs(20))
}

async fn run(
    index: usize,
    cx: &ActionContext,
    input: plugwright_sdk::Value,
) -> Result<ActionResult> {
    plugwright_sdk::run(CONNECTOR.actions()[index], cx, input).await
}

async fn upload(cx: &ActionContext, content: &str) -> Result<ActionResult> {
    run(0, cx, json!({ "content": content })).await
}

async fn download(cx: &ActionContext) -> Result<ActionResult> {
    run(1, cx, json!({})).await
}

fn header<'a>(request: &'a Received, name: &str) -> Option<&'a str> {
    let mut headers = request.headers.iter();
    headers
        .find(|(other, _)| other == name)
        .map(|(_, value)| value.as_str())
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{head}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn a_file_inside_of_the_input_is_sent_with_its_media_type() {
    let server = server(|_| answer("", b"")).await;
    let cx = context(&server).build();
    upload(&cx, "data:text/csv;base64,YTti")
        .await
        .expect("it is sent");
    let received = server.received();
    assert_eq!(received[0].body, b"a;b");
    assert_eq!(header(&received[0], "content-type"), Some("text/csv"));
}

#[tokio::test]
async fn an_attached_file_is_sent_from_disk_with_its_length() {
    let server = server(|_| answer("", b"")).await;
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("attached.bin");
    let content: Vec<u8> = (0..300_000_u32)
        .map(|number| number.to_le_bytes()[0])
        .collect();
    std::fs::write(&path, &content).expect("the folder can be written");
    let file = FileSource::from_path(&path).expect("it is there");
    let cx = context(&server).attachment("a.bin", file).build();
    upload(&cx, "attachment:a.bin").await.expect("it is sent");
    let received = server.received();
    assert_eq!(received[0].body, content);
    assert_eq!(header(&received[0], "content-length"), Some("300000"));
    assert_eq!(header(&received[0], "transfer-encoding"), None);
}

#[tokio::test]
async fn a_redirect_gets_the_file_from_its_start() {
    let server = server(|request| {
        if request.target == "/file" {
            let redirect =
                "HTTP/1.1 307 Temporary Redirect\r\nlocation: /moved\r\ncontent-length: 0\r\n\r\n";
            redirect.as_bytes().to_vec()
        } else {
            answer("", b"")
        }
    })
    .await;
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let file = FileSource::new(5, move || {
        count.fetch_add(1, Ordering::Relaxed);
        FileSource::from_bytes("hello").open()
    });
    let live = plugwright_sdk::transport::Live::new().expect("a client");
    let cx = ActionContext::builder(&LOCAL, Arc::new(live))
        .setting("origin", format!("http://{}", server.address()))
        .attachment("a", file)
        .build();
    put(&cx, FileInput::attached("a"))
        .await
        .expect("it is sent");
    let received = server.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[1].body, b"hello");
    assert_eq!(opened.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn an_attachment_that_is_not_there_is_named_with_those_that_are() {
    let server = server(|_| answer("", b"")).await;
    let cx = context(&server)
        .attachment("notes.txt", FileSource::from_bytes("x"))
        .build();
    let error = upload(&cx, "attachment:note.txt")
        .await
        .expect_err("it is unknown");
    assert_eq!(error.code(), ErrorCode::ValidationError);
    assert!(error.to_string().contains("note.txt"), "{error}");
    assert!(
        error.to_string().contains("attached are: notes.txt"),
        "{error}"
    );
    let input = json!({ "content": "attachment:note.txt" });
    let cx = context(&server).params(Arc::new(input)).build();
    let error = upload(&cx, "attachment:note.txt")
        .await
        .expect_err("nothing is attached");
    assert_eq!(error.faults()[0].param, "content");
    assert!(
        error.message().contains("no file is attached to this call"),
        "{error}"
    );
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_file_that_is_shorter_than_it_says_ends_as_an_error() {
    let server = server(|_| answer("", b"")).await;
    let file = FileSource::new(10, || FileSource::from_bytes("short").open());
    let cx = context(&server).attachment("a", file).build();
    let error = upload(&cx, "attachment:a")
        .await
        .expect_err("it ends early");
    assert_eq!(error.code(), ErrorCode::UpstreamError, "{error}");
    assert!(error.is_ambiguous());
}

#[tokio::test]
async fn without_a_place_to_save_a_file_is_in_the_output() {
    let server = server(|_| {
        answer(
            "content-type: image/png\r\ncontent-disposition: attachment; filename=\"a.png\"\r\n",
            b"\x89PNG",
        )
    })
    .await;
    let result = download(&context(&server).build()).await.expect("it comes");
    assert_eq!(
        result.data,
        json!({
            "name": "a.png",
            "content_type": "image/png",
            "size": 4,
            "content": "data:image/png;base64,iVBORw==",
        })
    );
}

#[tokio::test]
async fn a_saved_file_may_be_longer_than_answers() {
    let content = vec![b'x'; 100_000];
    let body = content.clone();
    let server = server(move |_| answer("content-type: text/plain\r\n", &body)).await;
    let saved = Saved::default();
    let cx = context(&server).save_to(saved.clone()).build();
    let result = download(&cx).await.expect("it comes");
    assert_eq!(*saved.0.lock().expect("no writer panics"), content);
    assert_eq!(result.data.value()["size"], 100_000);
    assert_eq!(result.data.value()["content"], json!(null));

    let error = download(&context(&server).build())
        .await
        .expect_err("it is too long");
    assert_eq!(error.code(), ErrorCode::ResponseTooLarge);
}

async fn fails_to_save(
    reply: &'static [u8],
    place: impl AsyncWrite + Send + Unpin + 'static,
) -> ActionError {
    let server = server(|_| reply.to_vec()).await;
    let cx = context(&server).save_to(place).build();
    download(&cx).await.expect_err("it can't be saved")
}

#[tokio::test]
async fn an_error_of_the_provider_is_not_saved() {
    let saved = Saved::default();
    let reply = b"HTTP/1.1 404 Not Found\r\ncontent-length: 15\r\n\r\n{\"message\":\"-\"}";
    let error = fails_to_save(reply, saved.clone()).await;
    assert_eq!(error.code(), ErrorCode::NotFound);
    assert!(saved.0.lock().expect("no writer panics").is_empty());
}

#[tokio::test]
async fn a_connection_that_breaks_is_no_whole_file() {
    let reply = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello";
    let error = fails_to_save(reply, Saved::default()).await;
    assert_eq!(error.code(), ErrorCode::UpstreamError);
}

#[tokio::test]
async fn a_full_disk_is_told() {
    let reply = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
    let error = fails_to_save(reply, Full).await;
    assert_eq!(error.code(), ErrorCode::InternalError);
    assert!(error.message().contains("can't be written"), "{error}");
}

#[tokio::test]
async fn a_plan_shows_what_file_would_be_sent() {
    let plan = Arc::new(Plan::new());
    let cx = ActionContext::builder(&CONNECTOR, Arc::clone(&plan) as Arc<dyn Transport>)
        .credential(Credential::token("secret"))
        .attachment("a", FileSource::from_bytes("hello").named("notes.txt"))
        .build();
    upload(&cx, "attachment:a")
        .await
        .expect_err("nothing is sent");
    let body = plan.requests()[0].body.clone().expect("it has a body");
    assert_eq!(body.bytes(), "[the file notes.txt (5 bytes)]");
}
