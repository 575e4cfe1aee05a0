use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::*;
use crate::testing::{Canned, block_on};
use crate::transport::{Request, Response, TransportError};
use crate::{ConnectorDefinition, actions};

static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("films", "Films", "1.0.0")
    .base_url("https://api.example.com")
    .actions(actions![]);

const SESSION: &str = "https://api.example.com/upload/films?upload_id=1";

/// What goes wrong with a request within the session.
#[derive(Clone, Copy)]
enum Fault {
    RequestLost,
    AnswerLost,
    Busy,
    /// Only so many bytes of the piece are kept.
    Partial(usize),
}

#[derive(Default)]
struct Server {
    opened: usize,
    total: usize,
    kept: Vec<u8>,
    completed: usize,
    faults: VecDeque<Option<Fault>>,
    ranges: Vec<String>,
}

impl Server {
    fn answer(&mut self, request: &Request) -> Result<Response, TransportError> {
        if request.method == Method::POST {
            self.opened += 1;
            self.total = header(request, "x-upload-content-length").parse().unwrap();
            return Ok(answer(200, &[("location", SESSION)], ""));
        }
        assert_eq!(request.url.as_str(), SESSION);
        let range = header(request, "content-range");
        self.ranges.push(range.clone());
        let fault = self.faults.pop_front().flatten();
        match fault {
            Some(Fault::RequestLost) => return Err(interrupted()),
            Some(Fault::Busy) => return Ok(answer(503, &[], "")),
            Some(Fault::AnswerLost | Fault::Partial(_)) | None => {}
        }
        let piece = request.body.bytes().unwrap();
        if let Some(start) = range
            .strip_prefix("bytes ")
            .and_then(|range| range.split_once('-'))
        {
            assert_eq!(start.0.parse(), Ok(self.kept.len()), "{range}");
            let kept = match fault {
                Some(Fault::Partial(kept)) => kept,
                _ => piece.len(),
            };
            self.kept.extend_from_slice(&piece[..kept]);
        }
        let is_whole = self.kept.len() == self.total;
        self.completed += usize::from(is_whole && self.completed == 0);
        if matches!(fault, Some(Fault::AnswerLost)) {
            return Err(interrupted());
        }
        if is_whole {
            return Ok(answer(200, &[], r#"{"id":7}"#));
        }
        let range = format!("bytes=0-{}", self.kept.len().saturating_sub(1));
        let headers = [("range", range.as_str())];
        Ok(answer(
            308,
            if self.kept.is_empty() { &[] } else { &headers },
            "",
        ))
    }
}

fn header(request: &Request, name: &str) -> String {
    request.headers[name].to_str().unwrap().to_owned()
}

fn answer(status: u16, headers: &[(&str, &str)], body: &'static str) -> Response {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| {
            let name: HeaderName = name.parse().unwrap();
            (name, HeaderValue::from_str(value).unwrap())
        })
        .collect();
    Response::new(status, headers, body)
}

fn interrupted() -> TransportError {
    TransportError::Interrupted("the connection broke".into())
}

fn upload(bytes: &[u8], faults: &[Option<Fault>]) -> (Result<Value>, Arc<Mutex<Server>>) {
    let server = Arc::new(Mutex::new(Server {
        faults: faults.iter().copied().collect(),
        ..Server::default()
    }));
    let answering = Arc::clone(&server);
    let transport = Canned::new(move |request| answering.lock().unwrap().answer(request));
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(transport)).build();
    let file = FileInput::from_bytes("video/mp4", bytes.to_vec());
    let request = cx.post("/upload/films").json(&json!({ "name": "Lamp" }));
    let uploaded = block_on(request.upload_resumable(&file, None));
    (uploaded, server)
}

/// Three pieces, of which the last one is short.
fn film() -> Vec<u8> {
    (0..=250).cycle().take(2 * PIECE + 1000).collect()
}

