//! The progress of a connection, and its deadlines.
//!
//! Only requests and bytes of a body or response count as progress. HTTP/2 frames that merely keep a
//! connection open do not.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Context;
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::time::Instant;

use super::crowd::Crowd;
use plugwright_engine::{Limit, Limits};
use plugwright_surfaces::pace::Pace;

/// Bytes that may arrive without a request or a part of a body. Anything beyond the windows and a
/// head consists of meaningless frames.
const NOISE: usize = 2 << 20;

/// How long a request's body may lag before its connection makes room for another.
pub(super) const LAG: Duration = Duration::from_secs(1);

/// The state of a connection, shared by its task, its streams and the crowd.
pub(super) struct Progress {
    pub(super) id: u64,
    crowd: Arc<Crowd>,
    state: Mutex<State>,
    signal: AtomicU8,
    waker: AtomicWaker,
}

struct State {
    opened: Instant,
    http2: bool,
    /// Whether a request has had a response.
    served: bool,
    /// When the last request ended.
    idle_since: Instant,
    /// When the head of a request started to arrive (HTTP/1).
    head_since: Option<Instant>,
    /// Set while the client doesn't read, so that writes block.
    unsent: Option<Pace>,
    requests: Vec<(u64, Stage)>,
    next_request: u64,
    noise: usize,
    /// Whether to notify the crowd when the last request ends.
    parked: bool,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// It is being processed.
    Working,
    /// It is waiting for more of its body.
    Arriving(Pace),
    /// Its response is being sent.
    Answering(Pace),
}

/// A request to close a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Signal {
    None,
    /// Close after the running requests.
    Retire,
    /// Make room for another connection.
    Evict,
}

/// How valuable a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Fresh,
    Idle(Instant),
    /// All its requests are waiting for a slow client.
    Slow,
    Busy,
}

/// What is due next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing until then.
    Until(Instant),
    /// A response is not being read; finish the others.
    Retire(Instant),
    Late(Limit),
}

