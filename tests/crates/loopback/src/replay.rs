//! A provider that answers as it did when it was recorded, over a real socket.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use percent_encoding::percent_decode_str;
use plugwright_sdk::cassette::{Exchange, RecordedBody};
use plugwright_sdk::{Cassette, json};
use url::Url;
use url::form_urlencoded;

use crate::Received;

/// Says how the body is written on the wire, which a recording does not keep.
const OF_THE_WIRE: [&str; 3] = ["content-encoding", "content-length", "transfer-encoding"];

/// How like a recorded request another one must be to be answered in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// Method, path, query and body are the same; order matters in no query, form or JSON object.
    Whole,
    /// The path is the same. Of several, the first that is alike in more is taken.
    Path,
}

/// Answers requests from one cassette at a time, for [`Loopback::start`](crate::Loopback::start).
///
/// `GET /-/play/{name}` puts the cassette of this name in, and `GET /-/left` tells what has not been asked
/// for, and what was asked for and is not recorded; `GET /-/alike` counts requests that were wholly alike.
///
/// A request to `/-/{host}/{path}` is one to that host, and to any host without that. Links in headers
/// lead here, as do URLs in bodies to other hosts that the cassette has exchanges with.
pub fn replaying(
    cassettes: BTreeMap<String, Cassette>,
    likeness: Likeness,
) -> impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static {
    let playing: Mutex<Playing> = Mutex::default();
    move |request| {
        let mut playing = playing.lock().expect("no test thread panicked");
        if let Some(name) = request.target.strip_prefix("/-/play/") {
            let exchanges = &cassettes[name].exchanges;
            *playing = Playing::new(exchanges);
            return answer(200, &[], json!(exchanges.len()).to_string().as_bytes());
        }
        if request.target == "/-/left" {
            let left = json!({ "left": playing.left.len(), "strange": playing.strange });
            return answer(200, &[], left.to_string().as_bytes());
        }
        if request.target == "/-/alike" {
            return answer(200, &[], playing.alike.to_string().as_bytes());
        }
        playing.answer(request, likeness)
    }
}

#[derive(Default)]
struct Playing {
    left: Vec<Exchange>,
    /// The origins that were asked.
    origins: BTreeSet<String>,
    alike: usize,
    strange: Vec<String>,
}

impl Playing {
    fn new(exchanges: &[Exchange]) -> Self {
        let urls = exchanges.iter().map(|exchange| &exchange.request.url);
        Self {
            left: exchanges.to_vec(),
            origins: urls.map(|url| url.origin().ascii_serialization()).collect(),
            ..Self::default()
        }
    }

    fn answer(&mut self, request: &Received, likeness: Likeness) -> Vec<u8> {
        let asked = Asked::new(request);
        let Some(index) = self.find(&asked, likeness) else {
            let line = format!("{} {}", request.method, request.target);
            self.strange.push(line);
            return answer(400, &[], br#"{"message":"not recorded"}"#);
        };
        let exchange = self.left.remove(index);
        self.alike += usize::from(asked.is(&exchange));
        let here = request.header("host").unwrap_or_default();
        let here = format!("http://{here}");
        let own = exchange.request.url.origin().ascii_serialization();
        let at = |origin: &String| {
            let is_plain = *origin == own && asked.host.is_none();
            let host = origin.split("://").last().unwrap_or_default();
            let there = if is_plain {
                String::new()
            } else {
                format!("/-/{host}")
            };
            (origin.clone(), format!("{here}{there}"))
        };
        let moved: Vec<_> = self.origins.iter().map(at).collect();
        let headers = headers(&exchange, &moved);
        let others: Vec<_> = moved.iter().filter(|(origin, _)| *origin != own).collect();
        let body = match &exchange.response.body {
            Some(body @ RecordedBody::Json(_)) if !others.is_empty() => {
                let text = String::from_utf8_lossy(&body.bytes()).into_owned();
                led(text, others).into()
            }
            Some(body) => body.bytes(),
            None => Vec::new().into(),
        };
        answer(exchange.response.status, &headers, &body)
    }

    fn find(&self, asked: &Asked<'_>, likeness: Likeness) -> Option<usize> {
        let first = |is_alike: &dyn Fn(&Exchange) -> bool| self.left.iter().position(is_alike);
        let whole = first(&|exchange| asked.is(exchange));
        match likeness {
            Likeness::Whole => whole,
            Likeness::Path => whole
                .or_else(|| first(&|exchange| asked.has_line_of(exchange)))
                .or_else(|| first(&|exchange| asked.has_path_of(exchange))),
        }
    }
}

/// A request, and the host that it is for if it says so.
struct Asked<'a> {
    request: &'a Received,
    host: Option<&'a str>,
    target: &'a str,
}

