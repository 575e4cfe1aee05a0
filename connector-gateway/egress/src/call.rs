//! The requests of one call.

use std::ops::AddAssign;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::header::RETRY_AFTER;
use http::{HeaderMap, Method};
use plugwright_sdk::host::ErrorMapper;
use plugwright_sdk::http::Content;
use plugwright_sdk::reading::retry_after;
use plugwright_sdk::transport::{Meaning, Request, Response, Transport, TransportError};
use plugwright_sdk::{ActionError, Hint, UpstreamResponse};
use tokio::time::Instant;
use url::{Position, Url};

use crate::breaker::{Asker, Permit};
use crate::egress::Shared;
use crate::guard::Refusal;
use crate::pools::Owner;
use crate::{coding, failure, headers, method_override, retry};

/// A request waits for its rate limit by itself if it is no longer than this.
const SHORT_WAIT: Duration = Duration::from_secs(2);
/// A timeout says something about the host only after this; callers may ask for less.
const PATIENCE: Duration = Duration::from_secs(5);

/// What egress has to know of a call.
#[derive(Clone, Debug)]
pub struct EgressCall {
    /// Whose rate limit it uses: the id of the connection, or the name of a connector without one.
    ///
    /// Connections to hosts are for one budget, and for one tenant, or one caller without a tenant.
    /// Calls that act with different credentials must differ in these.
    pub budget: String,
    /// Who makes it: what one caller's requests, or one tenant's, bring about at a host is not held
    /// against the host.
    pub asker: Asker,
    /// Whether its requests may be sent again when it is unknown what became of them.
    pub repeatable: bool,
    /// How many further attempts a request gets; `None` is as many as the deployment says.
    pub retries: Option<u32>,
    /// When it must be done.
    pub deadline: Instant,
    /// Further headers of the caller.
    pub headers: HeaderMap,
    /// Methods that the caller may not use: no request is sent that a provider may take for one of
    /// these.
    pub withheld: Vec<Method>,
    /// What the connector makes of error answers, if their status does not say it all: one that it
    /// says to give up on is not asked for again.
    pub on_error: Option<ErrorMapper>,
    /// How much of an answer is read for that, in bytes: as much as the context reads.
    pub response_cap: usize,
}

/// Sends the requests of one call.
pub struct CallTransport {
    shared: Arc<Shared>,
    call: EgressCall,
    owner: Owner,
    retries: u32,
    meter: Arc<Meter>,
}

/// The requests of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallUsage {
    /// Whether a request may have reached the provider. False only if it is certain that none did.
    pub sent: bool,
    /// Whether a request may have changed something at the provider: it was not a read, and was not
    /// refused.
    pub acted: bool,
    /// Attempts to send requests.
    pub attempts: u32,
    /// Responses that were passed on.
    pub answers: u32,
    /// Time from the start of each attempt until its response was read or given up. Waits between
    /// attempts don't count.
    pub upstream: Duration,
    /// Bytes of bodies that were sent, those of repeated attempts included.
    pub bytes_sent: u64,
    /// Bytes of received bodies, decompressed.
    pub bytes_received: u64,
}

impl AddAssign for CallUsage {
    fn add_assign(&mut self, other: Self) {
        self.sent |= other.sent;
        self.acted |= other.acted;
        self.attempts += other.attempts;
        self.answers += other.answers;
        self.upstream += other.upstream;
        self.bytes_sent += other.bytes_sent;
        self.bytes_received += other.bytes_received;
    }
}

/// Counts what makes up [`CallUsage`].
#[derive(Default)]
struct Meter {
    sent: AtomicU32,
    attempts: AtomicU32,
    /// Requests that may have changed something.
    acted: AtomicU32,
    /// Requests that were repeated because of the body of their response.
    repeated: AtomicU32,
    answers: AtomicU32,
    upstream_nanos: AtomicU64,
    bytes_sent: AtomicU64,
    bytes_received: AtomicU64,
}

impl CallTransport {
    pub(crate) fn new(shared: Arc<Shared>, call: EgressCall) -> Self {
        Self {
            owner: Owner::of(&call.budget, call.asker),
            retries: call.retries.unwrap_or(shared.retries),
            shared,
            call,
            meter: Arc::default(),
        }
    }

    /// Returns what the call has used so far.
    pub fn usage(&self) -> CallUsage {
        let meter = &self.meter;
        CallUsage {
            sent: meter.sent.load(Ordering::Acquire) > 0,
            acted: meter.acted.load(Ordering::Acquire) > 0,
            attempts: meter.attempts.load(Ordering::Relaxed),
            answers: meter.answers.load(Ordering::Relaxed),
            upstream: Duration::from_nanos(meter.upstream_nanos.load(Ordering::Relaxed)),
            bytes_sent: meter.bytes_sent.load(Ordering::Relaxed),
            bytes_received: meter.bytes_received.load(Ordering::Relaxed),
        }
    }

