//! Claim: an idempotency key is taken before anything is sent, and the outcome is stored before
//! anyone is told.

mod fingerprint;
mod stored;

use std::time::Duration;

use plugwright_sdk::{ActionError, ErrorCode, Hint};
use uuid::Uuid;

use super::Ended;
use super::resolve::Resolved;
use crate::call::{Call, CallOption, Mode};
use crate::gateway::{Inner, State};
use crate::outcome::Case;
use crate::store::Sealed;
use crate::store::{Claim, Claimed, Owner, StoreError};
use crate::time::Timestamp;
pub(super) use fingerprint::Fingerprint;
pub(super) use stored::Stored;

/// What there is to a call's key.
pub(super) enum Answer {
    /// The call has none.
    Free,
    /// It is taken for this call.
    Taken(Taken),
    /// An earlier call with it has this outcome.
    Earlier { run: Uuid, stored: Box<Stored> },
}

/// A key that is taken for this call until it is concluded or given back.
pub(super) struct Taken(Claim);

/// Takes the key of a call, or finds what came of it. Whoever gets here may make the call now, with
/// this connection: what is stored is told to nobody else.
pub(super) async fn claim(
    gateway: &Inner,
    call: &Call,
    resolved: &Resolved<'_>,
    owner: Option<&Owner>,
    connection: Option<Uuid>,
    run: Uuid,
) -> Result<Answer, ActionError> {
    let Some(key) = &call.options.idempotency_key else {
        return Ok(Answer::Free);
    };
    if call.options.mode != Mode::Live {
        return Ok(Answer::Free);
    }
    let state = gateway.state.as_ref().ok_or_else(|| {
        CallOption::IdempotencyKey.refused(call.surface, "needs a gateway that has a store")
    })?;
    let claim = Claim {
        principal: call.principal.id.clone(),
        key: key.clone(),
        fingerprint: fingerprint::of(call, resolved, owner, connection),
        run,
        repeatable: resolved.repeatable,
        expires_at: Timestamp::now().after(gateway.limits.idempotency_retention),
    };
    let claimed = state.store.claim(&claim).await.map_err(ActionError::from)?;
    match claimed {
        Claimed::Taken => Ok(Answer::Taken(Taken(claim))),
        Claimed::Finished { run, outcome } => {
            let bytes = state.vault.open_sealed(run, &outcome).map_err(unreadable)?;
            let stored = Stored::read(&bytes).map_err(unreadable)?;
            Ok(Answer::Earlier {
                run,
                stored: Box::new(stored),
            })
        }
        Claimed::Lost { run } => Ok(Answer::Earlier {
            run,
            stored: Box::new(Stored::lost()),
        }),
        Claimed::Running => Err(ActionError::new(
            ErrorCode::IdempotencyKeyInUse,
            "a call with this idempotency key is running; ask again when it is done",
        )
        .with_retry_after(Duration::from_secs(1))),
        Claimed::Conflict => Err(ActionError::new(
            ErrorCode::IdempotencyKeyReused,
            "the idempotency key was used for another action, connection or input",
        )),
    }
}

/// Gives the key of a call back that sent nothing.
pub(super) async fn give_back(gateway: &Inner, taken: Option<Taken>) {
    if let (Some(state), Some(Taken(claim))) = (&gateway.state, taken) {
        release(state, &claim).await;
    }
}

async fn release(state: &State, claim: &Claim) {
    if let Err(error) = state.store.release_claim(claim).await {
        // The key stays taken until it expires or the process ends; nothing was sent under it.
        tracing::warn!(run = %claim.run, %error, "an idempotency key could not be given back");
    }
}

/// Stores how the call ended, or gives its key back if nothing happened and the same call may
/// succeed later.
pub(super) async fn conclude(
    gateway: &Inner,
    Taken(claim): Taken,
    ended: &Ended,
    sent: bool,
) -> Result<(), ActionError> {
    let Some(state) = &gateway.state else {
        return Ok(());
    };
    if may_succeed_later(ended, sent) {
        release(state, &claim).await;
        return Ok(());
    }
    let bytes = Stored::write(&ended.result, ended.case).map_err(unreadable)?;
    let sealed = state.vault.seal(claim.run, &bytes).map_err(unreadable)?;
    let mut attempts = [50, 200, 1_000].into_iter().map(Duration::from_millis);
    loop {
        let error = match state.store.finish_claim(&claim, &sealed).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        match attempts.next() {
            Some(wait) if matches!(error, StoreError::Unavailable(_)) => {
                tokio::time::sleep(wait).await;
            }
            // Whoever repeats the call after a crash is told the same.
            _ => {
                store_later(gateway, state.clone(), claim, sealed);
                return Err(ActionError::new(
                    ErrorCode::OutcomeUnknown,
                    "the call was made, and its outcome could not be stored under the idempotency key",
                )
                .ambiguous()
                .with_source(error));
            }
        }
    }
}

/// Goes on trying to store an outcome, so that the key is not in use until the process ends.
fn store_later(gateway: &Inner, state: State, claim: Claim, sealed: Sealed) {
    const PAUSE: Duration = Duration::from_secs(5);
    let stopping = gateway.stopping.clone();
    gateway.tasks.spawn(async move {
        while stopping
            .run_until_cancelled(tokio::time::sleep(PAUSE))
            .await
            .is_some()
            && Timestamp::now() < claim.expires_at
        {
            match state.store.finish_claim(&claim, &sealed).await {
                Err(StoreError::Unavailable(_)) => {}
                Ok(()) => return,
                Err(error) => {
                    tracing::error!(run = %claim.run, %error, "an outcome could not be stored");
                    return;
                }
            }
        }
    });
}

fn may_succeed_later(ended: &Ended, sent: bool) -> bool {
    match &ended.result {
        Ok(_) => false,
        // A write that did a part of its work has another code by now.
        Err(error) if !sent || super::asks_for_another_call(error) => true,
        Err(error) => ended.case == Case::Repeatable && error.hint() == Hint::Retry,
    }
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> ActionError {
    ActionError::new(
        ErrorCode::OutcomeUnknown,
        "a call with this idempotency key was made, but what is stored of its outcome is damaged",
    )
    .with_source(error)
}
