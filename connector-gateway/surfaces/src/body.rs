//! Reads request bodies, and bounds what they cost.
//!
//! Surfaces identify the caller first. Each kind of body has a budget of bytes, JSON has a budget of
//! values, and principals share a budget of memory for large bodies. Requests with large bodies are served on
//! threads of low priority.

pub(crate) mod json;
pub(crate) mod pairs;

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::timed_body::BodyFault;
use json::{Budget, JsonError};
use pairs::PairsError;
use plugwright_engine::{Lane, Limit, LimitHits, Limits, Principal, Reservation, SharedMemory};

/// Bodies up to this length don't count against the memory budget.
const FREE: usize = 16 << 10;

/// Up to this many values don't count against the memory budget.
const FREE_VALUES: usize = 1024;

/// The memory that a value takes at worst, with its share of the containers.
const VALUE: usize = 256;

/// Requests with longer bodies are served on the slow lane.
const LARGE: usize = 64 << 10;

/// The longest form, credential or operator's setting.
const SMALL: usize = 64 << 10;

/// How much of a body that is too long is drained before the response.
const DRAINED: usize = 16 << 20;

/// How long a body waits for memory.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a body is for, which determines its limit.
#[derive(Clone, Copy)]
pub(crate) enum Kind<'a> {
    /// A form, a credential or a setting.
    Small,
    Input,
    /// The input of a call, which may contain a file if this returns true. Only called for long ones.
    MayBringFile(&'a (dyn Fn() -> bool + Sync)),
}

/// Reads bodies. Clones share the budgets.
#[derive(Clone)]
pub(crate) struct Bodies(Arc<Shared>);

struct Shared {
    limits: Limits,
    hits: LimitHits,
    memory: Arc<SharedMemory>,
    lane: Lane,
}

#[derive(Debug)]
pub(crate) enum BodyError {
    TooLong,
    TooSlow,
    Incomplete,
    TooManyPieces,
    /// There is no memory or thread for it now.
    Busy,
    NotJson(serde_json::Error),
    /// An object in it has a member of this name twice.
    Repeated(String),
    TooManyValues {
        most: usize,
    },
    /// It is nested too deeply, in this member if in any.
    TooDeep {
        member: Option<String>,
        most: usize,
    },
    /// It is a form with too many or too long names, or with what is not UTF-8.
    Pairs(PairsError),
}

impl BodyError {
    pub(crate) const TOO_LONG: &'static str = "the body is larger than allowed here";
    pub(crate) const TOO_SLOW: &'static str = "the body arrived too slowly";
    pub(crate) const INCOMPLETE: &'static str = "the body is incomplete";
    pub(crate) const TOO_MANY_PIECES: &'static str =
        "the body came in too many small pieces; send larger ones";

    /// Returns the error for surfaces that have no code of their own for it.
    pub(crate) fn into_error(self) -> ActionError {
        let invalid = |message: &str| ActionError::new(ErrorCode::ValidationError, message);
        match self {
            Self::TooLong => invalid(Self::TOO_LONG).with_status(413),
            Self::TooSlow => invalid(Self::TOO_SLOW).with_status(408),
            Self::Incomplete => invalid(Self::INCOMPLETE),
            Self::TooManyPieces => invalid(Self::TOO_MANY_PIECES),
            Self::Busy => busy(),
            // The parser's message may repeat a part of the body, which may be secret.
            Self::NotJson(error) => invalid(&format!(
                "the body is not JSON (line {}, column {})",
                error.line(),
                error.column()
            )),
            Self::Repeated(name) => ActionError::invalid_param(Echo::cut(name), REPEATED),
            Self::TooManyValues { most } => {
                let message = format!("must not have more than {most} values");
                ActionError::invalid_param("body", message)
            }
            Self::TooDeep { member, most } => ActionError::invalid_param(
                member.unwrap_or_else(|| "body".to_owned()),
                too_deep(most),
            ),
            Self::Pairs(error) => error.into_error("body"),
        }
    }
}

/// The message about a name that stands in an object twice.
pub(crate) const REPEATED: &str = "is given twice in one object";

pub(crate) fn too_deep(most: usize) -> String {
    format!("must not be nested more than {most} levels deep")
}

fn busy() -> ActionError {
    let message = "too many large requests at the same time; nothing was done";
    ActionError::new(ErrorCode::Unavailable, message).with_retry_after(Duration::from_secs(1))
}

/// Memory that is reserved until this and its clones are dropped.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReservedMemory {
    _memory: Option<Arc<Reservation>>,
}

#[derive(Debug, Default)]
pub(crate) struct BufferedBody {
    bytes: Bytes,
    /// Its original length.
    length: usize,
    /// Who sent it, if anybody did.
    principal: Option<Arc<Principal>>,
    memory: Option<Reservation>,
    /// Cancelled when the client disconnects.
    gone: Option<CancellationToken>,
}

