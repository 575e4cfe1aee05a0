//! Claim: an idempotency key is claimed before anything is sent, and the outcome is stored before it
//! is returned.

mod fingerprint;
mod stored;

use std::time::Duration;

use plugwright_sdk::{ActionError, ErrorCode, Hint};
use plugwright_store::{Claim, ClaimResult, ClaimRoom, Sealed, StoreError, Timestamp};
use uuid::Uuid;

use super::background::Background;
use super::cursor::Place;
use super::end::Ended;
use super::resolve::Resolved;
use crate::call::{Call, CallOption, Mode};
use crate::limits::{Limit, Limits};
use crate::metrics::LimitHits;
use crate::outcome::Case;
use crate::storage::Storage;
pub(super) use fingerprint::Fingerprint;
pub(super) use stored::Stored;

pub(super) enum KeyState {
    /// It has none.
    Unkeyed,
    /// This call has claimed it.
    Claimed(ClaimedKey),
    /// This call has taken it over from a write that was received at this time and may have taken
    /// effect.
    InDoubt { key: ClaimedKey, since: Timestamp },
    /// An earlier call with it had this outcome.
    Finished { run: Uuid, stored: Box<Stored> },
}

/// A key that this call holds until it is completed or released.
pub(super) struct ClaimedKey(Claim);

#[derive(Clone, Copy)]
pub(super) struct Claiming<'a> {
    pub(super) limits: &'a Limits,
    pub(super) hits: &'a LimitHits,
    pub(super) place: Place<'a>,
    pub(super) run: Uuid,
    pub(super) started_at: Timestamp,
}

/// Claims the key of a call, or returns the earlier outcome. The caller must be allowed to make the
/// call with this connection, since the outcome is returned without further checks.
pub(super) async fn claim(
    storage: Option<&Storage>,
    claiming: Claiming<'_>,
    call: &Call,
    resolved: &Resolved<'_>,
) -> Result<KeyState, ActionError> {
    let Claiming {
        limits,
        hits,
        place,
        run,
        started_at,
    } = claiming;
    let Some(key) = &call.options.idempotency_key else {
        return Ok(KeyState::Unkeyed);
    };
    if call.options.mode != Mode::Live {
        return Ok(KeyState::Unkeyed);
    }
    let storage = storage.ok_or_else(|| {
        CallOption::IdempotencyKey.refused(call.surface, "requires a gateway with a store")
    })?;
    let claim = Claim {
        principal: call.principal.id.clone(),
        key: key.clone(),
        fingerprint: fingerprint::of(call, resolved, place),
        run,
        started_at,
        ends_by: resolved
            .reconciles()
            .then(|| started_at.after(longest(limits, call))),
        repeatable: resolved.repeatable,
        expires_at: Timestamp::now().after(limits.idempotency_retention),
    };
    let room = ClaimRoom {
        keys: limits.idempotency_keys_per_principal,
        bytes: limits.idempotency_bytes_per_principal,
    };
    let claimed = storage.store.claim(&claim, room).await.map_err(|error| {
        match error {
            StoreError::TooMany(ClaimRoom::KEYS) => hits.add(Limit::IdempotencyKeys),
            StoreError::TooMany(_) => hits.add(Limit::IdempotencyBytes),
            _ => {}
        }
        ActionError::from(error)
    })?;
    match claimed {
        ClaimResult::Claimed => Ok(KeyState::Claimed(ClaimedKey(claim))),
        ClaimResult::Finished {
            run,
            started_at,
            outcome,
        } => {
            let bytes = storage
                .vault
                .open_sealed(run, &outcome)
                .map_err(unreadable)?;
            let stored = Stored::read(&bytes).map_err(unreadable)?;
            earlier(storage, claim, resolved, run, started_at, stored).await
        }
        ClaimResult::Lost { run, started_at } => {
            earlier(storage, claim, resolved, run, started_at, Stored::lost()).await
        }
        ClaimResult::Running => Err(in_use()),
        ClaimResult::Conflict => Err(ActionError::new(
            ErrorCode::IdempotencyKeyReused,
            "the idempotency key was used with another action, connection or input",
        )),
    }
}