impl<'a> Asked<'a> {
    fn new(request: &'a Received) -> Self {
        let named = request.target.strip_prefix("/-/").and_then(|rest| {
            let end = rest.find('/')?;
            Some(rest.split_at(end))
        });
        let (host, target) = match named {
            Some((host, target)) => (Some(host), target),
            None => (None, request.target.as_str()),
        };
        Self {
            request,
            host,
            target,
        }
    }

    /// Returns where it leads, if that may be the URL of this exchange.
    fn url(&self, exchange: &Exchange) -> Option<Url> {
        let recorded = &exchange.request.url;
        let url = recorded.join(self.target).ok()?;
        let same_host = self
            .host
            .is_none_or(|host| recorded.host_str() == Some(host));
        (same_host && parts(&url).eq(parts(recorded))).then_some(url)
    }

    fn is(&self, exchange: &Exchange) -> bool {
        let recorded = &exchange.request;
        let same_body = match &recorded.body {
            None => self.request.body.is_empty(),
            Some(RecordedBody::Text(text)) if self.is_form() => {
                pairs(text.as_bytes()) == pairs(&self.request.body)
            }
            Some(body) => body.matches(&self.request.body),
        };
        same_body && self.has_line_of(exchange)
    }

    fn has_line_of(&self, exchange: &Exchange) -> bool {
        let recorded = &exchange.request;
        recorded.method == self.request.method
            && self.url(exchange).is_some_and(|url| {
                let query = |url: &Url| pairs(url.query().unwrap_or_default().as_bytes());
                query(&recorded.url) == query(&url)
            })
    }

    fn has_path_of(&self, exchange: &Exchange) -> bool {
        self.url(exchange).is_some()
    }

    fn is_form(&self) -> bool {
        let kind = self.request.header("content-type");
        kind.is_some_and(|kind| kind.contains("x-www-form-urlencoded"))
    }
}

/// The segments of a path, whose encodings may differ.
fn parts(url: &Url) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let segments = url.path_segments().into_iter().flatten();
    segments.map(|segment| percent_decode_str(segment).into())
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = form_urlencoded::parse(text).into_owned().collect();
    pairs.sort();
    pairs
}

fn headers(exchange: &Exchange, moved: &[(String, String)]) -> Vec<(String, String)> {
    let recorded = exchange.response.headers.iter();
    let mut headers: Vec<_> = recorded
        .filter(|(name, _)| !OF_THE_WIRE.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), led(value.clone(), moved)))
        .collect();
    let is_json = matches!(exchange.response.body, Some(RecordedBody::Json(_)));
    if is_json && !exchange.response.headers.contains_key("content-type") {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    headers
}

/// Puts other origins in place of some.
fn led<'a>(text: String, moved: impl IntoIterator<Item = &'a (String, String)>) -> String {
    moved.into_iter().fold(text, |text, (there, here)| {
        text.replace(&format!("{there}/"), &format!("{here}/"))
    })
}

fn answer(status: u16, headers: &[(String, String)], body: &[u8]) -> Vec<u8> {
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