    /// Makes attempts until one is good, or none may follow.
    async fn deliver(
        &self,
        client: &dyn Transport,
        request: &Request,
        target: &Target<'_>,
        started: Instant,
    ) -> Result<Response, TransportError> {
        let mut attempts = 0;
        loop {
            let answer = self.attempt(client, request, target, started).await;
            if attempts == self.retries {
                return answer;
            }
            attempts += 1;
            let repeatable = self.call.repeatable;
            let (answer, wait) = match answer {
                Ok(answer)
                    if retry::repeats_answer(
                        answer.status,
                        answer.headers.contains_key(RETRY_AFTER),
                        repeatable,
                    ) =>
                {
                    let wait = retry_after::read(&answer.headers);
                    match self.call.on_error {
                        None => (Ok(answer), wait),
                        Some(on_error) => {
                            // Boxed, as every request has room for what it awaits.
                            let (answer, error) = Box::pin(self.hear(answer, on_error)).await;
                            match error {
                                Some(error) if error.hint() != Hint::Retry => return answer,
                                error => (answer, error.and_then(|e| e.retry_after()).or(wait)),
                            }
                        }
                    }
                }
                Err(error) if retry::repeats_error(&error, repeatable) => (Err(error), None),
                answer => return answer,
            };
            let wait = wait.unwrap_or_else(|| self.shared.jitter.wait(attempts));
            if !self.fits(wait) {
                return answer;
            }
            drop(answer);
            tokio::time::sleep(wait).await;
        }
    }
}

impl CallTransport {
    fn fits(&self, wait: Duration) -> bool {
        let then = Instant::now().checked_add(wait);
        then.is_some_and(|then| then < self.call.deadline)
    }

    /// Reads an answer and asks the connector what it means. An answer that can't be read means what
    /// its status says.
    async fn hear(
        &self,
        mut answer: Response,
        on_error: ErrorMapper,
    ) -> (Result<Response, TransportError>, Option<ActionError>) {
        let (status, headers) = (answer.status, std::mem::take(&mut answer.headers));
        let began = Instant::now();
        let end = self.call.deadline.min(began + PATIENCE);
        let reading = tokio::time::timeout_at(end, answer.read(self.call.response_cap)).await;
        match reading.unwrap_or_else(|_| Err(TransportError::Timeout(began.elapsed()))) {
            Ok(body) => {
                let response = UpstreamResponse {
                    status,
                    headers,
                    body,
                };
                let error = on_error(&response);
                let UpstreamResponse { headers, body, .. } = response;
                (Ok(Response::new(status, headers, body)), error)
            }
            Err(error) if error.leaves_status() => {
                (Ok(Response::new(status, headers, Bytes::new())), None)
            }
            Err(error) => (Err(error), None),
        }
    }

    async fn await_budget(&self, target: &Target<'_>) -> Result<(), TransportError> {
        let budgets = &self.shared.budgets;
        let Some(wait) = budgets.wait(&self.call.budget, target.host, target.path) else {
            return Ok(());
        };
        if wait > SHORT_WAIT || Instant::now() + wait >= self.call.deadline {
            return Err(TransportError::RateLimited { retry_after: wait });
        }
        tokio::time::sleep(wait).await;
        Ok(())
    }

    async fn attempt(
        &self,
        client: &dyn Transport,
        request: &Request,
        target: &Target<'_>,
        started: Instant,
    ) -> Result<Response, TransportError> {
        let meter = &self.meter;
        meter.attempts.fetch_add(1, Ordering::Relaxed);
        meter.sent.fetch_add(1, Ordering::AcqRel);
        let length = match &request.body.content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::File(file) => file.length(),
        };
        let clock = Clock {
            meter: Arc::clone(meter),
            began: Instant::now(),
        };
        let answer = tokio::time::timeout_at(self.call.deadline, client.send(request))
            .await
            .unwrap_or_else(|_| Err(TransportError::Timeout(started.elapsed())));
        match &answer {
            Err(TransportError::Unreachable { .. }) => {
                meter.sent.fetch_sub(1, Ordering::AcqRel);
            }
            Err(TransportError::Refused(_)) => {
                meter.sent.fetch_sub(1, Ordering::AcqRel);
                meter.attempts.fetch_sub(1, Ordering::Relaxed);
            }
            _ => {
                meter.bytes_sent.fetch_add(length, Ordering::Relaxed);
            }
        }
        let answer = answer.map_err(|error| destination_refused(error, &request.url))?;
        self.shared.budgets.learn(
            &self.call.budget,
            target.host,
            target.path,
            answer.status,
            &answer.headers,
        );
        let mut answer = coding::decoded(answer);
        let body = Metered {
            inner: answer.body,
            clock,
        };
        answer.body = body.boxed();
        Ok(answer)
    }
}

