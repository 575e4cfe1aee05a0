//! The stages of a call, in order.
//!
//! Each stage takes what it needs and returns what it produces.

mod authorize;
mod background;
mod caller_credential;
mod claim;
mod credential;
mod cursor;
mod decode;
mod end;
mod instance;
mod invoke;
mod judge;
pub(crate) mod names;
mod proxy;
mod reconcile;
mod record;
mod resolve;
mod run;
mod sent_by_caller;
mod shape;

use std::sync::{Arc, OnceLock};

use plugwright_sdk::{ActionError, ActionResult};
use plugwright_store::vault::Vault;
use tracing::Instrument as _;

use crate::call::{Call, Target};
use crate::catalog::{Catalog, HeldFacts};
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::outbound::Outbound;
use crate::outcome::{Case, Outcome};
use crate::principal::Principal;
use crate::rate_limits::RateLimits;
use crate::refresh::Refresher;
use crate::run_log::RunLog;
use crate::settings::{OutputCheck, Policy};
use crate::shares::{Busy, Slot};
use crate::spans;
use crate::storage::Storage;
use decode::Rules;
use end::{Ended, Stop};
use names::Names;
use reconcile::Reconciled;
use run::Run;

pub(crate) use authorize::{allows, allows_proxy, owner};
pub(crate) use background::Background;
pub(crate) use instance::Instance;
pub use judge::outcome_unknown;

pub(crate) struct Pipeline {
    pub(crate) catalog: Catalog,
    pub(crate) policy: Policy,
    pub(crate) limits: Limits,
    pub(crate) output_check: OutputCheck,
    /// `None` without a store.
    pub(crate) storage: Option<Storage>,
    pub(crate) outbound: Arc<Outbound>,
    /// `None` without a store or egress.
    pub(crate) refresher: Option<Refresher>,
    pub(crate) run_log: Arc<RunLog>,
    pub(crate) metrics: Metrics,
    pub(crate) rate_limits: RateLimits,
    pub(crate) background: Background,
}

impl Pipeline {
    /// Runs all stages of a call and records it, however it ends. Its slot is taken until then.
    pub(crate) async fn run(&self, call: &Call, slot: Result<Slot, Busy>) -> Outcome {
        let _in_flight = self.metrics.begin_call();
        let (held, named) = (HeldFacts::new(), OnceLock::new());
        let mut run = Run::new(self, call, &held, &named);
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
        // Serialized once, for the run log and the surface.
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
            reconciled: run.reconciled == Some(Reconciled::Done),
            sent: run.usage.sent,
            answers: run.usage.answers,
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

    /// Returns whether the deployment and a principal's grant allow an action.
    pub(crate) fn allows(&self, principal: &Principal, action: &str) -> bool {
        let effect = self.catalog.effect_of(action);
        effect.is_some_and(|effect| allows(&self.policy, principal, action, effect))
    }

    /// Returns whether a caller may be told of an action, or of a connector for a request to its API.
    fn tells(&self, call: &Call, name: &str) -> bool {
        match &call.target {
            Target::Action { .. } => self.allows(&call.principal, name),
            Target::Proxy { .. } => allows_proxy(&self.policy, &call.principal, name),
        }
    }

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
