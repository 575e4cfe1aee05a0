//! The stages of a call, in their order.
//!
//! Each stage takes what it needs and returns what it made; none reaches back.

mod authorize;
mod claim;
mod credential;
mod cursor;
mod decode;
mod invoke;
pub(crate) mod names;
mod proxy;
mod record;
mod resolve;
mod sent_by_caller;
mod shape;

use std::error::Error as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use plugwright_sdk::{ActionError, ActionResult, ErrorCode, Hint};
use plugwright_store::{Connection, Owner, Timestamp, vault::Vault};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::call::{Call, CallOption, Mode};
use crate::catalog::Catalog;
use crate::limits::Limits;
use crate::metrics::{CallMeasure, Metrics};
use crate::outbound::Outbound;
use crate::outcome::{Case, Outcome};
use crate::rate_limits::RateLimits;
use crate::refresh::Refresher;
use crate::run_log::{RunLog, StageTimes};
use crate::settings::{OutputCheck, Policy};
use crate::shares::{Busy, Slot};
use crate::spans;
use crate::storage::Storage;
use cursor::{Bound, Place};
use decode::{Decoded, Rules};
use invoke::{Invoked, Prepared};
use names::Names;
use resolve::Resolved;

pub(crate) use authorize::{allows, owner};

/// The stages with what they are made of. Each is handed what it uses.
pub(crate) struct Pipeline {
    pub(crate) catalog: Catalog,
    pub(crate) policy: Policy,
    pub(crate) limits: Limits,
    pub(crate) output_check: OutputCheck,
    /// None where nothing is kept.
    pub(crate) storage: Option<Storage>,
    pub(crate) outbound: Arc<Outbound>,
    /// Keeps credentials fresh, where they are kept and something can be sent.
    pub(crate) refresher: Option<Refresher>,
    pub(crate) run_log: Arc<RunLog>,
    pub(crate) metrics: Metrics,
    pub(crate) rate_limits: RateLimits,
    pub(crate) background: Background,
}

/// Work that goes on without whoever started it.
pub(crate) struct Background {
    pub(crate) tasks: TaskTracker,
    /// Cancelled when the process is to stop.
    pub(crate) stopping: CancellationToken,
}

impl Pipeline {
    /// Makes a call: every stage in turn, then the run log, whatever the end is. The slot is taken
    /// until then, whoever still waits for the call.
    pub(crate) async fn run(&self, call: &Call, slot: Result<Slot, Busy>) -> Outcome {
        let _in_flight = self.metrics.begin_call();
        let mut run = Run::new(self, call);
        let span = spans::call(run.id, call.surface.path(), &call.trace_context);
        let ended = match slot {
            Ok(_) => run.stages().instrument(span.clone()).await,
            Err(busy) => {
                self.metrics.limit_hits().add(busy.limit());
                Err(Stop::Failed(busy.into()))
            }
        };
        let (result, case, earlier) = match ended {
            Ok(Ended { result, case }) => (result, case, None),
            Err(Stop::Failed(error)) => (Err(error), Case::Repeatable, None),
            Err(Stop::Replayed { run, stored }) => {
                let (result, case) = stored.into_result();
                (result, case, Some(run))
            }
        };
        // The run log counts it and the surface sends it: it is written once.
        let result = result.map(|result| ActionResult {
            data: result.data.into_text(),
            ..result
        });
        let outcome = Outcome {
            execution_id: earlier.unwrap_or(run.id),
            target: run.resolved.map(|resolved| resolved.id().to_owned()),
            effect: run.resolved.map(|resolved| resolved.effect),
            result,
            case,
            replayed: earlier.is_some(),
            sent: run.invoked.sent,
            answers: run.invoked.answers,
        };
        run.record(Some(&outcome));
        let error = outcome.result.as_ref().err();
        spans::end(
            &span,
            outcome.target.as_deref(),
            error.map(ActionError::code),
        );
        outcome
    }

