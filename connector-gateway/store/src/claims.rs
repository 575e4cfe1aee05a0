//! Idempotency claims.

use async_trait::async_trait;
use plugwright_sdk::host::IdempotencyKey;
use uuid::Uuid;

use crate::{Sealed, StoreError, Timestamp};

/// An idempotency key, taken for one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who took it; keys of two principals never meet.
    pub principal: String,
    /// The key as the caller gave it.
    pub key: IdempotencyKey,
    /// Hash of action, connection and input: another call with the same key is a conflict.
    pub fingerprint: [u8; 32],
    /// The call's run.
    pub run: Uuid,
    /// Whether the call may be sent again without harm.
    pub repeatable: bool,
    /// When the claim and what is stored with it may be forgotten.
    pub expires_at: Timestamp,
}

/// What came of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// The key is this call's now; it was free, or an earlier call broke off and may be repeated.
    Taken,
    /// A call with this key is running.
    Running,
    /// A call with this key came to this end; the bytes are as they were given to `finish_claim`.
    Finished {
        /// The earlier call's run.
        run: Uuid,
        /// What was stored.
        outcome: Sealed,
    },
    /// A process died while a call with this key was running: whether it took effect is not known.
    Lost {
        /// The earlier call's run.
        run: Uuid,
    },
    /// The key was used for another call.
    Conflict,
}

/// Idempotency keys that calls took, and what came of them.
#[async_trait]
pub trait ClaimStore: Send + Sync {
    /// Takes an idempotency key, or tells what became of it.
    async fn claim(&self, claim: &Claim) -> Result<Claimed, StoreError>;

    /// Stores how the call of a claim ended. A claim that this process does not hold, or no longer,
    /// is [`StoreError::Changed`].
    async fn finish_claim(&self, claim: &Claim, outcome: &Sealed) -> Result<(), StoreError>;

    /// Gives a key back: nothing happened, and the same call may be made again. A claim that this
    /// process does not hold, or no longer, is [`StoreError::Changed`].
    async fn release_claim(&self, claim: &Claim) -> Result<(), StoreError>;

    /// Forgets claims that have expired; returns how many.
    async fn forget_claims(&self, now: Timestamp) -> Result<u64, StoreError>;
}
