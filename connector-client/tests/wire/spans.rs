//! What a subscriber of `tracing` learns of calls.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tracing_subscriber::fmt::format::FmtSpan;

use crate::server::{KEY, Server, envelope, failure, json as reply};

/// What was written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_call_is_a_span_that_has_no_secret() {
    let written = Written::default();
    let writer = written.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(move || writer.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());

    let replies = vec![
        failure(503, "unavailable", "retry-after: 0\r\n"),
        reply(
            200,
            "",
            &envelope(r#""of the output""#, r#"{"executionId":"run-1"}"#),
        ),
        failure(404, "unknown_action", "x-request-id: req-1\r\n"),
    ];
    let server = Server::start(replies).await;
    let client = server.client();
    let input = json!({ "text": "of the input" });
    client.execute::<Value>("a.b", &input).await.unwrap();
    client.execute::<Value>("a.c", &input).await.unwrap_err();

    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    let spans: Vec<_> = text.lines().filter(|line| line.contains("close")).collect();
    let spans: Vec<_> = spans
        .iter()
        .filter(|line| line.contains("gateway_call"))
        .collect();
    assert_eq!(spans.len(), 2, "{text}");
    assert!(
        spans[0].contains(r#"action="a.b""#) && spans[0].contains(r#"execution_id="run-1""#),
        "{text}"
    );
    for field in [
        r#"action="a.c""#,
        "status=404",
        r#"code="unknown_action""#,
        "attempts=1",
        r#"request_id="req-1""#,
    ] {
        assert!(spans[1].contains(field), "{field}: {text}");
    }
    assert!(
        text.contains("the call is repeated") && text.contains(r#"code="unavailable""#),
        "{text}"
    );
    for secret in [KEY, "of the input", "of the output"] {
        assert!(!text.contains(secret), "{text}");
    }
}