    /// Returns the door for names.
    pub(crate) fn names(&self) -> Names<'_> {
        Names {
            longest: self.limits.name,
            catalog: &self.catalog,
            hits: self.metrics.limit_hits(),
        }
    }

    fn vault(&self) -> Option<&Vault> {
        self.storage.as_ref().map(|storage| &storage.vault)
    }

    fn rules(&self) -> Rules<'_> {
        Rules {
            policy: &self.policy,
            limits: &self.limits,
            hits: self.metrics.limit_hits(),
            vault: self.vault(),
        }
    }
}

/// What the stages came to once a provider may have been asked.
struct Ended {
    result: Result<ActionResult, ActionError>,
    case: Case,
}

/// Why the stages went no further. Nothing was sent.
enum Stop {
    Failed(ActionError),
    Replayed {
        run: Uuid,
        stored: Box<claim::Stored>,
    },
}

impl From<ActionError> for Stop {
    fn from(error: ActionError) -> Self {
        Self::Failed(error)
    }
}

/// A call on its way, with what the run log will say of it.
struct Run<'a> {
    pipeline: &'a Pipeline,
    call: &'a Call,
    id: Uuid,
    started_at: Timestamp,
    clock: Clock,
    resolved: Option<Resolved<'a>>,
    owner: Option<Owner>,
    connection: Option<Arc<Connection>>,
    invoked: Invoked,
    times: StageTimes,
    recorded: bool,
}

impl Drop for Run<'_> {
    /// A call that is dropped on its way, since its caller has gone, is in the run log too.
    fn drop(&mut self) {
        self.record(None);
    }
}

impl<'a> Run<'a> {
    fn new(pipeline: &'a Pipeline, call: &'a Call) -> Self {
        Self {
            pipeline,
            call,
            id: Uuid::now_v7(),
            started_at: Timestamp::now(),
            clock: Clock::start(),
            resolved: None,
            owner: None,
            connection: None,
            invoked: Invoked::default(),
            times: StageTimes::default(),
            recorded: false,
        }
    }

    async fn stages(&mut self) -> Result<Ended, Stop> {
        let call = self.call;
        let pipeline = self.pipeline;
        let storage = pipeline.storage.as_ref();
        pipeline.names().check(call)?;
        let resolved = resolve::resolve(&pipeline.catalog, &call.target)?;
        self.resolved = Some(resolved);
        let resolved = &resolved;
        let (policy, rate_limits) = (&pipeline.policy, &pipeline.rate_limits);
        self.owner = authorize::authorize(policy, rate_limits, call, resolved)?;
        let owner = self.owner.as_ref();
        self.times.authorize = self.clock.lap();

        let decoded = decode::decode(pipeline.rules(), call, resolved)?;
        self.times.decode = self.clock.lap();

        // Before the key: an earlier outcome is for who could make the call now.
        let selected =
            credential::select(&pipeline.outbound, storage, call, resolved, owner).await?;
        let place = Place {
            owner,
            connection: selected.connection_id(),
        };
        self.times.credential = self.clock.lap();

        let retention = pipeline.limits.idempotency_retention;
        let taken = claim::claim(storage, retention, call, resolved, place, self.id).await?;
        let taken = match taken {
            claim::Answer::Free => None,
            claim::Answer::Taken(taken) => Some(taken),
            claim::Answer::Earlier { run, stored } => return Err(Stop::Replayed { run, stored }),
        };
        self.times.claim = self.clock.lap();

        let Decoded {
            operation,
            shaping,
            cursor,
        } = decoded;
        let refresher = pipeline.refresher.as_ref();
        let picked = credential::open_selected(refresher, call, resolved, owner, selected).await;
        let cursor = cursor
            .map(|cursor| at_place(call, cursor, place))
            .transpose();
        self.times.credential += self.clock.lap();
        let (picked, cursor) = match (picked, cursor) {
            (Ok(picked), Ok(cursor)) => (picked, cursor),
            (Err(error), _) | (_, Err(error)) => {
                claim::give_back(storage, taken).await;
                return Err(error.into());
            }
        };
        self.connection.clone_from(&picked.connection);

        let prepared = Prepared {
            call,
            resolved,
            picked,
            owner,
            cursor,
            run: self.id,
            seals_cursors: storage.is_some(),
        };
        let (result, invoked) = invoke::invoke(&pipeline.outbound, prepared, operation).await;
        self.invoked = invoked;
        let result = if credential::was_refused(result.as_ref().err()) {
            // Boxed, as every call has room for it.
            Box::pin(self.again_if_renewed(resolved, result)).await
        } else {
            result
        };
        self.times.invoke = self.clock.lap();
        if let Some(connection) = &self.connection
            && call.options.mode == Mode::Live
        {
            let tasks = &pipeline.background.tasks;
            credential::learn(storage, tasks, connection, result.as_ref().err());
        }

        let place = Place {
            owner: self.owner.as_ref(),
            connection: self.connection.as_ref().map(|connection| connection.id),
        };
        let result = match call.options.mode {
            // What it shows is no output of the action.
            Mode::DryRun => result,
            Mode::Live | Mode::Mock | Mode::Recorded => result.and_then(|result| {
                let (check, vault) = (pipeline.output_check, pipeline.vault());
                shape::shape(check, vault, resolved, &shaping, place, result)
            }),
        };
        let ended = judge(resolved, &self.invoked, result);
        self.times.shape = self.clock.lap();
        if let Some(taken) = taken {
            let (background, sent) = (&pipeline.background, self.invoked.sent);
            let concluded = claim::conclude(storage, background, taken, &ended, sent).await;
            self.times.claim += self.clock.lap();
            concluded?;
        }
        Ok(ended)
    }

