//! Answers from cassettes, exactly as recorded.

use std::sync::Mutex;

use url::Url;

use super::{Request, Response, Transport, TransportError};
use crate::cassette::{Cassette, Exchange};

/// Recorded bodies are short; a longer one matches none.
const CAP: usize = 32 << 20;

/// Answers requests from recorded traffic and sends nothing.
///
/// A request matches a recorded one with the same method, scheme, host, path and query (parameters
/// may stand in another order), and the same body, or none if none was recorded; JSON may differ
/// in blanks and order of members. If the same request was recorded several times, the answers
/// come in their order; the last one stays.
///
/// ```
/// use std::sync::Arc;
///
/// use plugwright_sdk::transport::Replay;
/// use plugwright_sdk::host::Entry;
/// use plugwright_sdk::{ActionContext, Auth, Cassette};
///
/// fn replaying(entry: Entry, cassettes: &[Cassette]) -> ActionContext {
///     // Recorded traffic has no credential, and replays ask for none beyond its kind.
///     let placeholder = entry.schemes().next().map(Auth::placeholder);
///     ActionContext::builder(&entry.connector, Arc::new(Replay::new(cassettes)))
///         .credential(placeholder.unwrap_or_default())
///         .build()
/// }
/// ```
#[derive(Debug)]
pub struct Replay {
    exchanges: Vec<Exchange>,
    used: Mutex<Vec<bool>>,
}

impl Replay {
    /// Takes the traffic of these cassettes.
    pub fn new<'a>(cassettes: impl IntoIterator<Item = &'a Cassette>) -> Self {
        let exchanges: Vec<_> = cassettes
            .into_iter()
            .flat_map(|cassette| cassette.exchanges.clone())
            .collect();
        let used = Mutex::new(vec![false; exchanges.len()]);
        Self { exchanges, used }
    }

    /// Returns how many recorded exchanges have not been asked for.
    pub fn unused(&self) -> usize {
        self.lock().iter().filter(|used| !**used).count()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<bool>> {
        self.used
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn find(&self, request: &Request, sent: &[u8]) -> Result<&Exchange, TransportError> {
        let same_line: Vec<_> = self
            .exchanges
            .iter()
            .enumerate()
            .filter(|(_, exchange)| {
                exchange
                    .request
                    .method
                    .eq_ignore_ascii_case(request.method.as_str())
                    && same_target(&exchange.request.url, &request.url)
            })
            .collect();
        let same_body: Vec<_> = same_line
            .iter()
            .filter(|(_, exchange)| match &exchange.request.body {
                Some(body) => body.matches(sent),
                None => sent.is_empty(),
            })
            .collect();
        let mut used = self.lock();
        let chosen = same_body
            .iter()
            .find(|(index, _)| !used[*index])
            .or_else(|| same_body.last());
        if let Some((index, exchange)) = chosen {
            used[*index] = true;
            return Ok(exchange);
        }
        let line = format!("{} {}", request.method, request.url);
        Err(TransportError::NotRecorded(if same_line.is_empty() {
            format!("no recorded traffic for {line}{}", self.nearest(request))
        } else {
            let sent = String::from_utf8_lossy(sent);
            format!(
                "{line} was recorded with another body than {}",
                crate::reading::line(&sent, 500)
            )
        }))
    }

    /// Names a recorded request that differs in the query alone.
    fn nearest(&self, request: &Request) -> String {
        self.exchanges
            .iter()
            .map(|exchange| &exchange.request)
            .find(|recorded| {
                recorded
                    .method
                    .eq_ignore_ascii_case(request.method.as_str())
                    && recorded.url.origin() == request.url.origin()
                    && recorded.url.path() == request.url.path()
            })
            .map(|recorded| {
                format!(
                    "; recorded with the query `{}`",
                    recorded.url.query().unwrap_or_default()
                )
            })
            .unwrap_or_default()
    }
}

fn same_target(left: &Url, right: &Url) -> bool {
    let query = |url: &Url| {
        let mut pairs: Vec<_> = url.query_pairs().into_owned().collect();
        pairs.sort();
        pairs
    };
    left.origin() == right.origin() && left.path() == right.path() && query(left) == query(right)
}

#[async_trait::async_trait]
impl Transport for Replay {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let sent = request.body.read(CAP).await?;
        let recorded = &self.find(request, &sent)?.response;
        Ok(Response::new(
            recorded.status,
            recorded.header_map(),
            recorded.bytes(),
        ))
    }
}
