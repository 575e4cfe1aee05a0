//! Claim: an idempotency key is taken before anything is sent, and the outcome is stored before
//! anyone is told.

mod fingerprint;
mod stored;

use std::time::Duration;

use plugwright_sdk::{ActionError, ErrorCode, Hint};
use plugwright_store::{Claim, Claimed, Sealed, StoreError, Timestamp};
use uuid::Uuid;

use super::cursor::Place;
use super::resolve::Resolved;
use super::{Background, Ended};
use crate::call::{Call, CallOption, Mode};
use crate::outcome::Case;
use crate::storage::Storage;
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
    storage: Option<&Storage>,
    retention: Duration,
    call: &Call,
    resolved: &Resolved<'_>,
    place: Place<'_>,
    run: Uuid,
) -> Result<Answer, ActionError> {
    let Some(key) = &call.options.idempotency_key else {
        return Ok(Answer::Free);
    };
    if call.options.mode != Mode::Live {
        return Ok(Answer::Free);
    }
    let storage = storage.ok_or_else(|| {
        CallOption::IdempotencyKey.refused(call.surface, "needs a gateway that has a store")
    })?;
    let claim = Claim {
        principal: call.principal.id.clone(),
        key: key.clone(),
        fingerprint: fingerprint::of(call, resolved, place),
        run,
        repeatable: resolved.repeatable,
        expires_at: Timestamp::now().after(retention),
    };
    let claimed = storage
        .store
        .claim(&claim)
        .await
        .map_err(ActionError::from)?;
    match claimed {
        Claimed::Taken => Ok(Answer::Taken(Taken(claim))),
        Claimed::Finished { run, outcome } => {
            let bytes = storage
                .vault
                .open_sealed(run, &outcome)
                .map_err(unreadable)?;
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
pub(super) async fn give_back(storage: Option<&Storage>, taken: Option<Taken>) {
    if let (Some(storage), Some(Taken(claim))) = (storage, taken) {
        release(storage, &claim).await;
    }
}

async fn release(storage: &Storage, claim: &Claim) {
    if let Err(error) = storage.store.release_claim(claim).await {
        // The key stays taken until it expires or the process ends; nothing was sent under it.
        tracing::warn!(run = %claim.run, %error, "an idempotency key could not be given back");
    }
}

/// Stores how the call ended, or gives its key back if nothing happened and the same call may
/// succeed later.
pub(super) async fn conclude(
    storage: Option<&Storage>,
    background: &Background,
    Taken(claim): Taken,
    ended: &Ended,
    sent: bool,
) -> Result<(), ActionError> {
    let Some(storage) = storage else {
        return Ok(());
    };
    if may_succeed_later(ended, sent) {
        release(storage, &claim).await;
        return Ok(());
    }
    let bytes = Stored::write(&ended.result, ended.case).map_err(unreadable)?;
    let sealed = storage.vault.seal(claim.run, &bytes).map_err(unreadable)?;
    let mut attempts = [50, 200, 1_000].into_iter().map(Duration::from_millis);
    loop {
        let error = match storage.store.finish_claim(&claim, &sealed).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        match attempts.next() {
            Some(wait) if matches!(error, StoreError::Unavailable(_)) => {
                tokio::time::sleep(wait).await;
            }
            // Whoever repeats the call after a crash is told the same.
            _ => {
                store_later(background, storage.clone(), claim, sealed);
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
fn store_later(background: &Background, storage: Storage, claim: Claim, sealed: Sealed) {
    const PAUSE: Duration = Duration::from_secs(5);
    let stopping = background.stopping.clone();
    background.tasks.spawn(async move {
        while stopping
            .run_until_cancelled(tokio::time::sleep(PAUSE))
            .await
            .is_some()
            && Timestamp::now() < claim.expires_at
        {
            match storage.store.finish_claim(&claim, &sealed).await {
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