    /// Makes the call again if its token ended before its time, and another one could be had. Nothing
    /// was done yet, so that it may be.
    async fn again_if_renewed(
        &mut self,
        resolved: &Resolved<'a>,
        result: Result<ActionResult, ActionError>,
    ) -> Result<ActionResult, ActionError> {
        let (pipeline, call) = (self.pipeline, self.call);
        let (storage, refresher) = (pipeline.storage.as_ref(), pipeline.refresher.as_ref());
        if self.invoked.acted
            || !credential::renewed(refresher, call, self.connection.as_ref()).await?
        {
            return result;
        }
        let owner = self.owner.as_ref();
        let Ok(selected) =
            credential::select(&pipeline.outbound, storage, call, resolved, owner).await
        else {
            return result;
        };
        let place = Place {
            owner,
            connection: selected.connection_id(),
        };
        let picked = credential::open_selected(refresher, call, resolved, owner, selected).await;
        let decoded = decode::decode(pipeline.rules(), call, resolved);
        let (Ok(picked), Ok(decoded)) = (picked, decoded) else {
            return result;
        };
        let cursor = decoded.cursor.map(|cursor| cursor.at(place)).transpose();
        let Ok(cursor) = cursor else {
            return result;
        };
        self.connection.clone_from(&picked.connection);
        let prepared = Prepared {
            call,
            resolved,
            picked,
            owner,
            cursor,
            run: self.id,
            seals_cursors: storage.is_some(),
        };
        let (result, invoked) =
            invoke::invoke(&pipeline.outbound, prepared, decoded.operation).await;
        self.invoked = std::mem::take(&mut self.invoked).and(invoked);
        result
    }

