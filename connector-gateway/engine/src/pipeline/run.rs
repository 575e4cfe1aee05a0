//! A call in progress.

use std::error::Error as _;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use plugwright_egress::CallUsage;
use plugwright_sdk::host::Redactor;
use plugwright_sdk::{ActionError, ActionResult, ErrorCode};
use plugwright_store::{Connection, Owner, Timestamp};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::credential::{CallCredential, SelectedConnection};
use super::cursor::{Bound, Place};
use super::decode::{Operation, Shaping};
use super::end::{Ended, Stop};
use super::invoke::Prepared;
use super::judge::judge;
use super::reconcile::{Reconciled, Settled};
use super::resolve::Resolved;
use super::{
    Pipeline, authorize, claim, credential, decode, instance, invoke, record, resolve,
    sent_by_caller, shape,
};
use crate::call::{Call, CallOption, Mode};
use crate::catalog::HeldFacts;
use crate::large::CallMemory;
use crate::metrics::CallMeasure;
use crate::outcome::Outcome;
use crate::run_log::StageTimes;

/// A call in progress, with what the run log records of it.
pub(super) struct Run<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) call: &'a Call,
    held: &'a HeldFacts,
    /// The call as it is meant, if it names a connection in place of a connector.
    named: &'a OnceLock<Call>,
    pub(super) id: Uuid,
    pub(super) started_at: Timestamp,
    pub(super) clock: Clock,
    pub(super) resolved: Option<Resolved<'a>>,
    pub(super) owner: Option<Owner>,
    pub(super) connection: Option<Arc<Connection>>,
    /// Whose credential it uses: the id of the connection, or what stands for the caller's own.
    account: Option<Uuid>,
    pub(super) redactor: Redactor,
    pub(super) usage: CallUsage,
    /// Memory of the responses, until the call has ended.
    memory: Arc<CallMemory>,
    /// What was found out about a write whose response was lost.
    pub(super) reconciled: Option<Reconciled>,
    pub(super) times: StageTimes,
    recorded: bool,
}

impl Drop for Run<'_> {
    /// Records a call that is dropped because its caller has gone.
    fn drop(&mut self) {
        self.record(None);
    }
}

impl<'a> Run<'a> {
    pub(super) fn new(
        pipeline: &'a Pipeline,
        call: &'a Call,
        held: &'a HeldFacts,
        named: &'a OnceLock<Call>,
    ) -> Self {
        Self {
            pipeline,
            call,
            held,
            named,
            id: Uuid::now_v7(),
            started_at: Timestamp::now(),
            clock: Clock::start(),
            resolved: None,
            owner: None,
            connection: None,
            account: None,
            redactor: Redactor::default(),
            usage: CallUsage::default(),
            memory: pipeline.outbound.memory.of_call(&call.principal),
            reconciled: None,
            times: StageTimes::default(),
            recorded: false,
        }
    }

    pub(super) async fn stages(&mut self) -> Result<Ended, Stop> {
        let pipeline = self.pipeline;
        let storage = pipeline.storage.as_ref();
        pipeline.names().check(self.call)?;
        let held = self.held;
        let resolve = move |call: &'a Call| {
            let tells = |name: &str| pipeline.tells(call, name);
            resolve::resolve(&pipeline.catalog, &call.target, held, tells)
        };
        let resolved = match resolve(self.call) {
            Err(error) if error.code() == ErrorCode::ConnectorNotFound => {
                // Boxed, as every call has room for it.
                let Some(named) = Box::pin(instance::named(pipeline, self.call)).await? else {
                    return Err(error.into());
                };
                self.call = self.named.get_or_init(|| named);
                resolve(self.call)?
            }
            resolved => resolved?,
        };
        let call = self.call;
        self.resolved = Some(resolved);
        let resolved = &resolved;
        let (policy, rate_limits) = (&pipeline.policy, &pipeline.rate_limits);
        self.owner = authorize::authorize(policy, rate_limits, call, resolved)?;
        self.times.authorize = self.clock.lap();

        let decoded = decode::decode(pipeline.rules(), call, resolved)?;
        self.times.decode = self.clock.lap();

        // Before the key: an earlier outcome is only for callers who may make the call now.
        let selected = self.select(resolved).await?;
        self.times.credential = self.clock.lap();
        let place = self.place(selected.account());

        let (limits, hits) = (&pipeline.limits, pipeline.metrics.limit_hits());
        let claiming = claim::Claiming {
            limits,
            hits,
            place,
            run: self.id,
            started_at: self.started_at,
        };
        let claimed = match claim::claim(storage, claiming, call, resolved).await? {
            claim::KeyState::Unkeyed => None,
            claim::KeyState::Claimed(key) => Some(key),
            claim::KeyState::InDoubt { key, since } => {
                self.times.claim = self.clock.lap();
                // Boxed, as every call has room for it.
                return Box::pin(self.resume(resolved, key, since)).await;
            }
            claim::KeyState::Finished { run, stored } => {
                return Err(Stop::Replayed { run, stored });
            }
        };
        self.times.claim = self.clock.lap();