/// Returns how long a write takes at most: it may be looked for after a first and a second attempt.
fn longest(limits: &Limits, call: &Call) -> Duration {
    let timeout = call.options.timeout.unwrap_or(limits.call_timeout);
    (timeout + limits.reconcile_timeout) * 2
}

/// Returns the outcome of an earlier call, or takes its key over if the outcome can be found out.
async fn earlier(
    storage: &Storage,
    claim: Claim,
    resolved: &Resolved<'_>,
    run: Uuid,
    started_at: Option<Timestamp>,
    stored: Stored,
) -> Result<KeyState, ActionError> {
    let Some(since) = started_at.filter(|_| stored.is_in_doubt() && resolved.reconciles()) else {
        return Ok(KeyState::Finished {
            run,
            stored: Box::new(stored),
        });
    };
    if storage.store.take_over_claim(&claim, run).await? {
        let key = ClaimedKey(claim);
        return Ok(KeyState::InDoubt { key, since });
    }
    // Another call has it.
    Err(in_use())
}

fn in_use() -> ActionError {
    ActionError::new(
        ErrorCode::IdempotencyKeyInUse,
        "a call with this idempotency key is still running; retry when it has finished",
    )
    .with_retry_after(Duration::from_secs(1))
}

/// Releases the key of a call that sent nothing.
pub(super) async fn release(storage: Option<&Storage>, claimed: Option<ClaimedKey>) {
    if let (Some(storage), Some(ClaimedKey(claim))) = (storage, claimed) {
        release_claim(storage, &claim).await;
    }
}

async fn release_claim(storage: &Storage, claim: &Claim) {
    if let Err(error) = storage.store.release_claim(claim).await {
        // The key stays in use until it expires or the process ends; nothing was sent.
        tracing::warn!(run = %claim.run, %error, "an idempotency key could not be released");
    }
}

/// Largest stored outcome of a call that may as well be made again, in bytes.
const LARGEST_OF_REPEATABLE: usize = 64 << 10;

/// Stores the outcome of a call, or releases its key: if nothing happened and the same call may
/// succeed later, or if the outcome is large and the call may be made again.
pub(super) async fn conclude(
    storage: Option<&Storage>,
    background: &Background,
    ClaimedKey(claim): ClaimedKey,
    ended: &Ended,
    sent: bool,
) -> Result<(), ActionError> {
    let Some(storage) = storage else {
        return Ok(());
    };
    if may_succeed_later(ended, sent) {
        release_claim(storage, &claim).await;
        return Ok(());
    }
    let bytes = Stored::write(&ended.result, ended.case).map_err(unreadable)?;
    if claim.repeatable && bytes.len() > LARGEST_OF_REPEATABLE {
        release_claim(storage, &claim).await;
        return Ok(());
    }
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
            // A retry after a crash gets the same response.
            _ => {
                store_later(background, storage.clone(), claim, sealed);
                return Err(ActionError::new(
                    ErrorCode::OutcomeUnknown,
                    "the call was made, but its outcome could not be stored under the idempotency key",
                )
                .ambiguous()
                .with_source(error));
            }
        }
    }
}

/// Keeps trying to store an outcome, so that the key is not in use until the process ends.
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
        // A write that did a part of its work has another code.
        Err(error) if !sent || super::judge::asks_for_another_call(error) => true,
        Err(error) => ended.case == Case::Repeatable && error.hint() == Hint::Retry,
    }
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> ActionError {
    ActionError::new(
        ErrorCode::OutcomeUnknown,
        "a call with this idempotency key was made, but its stored outcome is damaged",
    )
    .with_source(error)
}
