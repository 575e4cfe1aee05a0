//! Idempotency claims.

#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod counts;

use async_trait::async_trait;
use plugwright_sdk::host::IdempotencyKey;
use uuid::Uuid;

use crate::{Sealed, StoreError, Timestamp};
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) use counts::ClaimCounts;

/// An idempotency key, claimed for one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The principal; keys of different principals are independent.
    pub principal: String,
    /// The caller's key.
    pub key: IdempotencyKey,
    /// Hash of action, connection and input; a different call with the same key is a conflict.
    pub fingerprint: [u8; 32],
    /// The call's run.
    pub run: Uuid,
    /// When the call was received.
    pub started_at: Timestamp,
    /// When the call has ended for certain, if it may be [taken over](ClaimStore::take_over_claim) then.
    pub ends_by: Option<Timestamp>,
    /// Whether the call may safely be sent again.
    pub repeatable: bool,
    /// When the claim and its outcome may be deleted.
    pub expires_at: Timestamp,
}

/// How much a principal may have stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimRoom {
    /// Idempotency keys.
    pub keys: usize,
    /// Bytes of their outcomes, beyond which no new key is stored.
    pub bytes: usize,
}

impl ClaimRoom {
    /// What there are too many of ([`StoreError::TooMany`]) at the limit of keys.
    pub const KEYS: &str = "idempotency keys";
    /// What there are too many of at the limit of bytes.
    pub const BYTES: &str = "bytes of stored outcomes";
}

/// The result of an attempt to claim a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimResult {
    /// The call has the key now: it was free, or its earlier call was interrupted and may be repeated.
    Claimed,
    /// A call with this key is running.
    Running,
    /// A call with this key has finished.
    Finished {
        /// The earlier call's run.
        run: Uuid,
        /// When the first call with the key was received, if that is stored.
        started_at: Option<Timestamp>,
        /// The outcome, as it was passed to `finish_claim`.
        outcome: Sealed,
    },
    /// A process died while a call with this key was running; whether it took effect is unknown.
    Lost {
        /// The earlier call's run.
        run: Uuid,
        /// When the first call with the key was received, if that is stored.
        started_at: Option<Timestamp>,
    },
    /// The key was used for another call.
    Conflict,
}

/// Idempotency keys of calls, and the outcomes of these calls.
#[async_trait]
pub trait ClaimStore: Send + Sync {
    /// Claims an idempotency key, or returns the outcome of its earlier call. If the key is new and
    /// its principal has no `room`, that is [`StoreError::TooMany`]. Processes on one store count
    /// each other's claims whenever they [delete](Self::forget_claims) expired ones.
    async fn claim(&self, claim: &Claim, room: ClaimRoom) -> Result<ClaimResult, StoreError>;

    /// Takes a key over from the call with the run `earlier`, if it is [lost](ClaimResult::Lost) or its
    /// outcome is stored, and forgets that outcome. Returns whether this call has the key now; of several calls
    /// one gets it. When the first call was received stays stored.
    async fn take_over_claim(&self, claim: &Claim, earlier: Uuid) -> Result<bool, StoreError>;

    /// Stores the outcome of a claim. A claim that this process does not hold is
    /// [`StoreError::Changed`].
    async fn finish_claim(&self, claim: &Claim, outcome: &Sealed) -> Result<(), StoreError>;

    /// Releases a key, so that the same call may be made again. A claim that this process does not
    /// hold is [`StoreError::Changed`].
    async fn release_claim(&self, claim: &Claim) -> Result<(), StoreError>;

    /// Deletes expired claims; returns how many.
    async fn forget_claims(&self, now: Timestamp) -> Result<u64, StoreError>;
}