        let opened = self.open(resolved, selected, decoded.cursor).await;
        self.times.credential += self.clock.lap();
        let (picked, cursor) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                claim::release(storage, claimed).await;
                return Err(error.into());
            }
        };

        // Later, a write has begun, and is made once more if it is found not to have been.
        let given_up = call.given_up.as_ref();
        let result = if given_up.is_some_and(CancellationToken::is_cancelled) {
            Err(invoke::cancelled())
        } else {
            self.invoke(resolved, picked, cursor, decoded.operation)
                .await
        };
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

        let result = result.and_then(|result| self.shape(resolved, &decoded.shaping, result));
        let mut ended = judge(resolved, &self.usage, result);
        let mut sent = self.usage.sent;
        self.times.shape = self.clock.lap();
        if self.can_settle(resolved, &ended) {
            // Boxed, as every call has room for it.
            let settling = Box::pin(self.settle(resolved, self.started_at, ended));
            Settled { ended, sent } = settling.await;
            self.times.invoke += self.clock.lap();
        }
        if let Some(claimed) = claimed {
            let background = &pipeline.background;
            let concluded = claim::conclude(storage, background, claimed, &ended, sent).await;
            self.times.claim += self.clock.lap();
            concluded?;
        }
        Ok(ended)
    }

    pub(super) fn shape(
        &self,
        resolved: &Resolved<'_>,
        shaping: &Shaping,
        result: ActionResult,
    ) -> Result<ActionResult, ActionError> {
        // A dry run's request is no output of the action.
        if self.call.options.mode == Mode::DryRun {
            return Ok(result);
        }
        let place = self.place(self.account);
        let (check, vault) = (self.pipeline.output_check, self.pipeline.vault());
        shape::shape(check, vault, resolved, shaping, place, result)
    }

    fn place(&self, account: Option<Uuid>) -> Place<'_> {
        Place {
            owner: self.owner.as_ref(),
            account,
        }
    }

    pub(super) async fn select(
        &self,
        resolved: &Resolved<'a>,
    ) -> Result<SelectedConnection<'a>, ActionError> {
        let (outbound, storage) = (&self.pipeline.outbound, self.pipeline.storage.as_ref());
        credential::select(outbound, storage, self.call, resolved, self.owner.as_ref()).await
    }

    pub(super) async fn open(
        &self,
        resolved: &Resolved<'a>,
        selected: SelectedConnection<'a>,
        cursor: Option<Bound>,
    ) -> Result<(CallCredential, Option<String>), ActionError> {
        let (call, owner) = (self.call, self.owner.as_ref());
        let refresher = self.pipeline.refresher.as_ref();
        let place = self.place(selected.account());
        let picked = credential::open_selected(refresher, call, resolved, owner, selected).await?;
        let named = |error| ActionError::invalid(CallOption::Cursor.faults(call.surface, error));
        let cursor = cursor.map(|cursor| cursor.at(place).map_err(named));
        Ok((picked, cursor.transpose()?))
    }

    pub(super) async fn invoke(
        &mut self,
        resolved: &Resolved<'a>,
        picked: CallCredential,
        cursor: Option<String>,
        operation: Operation<'a>,
    ) -> Result<ActionResult, ActionError> {
        let outbound = &self.pipeline.outbound;
        let prepared = self.prepare(resolved, picked, cursor);
        let (result, usage) = invoke::invoke(outbound, prepared, operation).await;
        self.usage += usage;
        result
    }

    pub(super) fn prepare<'r>(
        &'r mut self,
        resolved: &'r Resolved<'a>,
        picked: CallCredential,
        cursor: Option<String>,
    ) -> Prepared<'r> {
        self.connection.clone_from(&picked.connection);
        self.account = picked.account;
        self.redactor = picked.redactor.clone();
        let (policy, grant) = (&self.pipeline.policy, &self.call.principal.grant);
        let withheld = sent_by_caller::withheld(policy, grant);
        Prepared {
            call: self.call,
            resolved,
            picked,
            owner: self.owner.as_ref(),
            cursor,
            may_act_for_others: !sent_by_caller::is_restricted(policy, grant, &withheld),
            withheld,
            run: self.id,
            memory: Arc::clone(&self.memory) as _,
            seals_cursors: self.pipeline.storage.is_some(),
        }
    }

    /// Repeats a call whose token was rejected, if nothing has happened yet and the token was
    /// renewed.
    async fn again_if_renewed(
        &mut self,
        resolved: &Resolved<'a>,
        result: Result<ActionResult, ActionError>,
    ) -> Result<ActionResult, ActionError> {
        let refresher = self.pipeline.refresher.as_ref();
        if self.usage.acted
            || !credential::renewed(refresher, self.call, self.connection.as_ref()).await?
        {
            return result;
        }
        let Ok(selected) = self.select(resolved).await else {
            return result;
        };
        let Ok(decoded) = decode::decode(self.pipeline.rules(), self.call, resolved) else {
            return result;
        };
        let Ok((picked, cursor)) = self.open(resolved, selected, decoded.cursor).await else {
            return result;
        };
        self.invoke(resolved, picked, cursor, decoded.operation)
            .await
    }

    /// Records the outcome of the call, once; `None` if its caller has gone.
    pub(super) fn record(&mut self, outcome: Option<&Outcome>) {
        if std::mem::replace(&mut self.recorded, true) {
            return;
        }
        self.times.total = self.clock.total();
        self.times.upstream = self.usage.upstream;
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
            upstream: (self.usage.attempts > 0).then_some(self.usage.upstream),
        };
        self.pipeline.metrics.end_call(measure);
        let record = record::record(self, outcome);
        record.log();
        if let Some(Err(error)) = outcome.map(|outcome| &outcome.result)
            && error.code() == ErrorCode::InternalError
        {
            // A library's error may contain a part of the request.
            let cause = error
                .source()
                .map(|cause| self.redactor.redact(&cause.to_string()));
            tracing::error!(run = %self.id, cause, "internal error in a call");
        }
        self.pipeline.run_log.record(record);
    }
}

/// Measures the duration of each stage.
pub(super) struct Clock {
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
    pub(super) fn lap(&mut self) -> Duration {
        let now = Instant::now();
        let lap = now - self.last;
        self.last = now;
        lap
    }

    fn total(&self) -> Duration {
        self.started.elapsed()
    }
}
