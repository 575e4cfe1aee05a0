//! Reconcile: finds out what became of a write whose response was lost.
//!
//! The connector looks for what the write would have made. If it is there, it is the call's result; if
//! it is not, the write is made now.

use std::time::Duration;

use plugwright_sdk::host::ReconcileBy;
use plugwright_sdk::{ActionError, ActionResult, ErrorCode, Hint, Lost, Outcome, Value};
use plugwright_store::Timestamp;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::claim::{self, ClaimedKey, Stored};
use super::decode::{self, Decoded, Operation};
use super::end::{Ended, Stop};
use super::invoke;
use super::judge::judge;
use super::resolve::Resolved;
use super::run::Run;
use crate::call::Mode;
use crate::outcome::Case;

/// The first pause before the provider is asked again; the following ones double.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// How long a write that was looked for by what it wrote, and can't be found, counts as not made. Later
/// it may have been changed or removed.
const UNCHANGED: Duration = Duration::from_hours(1);

plugwright_sdk::__spelled! {
    /// What was found out about a write whose response was lost.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) enum Reconciled {
        /// It took effect.
        Done = "done",
        /// It did not, and was made then.
        NotDone = "not_done",
        /// That stays unknown.
        Unknown = "unknown",
    }
}

/// The end of a write that was in doubt.
pub(super) struct Settled {
    pub(super) ended: Ended,
    /// Whether a request that made the write may have reached the provider.
    pub(super) sent: bool,
}

impl<'a> Run<'a> {
    /// Returns whether the call ended in a doubt that can be settled, and nobody has stopped it.
    pub(super) fn can_settle(&self, resolved: &Resolved<'_>, ended: &Ended) -> bool {
        let cancellation = self.call.cancellation.as_ref();
        ended.case == Case::DoubtfulWrite
            && self.call.options.mode == Mode::Live
            && resolved.reconciles()
            && !cancellation.is_some_and(CancellationToken::is_cancelled)
    }

    /// Settles a write that an earlier call with the same key left in doubt.
    pub(super) async fn resume(
        &mut self,
        resolved: &Resolved<'a>,
        key: ClaimedKey,
        since: Timestamp,
    ) -> Result<Ended, Stop> {
        let (result, case) = Stored::lost().into_result();
        let Settled { ended, sent } = self.settle(resolved, since, Ended { result, case }).await;
        self.times.invoke = self.clock.lap();
        let (storage, background) = (self.pipeline.storage.as_ref(), &self.pipeline.background);
        let concluded = claim::conclude(storage, background, key, &ended, sent).await;
        self.times.claim += self.clock.lap();
        concluded?;
        Ok(ended)
    }

    /// Finds out what became of a write that was received at this time, and makes it if it did not
    /// take effect.
    pub(super) async fn settle(
        &mut self,
        resolved: &Resolved<'a>,
        since: Timestamp,
        doubt: Ended,
    ) -> Settled {
        let (reconciled, settled) = match self.search(resolved, since).await {
            Outcome::Done(result) => (Reconciled::Done, done(result)),
            Outcome::Unknown(reason) => (Reconciled::Unknown, unknown(doubt, &reason)),
            Outcome::NotDone => (Reconciled::NotDone, self.make(resolved, since).await),
        };
        let connector = resolved.connector.lasting_name();
        self.pipeline
            .metrics
            .reconciliations()
            .add(connector, reconciled.as_str());
        tracing::info!(run = %self.id, action = resolved.id(), outcome = reconciled.as_str(), "a write was reconciled");
        self.reconciled = Some(reconciled);
        settled
    }

    /// Makes a write that is known not to have taken effect.
    async fn make(&mut self, resolved: &Resolved<'a>, since: Timestamp) -> Settled {
        let before = std::mem::take(&mut self.usage);
        let result = self.invoke_again(resolved).await;
        let usage = std::mem::replace(&mut self.usage, before);
        self.usage += usage;
        let ended = judge(resolved, &usage, result);
        if !self.can_settle(resolved, &ended) {
            let sent = usage.sent;
            return Settled { ended, sent };
        }
        match self.search(resolved, since).await {
            Outcome::Done(result) => done(result),
            Outcome::Unknown(reason) => unknown(ended, &reason),
            Outcome::NotDone => unknown(ended, "it can't be found after two attempts to make it"),
        }
    }