impl Progress {
    pub(super) fn new(id: u64, crowd: Arc<Crowd>) -> Self {
        let now = Instant::now();
        Self {
            id,
            crowd,
            state: Mutex::new(State {
                opened: now,
                http2: false,
                served: false,
                idle_since: now,
                head_since: None,
                unsent: None,
                requests: Vec::new(),
                next_request: 0,
                noise: 0,
                parked: false,
            }),
            signal: AtomicU8::new(Signal::None as u8),
            waker: AtomicWaker::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn opened(&self) -> Instant {
        self.state().opened
    }

    pub(super) fn speaks_http2(&self) {
        self.state().http2 = true;
    }

    /// Records bytes of any kind.
    pub(super) fn received(&self, bytes: usize) {
        let mut state = self.state();
        state.noise = state.noise.saturating_add(bytes);
        if !state.http2 && state.requests.is_empty() && state.head_since.is_none() {
            state.head_since = Some(Instant::now());
        }
    }

    /// Returns whether a part of a request has arrived.
    pub(super) fn heard(&self) -> bool {
        self.state().head_since.is_some()
    }

    /// Records that writing is blocked.
    pub(super) fn blocked(&self) {
        let mut state = self.state();
        if state.unsent.is_none() {
            state.unsent = Some(Pace::new(Instant::now()));
        }
    }

    /// Records that bytes were written after blocking.
    pub(super) fn unblocked(&self, bytes: usize) {
        if let Some(pace) = &mut self.state().unsent {
            pace.advance(Instant::now(), bytes);
        }
    }

    /// Records that everything was sent.
    pub(super) fn all_sent(&self) {
        self.state().unsent = None;
    }

    pub(super) fn begin(self: &Arc<Self>) -> Request {
        let mut state = self.state();
        let id = state.next_request;
        state.next_request += 1;
        state.head_since = None;
        state.noise = 0;
        state.requests.push((id, Stage::Working));
        drop(state);
        Request {
            id,
            progress: Arc::clone(self),
        }
    }

    /// Returns how valuable the connection is. An active one notifies the crowd when it becomes idle.
    pub(super) fn standing(&self, now: Instant) -> Standing {
        let mut state = self.state();
        let standing = state.standing(now);
        state.parked = matches!(standing, Standing::Busy | Standing::Slow);
        standing
    }

    pub(super) fn signal(&self, signal: Signal) {
        self.signal.fetch_max(signal as u8, Ordering::AcqRel);
        self.waker.wake();
    }

    /// Returns the pending request to close, and wakes the task when that changes.
    pub(super) fn wanted(&self, cx: &Context<'_>) -> Signal {
        self.waker.register(cx.waker());
        match self.signal.load(Ordering::Acquire) {
            0 => Signal::None,
            1 => Signal::Retire,
            _ => Signal::Evict,
        }
    }

    /// Returns the next deadline, if it has changed.
    pub(super) fn sooner(&self, limits: &Limits) -> Option<Instant> {
        let state = self.state();
        if state.noise > NOISE {
            return Some(state.opened);
        }
        let head = state
            .head_since
            .filter(|_| state.requests.is_empty())
            .map(|since| since + limits.header_timeout);
        let unsent = state
            .unsent
            .map(|pace| pace.due(limits.write_timeout, limits.request_timeout));
        head.into_iter().chain(unsent).min()
    }

    pub(super) fn verdict(&self, now: Instant, limits: &Limits) -> Verdict {
        self.state().verdict(now, limits)
    }
}

impl State {
    fn standing(&self, now: Instant) -> Standing {
        if self.requests.is_empty() {
            return match (self.unsent, self.served) {
                (Some(pace), _) if pace.lags(now, LAG) => Standing::Slow,
                (Some(_), _) => Standing::Busy,
                (None, true) => Standing::Idle(self.idle_since),
                (None, false) => Standing::Fresh,
            };
        }
        let slow = |(_, stage): &(u64, Stage)| match stage {
            Stage::Working => false,
            Stage::Arriving(pace) => pace.lags(now, LAG),
            Stage::Answering(pace) => self.unsent.unwrap_or(*pace).lags(now, LAG),
        };
        if self.requests.iter().all(slow) {
            Standing::Slow
        } else {
            Standing::Busy
        }
    }

    fn verdict(&self, now: Instant, limits: &Limits) -> Verdict {
        let (pause, whole) = (limits.write_timeout, limits.request_timeout);
        if self.noise > NOISE {
            return Verdict::Late(Limit::IdleTimeout);
        }
        // A busy connection is checked again before a new deadline can be long overdue.
        let gap = pause.min(limits.header_timeout).min(limits.idle_timeout);
        let mut next = now + gap;
        if let Some(pace) = self.unsent {
            let due = pace.due(pause, whole);
            if due <= now {
                return Verdict::Late(Limit::WriteTimeout);
            }
            next = next.min(due);
        } else if self.requests.is_empty() {
            let (due, limit) = match self.head_since {
                Some(since) => (since + limits.header_timeout, Limit::HeaderTimeout),
                None if self.served => (self.idle_since + limits.idle_timeout, Limit::IdleTimeout),
                None => (self.opened + limits.header_timeout, Limit::HeaderTimeout),
            };
            return if due <= now {
                Verdict::Late(limit)
            } else {
                Verdict::Until(due)
            };
        }
        let (mut unread, mut others) = (false, false);
        for (_, stage) in &self.requests {
            match stage {
                Stage::Answering(pace) if self.http2 => {
                    let due = pace.due(pause, whole);
                    if due <= now {
                        unread = true;
                        continue;
                    }
                    next = next.min(due);
                }
                _ => {}
            }
            others = true;
        }
        match (unread, others) {
            (true, true) => Verdict::Retire(next),
            (true, false) => Verdict::Late(Limit::WriteTimeout),
            (false, _) => Verdict::Until(next),
        }
    }

    fn stage(&mut self, id: u64) -> Option<&mut Stage> {
        let mut known = self.requests.iter_mut();
        known
            .find(|(known, _)| *known == id)
            .map(|(_, stage)| stage)
    }
}

/// A running request, which ends when this is dropped.
pub(super) struct Request {
    id: u64,
    progress: Arc<Progress>,
}

impl Request {
    /// Returns the handle that its body reports to.
    pub(super) fn body(&self) -> RequestBody {
        RequestBody {
            id: self.id,
            progress: Arc::clone(&self.progress),
            pace: None,
        }
    }

    pub(super) fn is_http2(&self) -> bool {
        self.progress.state().http2
    }

    /// Records that the response has started.
    pub(super) fn answers(&self) {
        let mut state = self.progress.state();
        if let Some(stage) = state.stage(self.id) {
            *stage = Stage::Answering(Pace::new(Instant::now()));
        }
    }

    /// Records that the rest of the response is not ready yet.
    pub(super) fn works(&self) {
        let mut state = self.progress.state();
        if let Some(stage) = state.stage(self.id) {
            *stage = Stage::Working;
        }
    }

    /// Records that a part of the response was taken.
    pub(super) fn sent(&self, bytes: usize) {
        let mut requests = self.progress.state();
        match requests.stage(self.id) {
            Some(Stage::Answering(pace)) => pace.advance(Instant::now(), bytes),
            Some(stage) => *stage = Stage::Answering(Pace::new(Instant::now())),
            None => {}
        }
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let mut state = self.progress.state();
        state.requests.retain(|(id, _)| *id != self.id);
        let mut parked = false;
        if state.requests.is_empty() {
            state.idle_since = Instant::now();
            state.served = true;
            state.head_since = None;
            parked = std::mem::take(&mut state.parked);
        }
        drop(state);
        if parked {
            self.progress.crowd.rests(self.progress.id);
        }
    }
}

pub(super) struct RequestBody {
    id: u64,
    progress: Arc<Progress>,
    /// Set while more is expected.
    pace: Option<Pace>,
}

impl RequestBody {
    /// Records that the body is being waited for.
    pub(super) fn awaited(&mut self) {
        if self.pace.is_none() {
            let pace = Pace::new(Instant::now());
            self.pace = Some(pace);
            self.note(Stage::Arriving(pace));
        }
    }

    /// Records that a part has arrived, and whether it was the last.
    pub(super) fn arrived(&mut self, bytes: usize, last: bool) {
        if bytes > 0 {
            self.progress.state().noise = 0;
        }
        if let Some(pace) = &mut self.pace {
            pace.advance(Instant::now(), bytes);
            let pace = *pace;
            self.note(if last {
                Stage::Working
            } else {
                Stage::Arriving(pace)
            });
        }
    }

    fn note(&self, stage: Stage) {
        let mut requests = self.progress.state();
        if let Some(known @ (Stage::Working | Stage::Arriving(_))) = requests.stage(self.id) {
            *known = stage;
        }
    }
}