#[async_trait::async_trait]
impl Transport for CallTransport {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let route = self
            .shared
            .guard
            .check(&request.url)
            .map_err(|refusal| refused(refusal, &request.url))?;
        let target = Target::of(request);
        let mut with_headers = None;
        if !request.is_for_stranger() && !self.call.headers.is_empty() {
            let sending = with_headers.insert(Box::new(request.clone()));
            headers::add(&mut sending.headers, &self.call.headers)
                .map_err(TransportError::Refused)?;
        }
        let sending = with_headers.as_deref().unwrap_or(request);
        if let Some(problem) = method_override::problem(sending, &self.call.withheld) {
            return Err(TransportError::Refused(problem));
        }
        self.await_budget(&target).await?;
        let permit = self
            .shared
            .breakers
            .admit(target.host, self.call.asker, &self.call.budget)
            .map_err(|wait| TransportError::Suspended {
                host: request.url.host_str().unwrap_or_default().to_owned(),
                retry_after: wait,
            })?;
        let started = Instant::now();
        let client = self.shared.pools.client(route, self.owner);
        let answer = self.deliver(&*client, sending, &target, started).await;
        report(permit, &answer, started);
        let end = answer.as_ref().map(|answer| answer.status);
        if retry::may_have_acted(request, &end) {
            self.meter.acted.fetch_add(1, Ordering::AcqRel);
        }
        if answer.is_ok() {
            self.meter.answers.fetch_add(1, Ordering::Relaxed);
        }
        answer
    }

    fn learn(&self, request: &Request, meaning: &Meaning) -> Option<Duration> {
        let Meaning {
            answered,
            means,
            wait,
            used_up_for,
        } = *meaning;
        let limit = wait.filter(|_| means == 429).max(used_up_for);
        if let Some(wait) = limit {
            let target = Target::of(request);
            let budgets = &self.shared.budgets;
            // It is the limit of the endpoint; other paths of the host have one of their own.
            budgets.exhaust(&self.call.budget, target.host, Some(target.path), wait);
        }
        if retry::was_refused(request, meaning) {
            self.meter.acted.fetch_sub(1, Ordering::AcqRel);
        }
        // What the status told of was repeated as often as it may be.
        let is_news = answered < 400 || means == 429;
        let repeats = means != answered
            && is_news
            && retry::repeats_answer(means, wait.is_some(), self.call.repeatable);
        if !repeats || self.meter.repeated.load(Ordering::Relaxed) >= self.retries {
            return None;
        }
        let repeated = self.meter.repeated.fetch_add(1, Ordering::Relaxed) + 1;
        let wait = wait.unwrap_or_else(|| self.shared.jitter.wait(repeated));
        self.fits(wait).then_some(wait)
    }
}

/// Where a request goes, as budgets and breakers count it.
struct Target<'a> {
    /// Scheme, host and port.
    host: &'a str,
    path: &'a str,
}

impl<'a> Target<'a> {
    fn of(request: &'a Request) -> Self {
        Self {
            host: &request.url[..Position::BeforePath],
            path: request.url.path(),
        }
    }
}

fn report(permit: Permit<'_>, answer: &Result<Response, TransportError>, started: Instant) {
    match answer {
        // Which path a caller asks for may decide that, and how fast it is answered.
        Ok(answer) if matches!(answer.status, 500 | 502 | 503 | 504) => permit.failed_to_answer(),
        Ok(_) => permit.succeeded(),
        Err(TransportError::Unreachable { source, .. })
            if !failure::is_of_this_machine(&**source) =>
        {
            permit.failed_to_connect();
        }
        Err(TransportError::Interrupted(source)) if !failure::is_of_the_request(&**source) => {
            permit.failed_to_answer();
        }
        Err(TransportError::Timeout(_)) if started.elapsed() >= PATIENCE => {
            permit.failed_to_answer();
        }
        // What never left, was given up, or could not be used says nothing about the host.
        Err(_) => {}
    }
}

/// Finds out whether no connection was made because the guard dropped all addresses.
fn destination_refused(error: TransportError, url: &Url) -> TransportError {
    let refusal = match &error {
        TransportError::Unreachable { source, .. } => failure::causes(&**source)
            .find_map(|cause| cause.downcast_ref::<Refusal>())
            .cloned(),
        _ => None,
    };
    refusal.map_or(error, |refusal| refused(refusal, url))
}

fn refused(refusal: Refusal, url: &Url) -> TransportError {
    TransportError::DestinationRefused(refusal.of(url).to_string())
}

/// Adds the time until it is dropped.
struct Clock {
    meter: Arc<Meter>,
    began: Instant,
}

impl Drop for Clock {
    fn drop(&mut self) {
        let nanos = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.meter
            .upstream_nanos
            .fetch_add(nanos, Ordering::Relaxed);
    }
}

/// An answer's body that is counted while it is read.
struct Metered<S> {
    inner: S,
    clock: Clock,
}

impl<S> Stream for Metered<S>
where
    S: Stream<Item = Result<Bytes, TransportError>> + Unpin,
{
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let polled = self.inner.poll_next_unpin(cx);
        if let Poll::Ready(Some(Ok(piece))) = &polled {
            let received = &self.clock.meter.bytes_received;
            received.fetch_add(piece.len() as u64, Ordering::Relaxed);
        }
        polled
    }
}
