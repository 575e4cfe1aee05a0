//! How far a connection has come, and until when it must come further.
//!
//! Progress is a request, or bytes of a body or an answer: not bytes of any kind. What HTTP/2 sends
//! to keep a connection open is none.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Context;
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::time::Instant;

use super::crowd::Crowd;
use plugwright_engine::{Limit, Limits};
use plugwright_surfaces::pace::Pace;

/// Bytes that may come without a request or a part of a body. More than fit the windows and a head
/// are frames that say nothing.
const NOISE: usize = 2 << 20;

/// A request whose body lags by so long gives its connection up if another one needs the place.
pub(super) const LAG: Duration = Duration::from_secs(1);

/// A connection as its task, its streams and the crowd see it.
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
    /// Whether a request was answered.
    served: bool,
    /// Since when there is no request.
    idle_since: Instant,
    /// Since when the head of a request comes (HTTP/1).
    head_since: Option<Instant>,
    /// What the system does not take now, as the client does not.
    unsent: Option<Pace>,
    requests: Vec<(u64, Stage)>,
    next_request: u64,
    noise: usize,
    /// Whether the crowd has to hear when the last request ends.
    parked: bool,
}

/// How far a request is.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// It is worked on.
    Working,
    /// More of its body has to come first.
    Arriving(Pace),
    /// Its answer is being sent.
    Answering(Pace),
}

/// What others want of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Signal {
    None,
    /// It is to end after the requests that run.
    Retire,
    /// Another one needs its place.
    LetGo,
}

/// What a connection is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// No request has come.
    Fresh,
    /// There is no request.
    Idle(Instant),
    /// All requests wait for the client, and it is slow.
    Slow,
    Busy,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// All is well until then.
    Until(Instant),
    /// An answer is not read; the others are to be finished.
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

    /// Notes bytes of any kind.
    pub(super) fn received(&self, bytes: usize) {
        let mut state = self.state();
        state.noise = state.noise.saturating_add(bytes);
        if !state.http2 && state.requests.is_empty() && state.head_since.is_none() {
            state.head_since = Some(Instant::now());
        }
    }

    /// Tells whether a part of a request has come.
    pub(super) fn heard(&self) -> bool {
        self.state().head_since.is_some()
    }

    /// Notes that the system takes no more to send.
    pub(super) fn blocked(&self) {
        let mut state = self.state();
        if state.unsent.is_none() {
            state.unsent = Some(Pace::new(Instant::now()));
        }
    }

    /// Notes that the system took bytes after it was blocked.
    pub(super) fn unblocked(&self, bytes: usize) {
        if let Some(pace) = &mut self.state().unsent {
            pace.advance(Instant::now(), bytes);
        }
    }

    /// Notes that everything was sent.
    pub(super) fn all_sent(&self) {
        self.state().unsent = None;
    }

    /// Begins a request.
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

    /// Tells what the connection is good for. The crowd hears of one that is in use when that ends.
    pub(super) fn standing(&self, now: Instant) -> Standing {
        let mut state = self.state();
        let standing = state.standing(now);
        state.parked = matches!(standing, Standing::Busy | Standing::Slow);
        standing
    }

    /// Asks something of the connection.
    pub(super) fn signal(&self, signal: Signal) {
        self.signal.fetch_max(signal as u8, Ordering::AcqRel);
        self.waker.wake();
    }

    /// Returns what others want, and wakes the task when that changes.
    pub(super) fn wanted(&self, cx: &Context<'_>) -> Signal {
        self.waker.register(cx.waker());
        match self.signal.load(Ordering::Acquire) {
            0 => Signal::None,
            1 => Signal::Retire,
            _ => Signal::LetGo,
        }
    }

    /// Returns when something is due that was not before, if there is such a thing.
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
        // Whoever is busy is looked at again before anything new can be due for long.
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

/// A request that has not ended; it ends when this is dropped.
pub(super) struct Request {
    id: u64,
    progress: Arc<Progress>,
}

impl Request {
    /// Returns what its body reports to.
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

    /// Notes that the answer begins.
    pub(super) fn answers(&self) {
        let mut state = self.progress.state();
        if let Some(stage) = state.stage(self.id) {
            *stage = Stage::Answering(Pace::new(Instant::now()));
        }
    }

    /// Notes that the rest of the answer has to be made first.
    pub(super) fn works(&self) {
        let mut state = self.progress.state();
        if let Some(stage) = state.stage(self.id) {
            *stage = Stage::Working;
        }
    }

    /// Notes that a part of the answer was taken.
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

/// Notes how the body of a request comes.
pub(super) struct RequestBody {
    id: u64,
    progress: Arc<Progress>,
    /// Set while more has to come.
    pace: Option<Pace>,
}

impl RequestBody {
    /// Notes that the body was waited for.
    pub(super) fn awaited(&mut self) {
        if self.pace.is_none() {
            let pace = Pace::new(Instant::now());
            self.pace = Some(pace);
            self.note(Stage::Arriving(pace));
        }
    }

    /// Notes that a part has come, and whether it was the last.
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