#[cfg(test)]
impl From<Bytes> for BufferedBody {
    fn from(bytes: Bytes) -> Self {
        Self::new(&Arc::new(Principal::local()), bytes)
    }
}

impl BufferedBody {
    pub(crate) fn new(principal: &Arc<Principal>, bytes: Bytes) -> Self {
        Self {
            length: bytes.len(),
            bytes,
            principal: Some(Arc::clone(principal)),
            ..Self::default()
        }
    }

    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// Drops the bytes, and keeps the memory reserved for what was parsed from them.
    pub(crate) fn into_reserved(self) -> ReservedMemory {
        ReservedMemory {
            _memory: self.memory.map(Arc::new),
        }
    }
}

impl Default for Bodies {
    fn default() -> Self {
        Self::new(&Limits::default(), LimitHits::default(), Lane::default())
    }
}

impl Bodies {
    pub(crate) fn new(limits: &Limits, hits: LimitHits, lane: Lane) -> Self {
        // The longest body must fit.
        let memory = limits.decoding_memory.max(limits.request_body);
        Self(Arc::new(Shared {
            limits: limits.clone(),
            hits,
            memory: Arc::new(SharedMemory::new(memory)),
            lane,
        }))
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Counts a hit of a limit.
    pub(crate) fn hit(&self, limit: Limit) {
        self.0.hits.add(limit);
    }

    /// Reads a body. One that is too long is refused by its `Content-Length`, or once it exceeds the
    /// limit.
    pub(crate) async fn read(
        &self,
        body: Body,
        kind: Kind<'_>,
        principal: &Arc<Principal>,
    ) -> Result<BufferedBody, BodyError> {
        let read = self.read_call(body, kind, principal, &|| false).await?;
        Ok(read.unwrap_or_default())
    }

    /// Reads the body of a call. Returns `None` if it is large, and the call is refused whatever its
    /// body says. Only asks for large ones.
    pub(crate) async fn read_call(
        &self,
        mut body: Body,
        kind: Kind<'_>,
        principal: &Arc<Principal>,
        is_refused: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<BufferedBody>, BodyError> {
        let read = self
            .read_within(&mut body, kind, principal, is_refused)
            .await;
        if let Ok(None) | Err(BodyError::TooLong) = read {
            drain(body).await;
        }
        read
    }

    async fn read_within(
        &self,
        body: &mut Body,
        kind: Kind<'_>,
        principal: &Arc<Principal>,
        is_refused: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<BufferedBody>, BodyError> {
        let mut allowance = Allowance::new(&self.0.limits, kind);
        let expected = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        self.allow(&mut allowance, expected)?;
        let mut length = 0;
        let mut joined = Vec::new();
        let mut memory = None;
        while let Some(frame) = body.frame().await {
            let Ok(piece) = frame.map_err(|error| broken_off(&error))?.into_data() else {
                continue;
            };
            let before = length;
            length += piece.len();
            self.allow(&mut allowance, length)?;
            if before == 0 && body.is_end_stream() && length <= FREE {
                // Most bodies arrive in one piece, which is not copied.
                return Ok(Some(BufferedBody::new(principal, piece)));
            }
            if length > joined.capacity() {
                let room = (2 * joined.capacity()).max(expected.min(FREE));
                let room = room.min(allowance.most).max(length);
                if room > FREE {
                    if memory.is_none() && is_refused() {
                        return Ok(None);
                    }
                    let memory = memory.get_or_insert_with(|| self.0.memory.of(principal));
                    self.raise(memory, room).await?;
                }
                joined.reserve_exact(room - joined.len());
            }
            joined.extend_from_slice(&piece);
        }
        Ok(Some(BufferedBody {
            memory,
            ..BufferedBody::new(principal, joined.into())
        }))
    }

    fn allow(&self, allowance: &mut Allowance<'_>, length: usize) -> Result<(), BodyError> {
        if length <= allowance.most {
            return Ok(());
        }
        if allowance.may_bring_file.take().is_some_and(|ask| ask()) {
            allowance.most = self.0.limits.request_body;
            allowance.limit = Limit::RequestBody;
            return self.allow(allowance, length);
        }
        self.hit(allowance.limit);
        Err(BodyError::TooLong)
    }

    /// Raises the reserved memory to `bytes`, and waits briefly for it.
    async fn raise(&self, memory: &Reservation, bytes: usize) -> Result<(), BodyError> {
        let more = bytes.saturating_sub(memory.bytes());
        let got = tokio::time::timeout(PATIENCE, memory.add(more)).await;
        got.map_err(|_| self.busy())
    }

    /// Reserves memory for parsed values, if it is available.
    fn take_for_values(&self, body: &mut BufferedBody, values: usize) -> Result<(), BodyError> {
        if values <= FREE_VALUES {
            return Ok(());
        }
        let Some(principal) = &body.principal else {
            return Ok(());
        };
        let of_body = || self.0.memory.of(principal);
        if body
            .memory
            .get_or_insert_with(of_body)
            .try_add(values * VALUE)
        {
            Ok(())
        } else {
            Err(self.busy())
        }
    }

    fn busy(&self) -> BodyError {
        self.hit(Limit::DecodingMemory);
        BodyError::Busy
    }

    /// Serves a request: here, or on the slow lane if its body is large.
    pub(crate) async fn serve<T, W>(
        &self,
        mut body: BufferedBody,
        work: impl FnOnce(BufferedBody) -> W,
    ) -> Result<T, BodyError>
    where
        T: Send + 'static,
        W: Future<Output = T> + Send + 'static,
    {
        if body.length <= LARGE {
            return Ok(work(body).await);
        }
        let gone = CancellationToken::new();
        body.gone = Some(gone.clone());
        let _gone = gone.drop_guard();
        // Boxed to keep the future of small requests small.
        let served = Box::pin(self.0.lane.run(work(body))).await;
        served.ok_or(BodyError::Busy)
    }

    /// Parses a body as JSON. `around` is how many levels of nesting the surface itself adds.
    pub(crate) fn json(&self, body: &mut BufferedBody, around: usize) -> Result<Value, BodyError> {
        let parsed = json::read(&body.bytes, self.budget(around), body.gone.as_ref());
        let (value, values) = parsed.map_err(|error| self.refuse(error))?;
        self.take_for_values(body, values)?;
        Ok(value)
    }

    /// Parses a body as a JSON object: `{}` if it is empty, `None` if it is another JSON value.
    pub(crate) fn object(
        &self,
        body: &mut BufferedBody,
        around: usize,
    ) -> Result<Option<Map<String, Value>>, BodyError> {
        if body.bytes.is_empty() {
            return Ok(Some(Map::new()));
        }
        Ok(match self.json(body, around)? {
            Value::Object(members) => Some(members),
            _ => None,
        })
    }

    fn budget(&self, around: usize) -> Budget {
        Budget {
            values: self.0.limits.json_values,
            depth: self.0.limits.json_depth + around,
        }
    }

    fn refuse(&self, error: JsonError) -> BodyError {
        match error {
            JsonError::Syntax(error) => BodyError::NotJson(error),
            JsonError::Values => {
                self.hit(Limit::JsonValues);
                BodyError::TooManyValues {
                    most: self.0.limits.json_values,
                }
            }
            JsonError::Depth(member) => {
                self.hit(Limit::JsonDepth);
                BodyError::TooDeep {
                    member,
                    most: self.0.limits.json_depth,
                }
            }
            JsonError::Repeated(name) => BodyError::Repeated(name),
            JsonError::Stopped => BodyError::Incomplete,
        }
    }

    /// Checks a query or a form before it is parsed.
    pub(crate) fn check_pairs(&self, text: &[u8]) -> Result<(), PairsError> {
        pairs::check(text, &self.0.limits).inspect_err(|error| {
            if let Some(limit) = error.limit() {
                self.hit(limit);
            }
        })
    }
}

/// How long a body may be.
struct Allowance<'a> {
    most: usize,
    limit: Limit,
    may_bring_file: Option<&'a (dyn Fn() -> bool + Sync)>,
}

impl<'a> Allowance<'a> {
    fn new(limits: &Limits, kind: Kind<'a>) -> Self {
        let (most, may_bring_file) = match kind {
            Kind::Small => (limits.input.min(SMALL), None),
            Kind::Input => (limits.input, None),
            Kind::MayBringFile(ask) => (limits.input, Some(ask)),
        };
        Self {
            most,
            limit: Limit::Input,
            may_bring_file,
        }
    }
}

/// Drains a refused body, up to a limit. Most clients read no response before they have sent all,
/// and report a broken connection otherwise.
async fn drain(mut body: Body) {
    let mut left = DRAINED;
    let says = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    while says <= DRAINED
        && let Some(Ok(frame)) = body.frame().await
    {
        let length = frame.data_ref().map_or(0, Bytes::len);
        let Some(rest) = left.checked_sub(length) else {
            return;
        };
        left = rest;
    }
}

fn broken_off(error: &axum::Error) -> BodyError {
    match BodyFault::of(error) {
        Some(BodyFault::Pause | BodyFault::Whole) => BodyError::TooSlow,
        Some(BodyFault::Pieces) => BodyError::TooManyPieces,
        None => BodyError::Incomplete,
    }
}

#[cfg(test)]
mod tests;