#[test]
fn a_file_arrives_in_pieces() {
    let film = film();
    let (uploaded, server) = upload(&film, &[]);
    assert_eq!(uploaded.unwrap(), json!({ "id": 7 }));
    let server = server.lock().unwrap();
    assert!(server.kept == film);
    let total = film.len();
    assert_eq!(
        server.ranges,
        [
            format!("bytes 0-{}/{total}", PIECE - 1),
            format!("bytes {PIECE}-{}/{total}", 2 * PIECE - 1),
            format!("bytes {}-{}/{total}", 2 * PIECE, total - 1),
        ]
    );
}

#[test]
fn an_empty_file_is_one_request() {
    let (uploaded, server) = upload(b"", &[]);
    assert_eq!(uploaded.unwrap(), json!({ "id": 7 }));
    assert_eq!(server.lock().unwrap().ranges, ["bytes */0"]);
}

#[test]
fn it_goes_on_from_what_has_arrived_whatever_is_lost() {
    let film = film();
    for faults in [
        &[Some(Fault::RequestLost)][..],
        &[Some(Fault::AnswerLost)],
        &[None, Some(Fault::Busy), Some(Fault::Busy)],
        &[None, Some(Fault::Partial(256 << 10))],
        &[Some(Fault::Partial(0))],
        &[None, None, Some(Fault::AnswerLost)],
        &[
            None,
            None,
            Some(Fault::AnswerLost),
            Some(Fault::RequestLost),
        ],
    ] {
        let (uploaded, server) = upload(&film, faults);
        assert_eq!(uploaded.unwrap(), json!({ "id": 7 }));
        let server = server.lock().unwrap();
        assert!(server.kept == film);
        assert_eq!((server.opened, server.completed), (1, 1));
    }
}

#[test]
fn it_gives_up_after_several_failures_and_says_whether_it_may_be_complete() {
    let many = [Some(Fault::Busy); 6];
    let (uploaded, server) = upload(&film(), &many);
    let error = uploaded.unwrap_err();
    assert_eq!(error.code(), ErrorCode::UpstreamError);
    assert!(!error.is_ambiguous());
    assert_eq!(server.lock().unwrap().ranges.len(), 6);

    let (uploaded, server) = upload(b"short", &many);
    assert!(uploaded.unwrap_err().is_ambiguous());
    assert_eq!(server.lock().unwrap().completed, 0);
}

#[test]
fn a_session_that_does_not_follow_the_protocol_ends_the_upload() {
    fn error(session: impl Fn(&Request) -> Response + Send + Sync + 'static) -> ActionError {
        let transport = Canned::new(move |request| Ok(session(request)));
        let cx = ActionContext::builder(&CONNECTOR, Arc::new(transport)).build();
        let file = FileInput::from_bytes("text/plain", "hello");
        block_on(cx.post("/upload").upload_resumable::<Value>(&file, None)).unwrap_err()
    }
    fn opened(request: &Request) -> Option<Response> {
        (request.method == Method::POST).then(|| answer(200, &[("location", SESSION)], ""))
    }

    assert_eq!(
        error(|_| answer(200, &[], "")).code(),
        ErrorCode::UpstreamInvalid
    );
    let elsewhere = error(|_| answer(200, &[("location", "https://example.org/")], ""));
    assert_eq!(elsewhere.code(), ErrorCode::DestinationRefused);
    for range in ["bytes=0-7", "bytes=3-4", "0-4", "bytes=0-x"] {
        let counted = error(move |request| {
            opened(request).unwrap_or_else(|| answer(308, &[("range", range)], ""))
        });
        assert_eq!(counted.code(), ErrorCode::UpstreamInvalid, "{range}");
    }
    let gone = error(|request| opened(request).unwrap_or_else(|| answer(404, &[], "")));
    assert_eq!(gone.code(), ErrorCode::NotFound);
    let stuck = error(|request| opened(request).unwrap_or_else(|| answer(308, &[], "")));
    assert_eq!(
        stuck.message(),
        "the provider accepts no more of the upload"
    );
    let all = error(|request| {
        opened(request).unwrap_or_else(|| answer(308, &[("range", "bytes=0-4")], ""))
    });
    assert!(all.message().contains("has all of the upload"), "{all}");
}
