//! A provider that answers as it did when it was recorded, over a real socket.

use std::collections::BTreeMap;
use std::sync::Mutex;

use plugwright_sdk::cassette::{Exchange, RecordedBody};
use plugwright_sdk::{Cassette, json};
use url::Url;

use crate::Received;

/// Says how the body is written on the wire, which a recording does not keep.
const OF_THE_WIRE: [&str; 3] = ["content-encoding", "content-length", "transfer-encoding"];

/// Answers requests from one cassette at a time, for [`Loopback::start`](crate::Loopback::start).
///
/// `GET /-/play/{name}` puts the cassette of this name in, and `GET /-/left` tells what has not been
/// asked for, and what was asked for and is not recorded.
///
/// # Panics
///
/// The answers panic if there is no cassette of the name that is to be played.
pub fn replaying(
    cassettes: BTreeMap<String, Cassette>,
) -> impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static {
    let playing: Mutex<Playing> = Mutex::default();
    move |request| {
        let mut playing = playing.lock().expect("no test thread panicked");
        if let Some(name) = request.target.strip_prefix("/-/play/") {
            let exchanges = &cassettes[name].exchanges;
            *playing = Playing {
                left: exchanges.clone(),
                strange: Vec::new(),
            };
            return answer(200, &[], json!(exchanges.len()).to_string().as_bytes());
        }
        if request.target == "/-/left" {
            let left = json!({ "left": playing.left.len(), "strange": playing.strange });
            return answer(200, &[], left.to_string().as_bytes());
        }
        playing.answer(request)
    }
}

#[derive(Default)]
struct Playing {
    left: Vec<Exchange>,
    strange: Vec<String>,
}

impl Playing {
    fn answer(&mut self, request: &Received) -> Vec<u8> {
        let found = self
            .left
            .iter()
            .position(|exchange| asks(exchange, request));
        let Some(index) = found else {
            let line = format!("{} {}", request.method, request.target);
            self.strange.push(line);
            return answer(400, &[], br#"{"message":"not recorded"}"#);
        };
        let exchange = self.left.remove(index);
        let host = request.headers.iter().find(|(name, _)| name == "host");
        let here = format!("http://{}", host.map_or("", |(_, value)| value.as_str()));
        let there = exchange.request.url.origin().ascii_serialization();
        let headers: Vec<_> = exchange
            .response
            .headers
            .iter()
            .filter(|(name, _)| !OF_THE_WIRE.contains(&name.as_str()))
            // Links lead to where the provider is now.
            .map(|(name, value)| (name.as_str(), value.replace(&there, &here)))
            .collect();
        let body = exchange.response.body.as_ref().map(RecordedBody::bytes);
        answer(
            exchange.response.status,
            &headers,
            &body.unwrap_or_default(),
        )
    }
}

fn asks(exchange: &Exchange, request: &Received) -> bool {
    let recorded = &exchange.request;
    let Ok(url) = recorded.url.join(&request.target) else {
        return false;
    };
    let same_body = match &recorded.body {
        None => request.body.is_empty(),
        Some(body) => body.matches(&request.body),
    };
    recorded.method == request.method
        && recorded.url.path() == url.path()
        && query(&recorded.url) == query(&url)
        && same_body
}

fn query(url: &Url) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = url.query_pairs().into_owned().collect();
    pairs.sort();
    pairs
}

fn answer(status: u16, headers: &[(&str, String)], body: &[u8]) -> Vec<u8> {
    let mut lines = vec![format!("HTTP/1.1 {status} Said")];
    lines.extend(
        headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}")),
    );
    // These statuses have no body, and no length of it.
    if !matches!(status, 204 | 304) {
        lines.push(format!("content-length: {}", body.len()));
    }
    let head = lines.join("\r\n");
    [head.as_bytes(), b"\r\n\r\n", body].concat()
}