    fn record(&mut self, outcome: Option<&Outcome>) {
        if std::mem::replace(&mut self.recorded, true) {
            return;
        }
        self.times.total = self.clock.total();
        self.times.upstream = self.invoked.upstream;
        let measure = CallMeasure {
            surface: self.call.surface,
            connector: self
                .resolved
                .map(|resolved| resolved.connector.lasting_name()),
            error: match outcome {
                Some(outcome) => outcome.result.as_ref().err().map(ActionError::code),
                None => Some(ErrorCode::Cancelled),
            },
            replayed: outcome.is_some_and(|outcome| outcome.replayed),
            total: self.times.total,
            upstream: (self.invoked.attempts > 0).then_some(self.invoked.upstream),
        };
        self.pipeline.metrics.end_call(measure);
        let record = record::record(self, outcome);
        record.log();
        if let Some(Err(error)) = outcome.map(|outcome| &outcome.result)
            && error.code() == ErrorCode::InternalError
        {
            // What a library says of a request may repeat what was in it.
            let redactor = &self.invoked.redactor;
            let cause = error
                .source()
                .map(|cause| redactor.redact(&cause.to_string()));
            tracing::error!(run = %self.id, cause, "a call met a defect");
        }
        self.pipeline.run_log.record(record);
    }
}

/// Opens a cursor for the connection of a call; the fault has the caller's name for it.
fn at_place(call: &Call, cursor: Bound, place: Place<'_>) -> Result<String, ActionError> {
    let named = |error| ActionError::invalid(CallOption::Cursor.faults(call.surface, error));
    cursor.at(place).map_err(named)
}

/// Decides what a failure means for whoever thinks of calling again.
fn judge(
    resolved: &Resolved<'_>,
    invoked: &Invoked,
    result: Result<ActionResult, ActionError>,
) -> Ended {
    let sent = invoked.sent;
    let Err(error) = result else {
        return Ended {
            result,
            case: Case::Repeatable,
        };
    };
    let case = if resolved.repeatable {
        Case::Repeatable
    } else if sent && in_doubt(&error) {
        Case::DoubtfulWrite
    } else {
        Case::FailedWrite
    };
    let error = match case {
        Case::DoubtfulWrite => {
            let message = format!(
                "the request was sent, and it may have taken effect: {}",
                error.message()
            );
            let mut doubt = ActionError::new(ErrorCode::OutcomeUnknown, message).ambiguous();
            if let Some(detail) = error.detail() {
                doubt = doubt.with_detail(detail);
            }
            doubt.with_source(error)
        }
        // Surfaces answer such codes so that clients repeat the call, and a part of it is done.
        Case::FailedWrite if invoked.acted && asks_for_another_call(&error) => {
            let message = format!(
                "a part of the call may have taken effect, then: {}",
                error.message()
            );
            ActionError::new(ErrorCode::UpstreamError, message)
                .with_hint(Hint::Abort)
                .with_source(error)
        }
        // The surfaces say that it must not be repeated; so does the hint.
        Case::FailedWrite
            if sent && error.code().default_status() >= 500 && !asks_for_another_call(&error) =>
        {
            error.with_hint(Hint::Abort)
        }
        Case::Repeatable | Case::FailedWrite => error,
    };
    Ended {
        result: Err(error),
        case,
    }
}

/// Tells whether an error says that the same call may go through later.
fn asks_for_another_call(error: &ActionError) -> bool {
    matches!(
        error.code(),
        ErrorCode::RateLimited | ErrorCode::UpstreamSuspended | ErrorCode::Unavailable
    )
}

/// Tells whether an error leaves open what became of a request that was sent. Where the provider
/// refused, it does not; where its answer was lost or could not be used, it does.
fn in_doubt(error: &ActionError) -> bool {
    error.is_ambiguous()
        || matches!(
            error.code(),
            ErrorCode::UpstreamInvalid
                | ErrorCode::UpstreamTimeout
                | ErrorCode::ResponseTooLarge
                | ErrorCode::InternalError
                | ErrorCode::Cancelled
        )
}

/// Measures the stages.
struct Clock {
    started: Instant,
    last: Instant,
}

impl Clock {
    fn start() -> Self {
        let now = Instant::now();
        Self {
            started: now,
            last: now,
        }
    }

    /// Returns the time since the last lap.
    fn lap(&mut self) -> Duration {
        let now = Instant::now();
        let lap = now - self.last;
        self.last = now;
        lap
    }

    fn total(&self) -> Duration {
        self.started.elapsed()
    }
}
