//! Uploads in pieces, over connections that break.

use std::sync::{Arc, Mutex};

use plugwright_sdk::{
    ActionContext, ConnectorDefinition, FileInput, Value, actions, host::FileSource, json,
};
use plugwright_tests::{Loopback, Received, ToLoopback};

static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("films", "Films", "1.0.0")
    .base_url("https://films.example.test")
    .actions(actions![]);

/// What a server has of an upload.
#[derive(Default)]
struct Session {
    total: usize,
    kept: Vec<u8>,
}

impl Session {
    /// Answers like Google's APIs, but keeps each piece and says nothing.
    fn answer(&mut self, request: &Received) -> Vec<u8> {
        if request.method == "POST" {
            let total = request.header("x-upload-content-length").unwrap();
            self.total = total.parse().unwrap();
            let host = request.header("host").unwrap();
            return head(200, &format!("location: http://{host}/session\r\n"), "");
        }
        self.kept.extend_from_slice(&request.body);
        if !request.body.is_empty() {
            return Vec::new();
        }
        if self.kept.len() == self.total {
            return head(200, "content-type: application/json\r\n", r#"{"id":7}"#);
        }
        head(
            308,
            &format!("range: bytes=0-{}\r\n", self.kept.len() - 1),
            "",
        )
    }
}

fn head(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Told\r\n{headers}content-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_where_the_connection_broke() {
    let film: Vec<u8> = (0..20_000_000_u32).map(|at| (at % 251) as u8).collect();
    let session = Arc::new(Mutex::new(Session::default()));
    let answering = Arc::clone(&session);
    let server = Loopback::start(move |request| answering.lock().unwrap().answer(request))
        .await
        .unwrap();
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(ToLoopback::new(&server).unwrap()))
        .attachment("film.mp4", FileSource::from_bytes(film.clone()))
        .build();

    let uploaded: Value = cx
        .post("/upload")
        .json(&json!({ "name": "Lamp" }))
        .upload_resumable(&FileInput::attached("film.mp4"), Some("video/mp4"))
        .await
        .unwrap();

    assert_eq!(uploaded, json!({ "id": 7 }));
    assert!(session.lock().unwrap().kept == film);
    let received = server.received();
    let opened = received.iter().filter(|request| request.method == "POST");
    assert_eq!(opened.count(), 1);
    // No piece was answered, so that each is asked about.
    let ranges = received[1..]
        .iter()
        .map(|request| request.header("content-range").unwrap());
    assert_eq!(
        ranges.collect::<Vec<_>>(),
        [
            "bytes 0-8388607/20000000",
            "bytes */20000000",
            "bytes 8388608-16777215/20000000",
            "bytes */20000000",
            "bytes 16777216-19999999/20000000",
            "bytes */20000000",
        ]
    );
}