    async fn invoke_again(&mut self, resolved: &Resolved<'a>) -> Result<ActionResult, ActionError> {
        let selected = self.select(resolved).await?;
        let decoded = decode::decode(self.pipeline.rules(), self.call, resolved)?;
        let (picked, cursor) = self.open(resolved, selected, decoded.cursor).await?;
        let result = self
            .invoke(resolved, picked, cursor, decoded.operation)
            .await?;
        self.shape(resolved, &decoded.shaping, result)
    }

    /// Looks for the write until it is found, or is certain not to come.
    async fn search(&mut self, resolved: &Resolved<'a>, since: Timestamp) -> Outcome<ActionResult> {
        let limits = &self.pipeline.limits;
        let started = Instant::now();
        let deadline = started + limits.reconcile_timeout;
        let settled_at = started + limits.reconcile_grace;
        let mut pause = FIRST_PAUSE;
        loop {
            let found = self.look(resolved, since, deadline).await;
            let now = Instant::now();
            let (wait, reason) = match found {
                Ok(Outcome::NotDone) if now < settled_at => {
                    let reason = "it can't be found, but may still take effect";
                    (pause.min(settled_at - now), reason.to_owned())
                }
                Ok(Outcome::NotDone) if may_have_changed(resolved, since) => {
                    return Outcome::unknown(
                        "it can't be found, but may have been changed or removed",
                    );
                }
                Ok(outcome) => return outcome,
                Err(error) if error.hint() == Hint::Retry => {
                    (error.retry_after().unwrap_or(pause), error.to_string())
                }
                Err(error) => return Outcome::unknown(error.to_string()),
            };
            if now + wait >= deadline {
                return Outcome::unknown(reason);
            }
            tokio::time::sleep(wait).await;
            pause *= 2;
        }
    }

    async fn look(
        &mut self,
        resolved: &Resolved<'a>,
        since: Timestamp,
        deadline: Instant,
    ) -> Result<Outcome<ActionResult>, ActionError> {
        let selected = self.select(resolved).await?;
        let Decoded {
            operation, shaping, ..
        } = decode::decode(self.pipeline.rules(), self.call, resolved)?;
        let (Some(action), Operation::Action { input, .. }) = (resolved.action, operation) else {
            return Err(nothing_to_look_for());
        };
        let key = invoke::providers_key(self.call).unwrap_or_else(|| self.id.to_string());
        let lost = Lost::new(since.into(), key);
        let reconciliation = action.entry.action.reconcile(Value::clone(&input), lost)?;
        let reconciliation = reconciliation.ok_or_else(nothing_to_look_for)?;
        let (picked, _) = self.open(resolved, selected, None).await?;
        let outbound = &self.pipeline.outbound;
        let prepared = self.prepare(resolved, picked, None);
        let looking = invoke::find_lost(outbound, prepared, reconciliation, &input, deadline);
        let (found, usage) = looking.await;
        self.usage += usage;
        found?.try_map(|result| self.shape(resolved, &shaping, result))
    }
}

fn may_have_changed(resolved: &Resolved<'_>, since: Timestamp) -> bool {
    let by = resolved
        .action
        .and_then(|action| action.entry.action.reconciles_by());
    by == Some(ReconcileBy::Natural) && since.after(UNCHANGED) < Timestamp::now()
}

fn nothing_to_look_for() -> ActionError {
    let message = "the action can't look for its writes";
    ActionError::new(ErrorCode::InternalError, message)
}

fn done(result: ActionResult) -> Settled {
    Settled {
        ended: Ended {
            result: Ok(result),
            case: Case::Repeatable,
        },
        sent: true,
    }
}

/// Adds to the error of a write in doubt why that could not be settled.
fn unknown(doubt: Ended, reason: &str) -> Settled {
    let result = doubt.result.map_err(|error| {
        let detail = match error.detail() {
            Some(detail) => format!("{detail}; {reason}"),
            None => reason.to_owned(),
        };
        error.with_detail(detail)
    });
    Settled {
        ended: Ended {
            result,
            case: doubt.case,
        },
        sent: true,
    }
}
