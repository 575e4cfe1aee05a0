//! What the gateway keeps: tokens, connections, organizations and idempotency claims.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use plugwright_sdk::host::IdempotencyKey;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::principal::Grant;
use crate::time::Timestamp;
use crate::vault::Sealed;

mod accounts;
mod connection;
pub(crate) mod damage;
mod database_url;
mod failure;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod sqlite;
#[cfg(test)]
pub(crate) mod suite;

pub(crate) use accounts::WITHDRAWN;
pub use accounts::{
    Accounts, Asked, ClientOf, ConnectionRequest, Lease, OAuthClient, Project, ProviderConfig,
    Quota, RequestError, RequestStatus,
};
pub use connection::{
    Connection, ConnectionFilter, ConnectionStatus, EndedConnection, Owner, Selection,
};
pub use database_url::DatabaseUrl;
#[cfg(feature = "postgres")]
pub use postgres::{Migration, PostgresError, PostgresStore, migrate as migrate_postgres};
pub use sqlite::{OpenError, SqliteStore};

/// The organization that connections belong to when none is named; it always exists.
pub const DEFAULT_ORGANIZATION: &str = "default";

/// The SHA-256 of a token's text.
pub type TokenHash = [u8; 32];

/// A token of a caller, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Id.
    pub id: Uuid,
    /// Name for people.
    pub name: String,
    /// Hash of the text.
    pub hash: TokenHash,
    /// First characters of the text, by which people know it again.
    pub preview: String,
    /// What it may do.
    pub grant: Grant,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops to work.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The project whose key it is, if it is one.
    pub project: Option<Uuid>,
}

/// An organization of the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Name: letters, digits, `_` and `-`.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

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

/// A session of an MCP client that speaks a version with sessions. Nothing is kept in it: it ties
/// the client's requests to whom it signed in as, until it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McpSession {
    /// Id, random: whoever knows it and the token is in the session.
    pub id: Uuid,
    /// Whose it is.
    pub principal: String,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// The name is in use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is in use")]
pub struct NameTaken(pub String);

/// The store could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A name is in use.
    #[error(transparent)]
    NameTaken(#[from] NameTaken),
    /// There is no such record, or no longer.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The record was changed by someone else in the meantime.
    #[error("the {0} was changed by someone else in the meantime")]
    Changed(&'static str),
    /// Its principal has as many as it may have.
    #[error("too many {0}")]
    TooMany(&'static str),
    /// There are still connections of it.
    #[error("it still has connections")]
    NotEmpty,
    /// The store can't be reached or is overloaded; the same may work later.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// What is stored can't be read.
    #[error("a stored {what} can't be read: {reason}")]
    Corrupt {
        /// Which record.
        what: &'static str,
        /// Why not.
        reason: String,
    },
}

/// Writes what is stored as JSON.
fn json(what: &'static str, value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt {
        what,
        reason: error.to_string(),
    })
}

fn optional_json(
    what: &'static str,
    value: Option<&impl Serialize>,
) -> Result<Option<String>, StoreError> {
    value.map(|value| json(what, value)).transpose()
}

/// What is called when another process may have changed tokens or connections.
pub type ChangeListener = Arc<dyn Fn() + Send + Sync>;

/// Where the gateway keeps its state. Every method is one transaction; when it returns, the change
/// survives the end of the process and of the machine.
#[async_trait]
pub trait Store: Accounts + Send + Sync + 'static {
    /// Stores a new token.
    async fn create_token(&self, token: &Token) -> Result<(), StoreError>;

    /// Finds a token by its hash, revoked and expired ones too.
    async fn token_by_hash(&self, hash: &TokenHash) -> Result<Option<Token>, StoreError>;

    /// Returns all tokens, the newest first.
    async fn tokens(&self) -> Result<Vec<Token>, StoreError>;

    /// Replaces name, grant and expiry of the token with this id, and revokes it if `token` is. If
    /// the stored token is no longer `before`, that is [`StoreError::Changed`]: another process may
    /// have changed it.
    async fn update_token(&self, before: &Token, token: &Token) -> Result<(), StoreError>;

    /// Returns the hash of the operator's token, if one was stored.
    async fn operator_token(&self) -> Result<Option<TokenHash>, StoreError>;

    /// Stores the hash of the operator's token; [`StoreError::Changed`] if there is one.
    async fn set_operator_token(&self, hash: &TokenHash) -> Result<(), StoreError>;

    /// Stores a new organization.
    async fn create_organization(&self, organization: &Organization) -> Result<(), StoreError>;

    /// Returns all organizations by name.
    async fn organizations(&self) -> Result<Vec<Organization>, StoreError>;

    /// Deletes an organization that has no connections. The default one stays
    /// ([`StoreError::NotEmpty`]).
    async fn delete_organization(&self, name: &str) -> Result<(), StoreError>;

    /// Stores a new connection. The first of an owner to a connector becomes the default; one that
    /// says that it is the default takes that from the other. Returns it as stored.
    async fn create_connection(&self, connection: &Connection) -> Result<Connection, StoreError>;

    /// Returns a connection.
    async fn connection(&self, id: Uuid) -> Result<Option<Connection>, StoreError>;

    /// Returns the connection that a selection means.
    async fn find_connection(
        &self,
        selection: &Selection,
    ) -> Result<Option<Connection>, StoreError>;

    /// Returns connections by owner, connector and name.
    async fn connections(&self, filter: &ConnectionFilter) -> Result<Vec<Connection>, StoreError>;

    /// Replaces name, label, default flag, scheme, status, account, settings, scopes, expiry,
    /// credential version and secret, if the stored version is `connection.version`. A default that
    /// is no longer one leaves its owner without. Returns it as stored.
    async fn update_connection(&self, connection: &Connection) -> Result<Connection, StoreError>;

    /// Deletes a connection. If it was the default and others remain, the oldest becomes it. Open
    /// requests to connect it again fail. Of an organization's connection an [`EndedConnection`]
    /// stays.
    async fn delete_connection(&self, id: Uuid) -> Result<(), StoreError>;

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

    /// Stores a new session of an MCP client. So that its principal has at most `most`, the oldest
    /// end; returns which.
    async fn create_mcp_session(
        &self,
        session: &McpSession,
        most: usize,
    ) -> Result<Vec<Uuid>, StoreError>;

    /// Returns a session that has not ended.
    async fn mcp_session(&self, id: Uuid) -> Result<Option<McpSession>, StoreError>;

    /// Ends a session, if there is one.
    async fn delete_mcp_session(&self, id: Uuid) -> Result<(), StoreError>;

    /// Forgets sessions that have ended by themselves; returns how many.
    async fn forget_mcp_sessions(&self, now: Timestamp) -> Result<u64, StoreError>;

    /// Returns the text by which a start checks that it has the right key, if one was stored.
    async fn key_check(&self) -> Result<Option<Sealed>, StoreError>;

    /// Stores that text; [`StoreError::Changed`] if there is one.
    async fn set_key_check(&self, check: &Sealed) -> Result<(), StoreError>;

    /// Returns up to `limit` connections, OAuth clients and finished claims that are sealed with another key than
    /// `current`, for the vault to seal anew.
    async fn sealed_with_other_keys(
        &self,
        current: &str,
        limit: u32,
    ) -> Result<Vec<SealedRecord>, StoreError>;

    /// Replaces a sealed value, if it is still `before`. Tells whether it was. A connection gets a
    /// new version, so that nobody writes back the value that they read before.
    async fn reseal(&self, record: &SealedRecord, sealed: &Sealed) -> Result<bool, StoreError>;

    /// Calls a listener whenever another process may have changed tokens or connections. A store
    /// that only one process uses has nothing to tell.
    fn on_change(&self, _listener: ChangeListener) {}

    /// Lets the other processes on the store know which keys this one can open values with.
    async fn announce_keys(&self, _ids: &[String]) -> Result<(), StoreError> {
        Ok(())
    }

    /// Returns how many other processes run on the store and did not announce this key.
    async fn processes_without_key(&self, _id: &str) -> Result<u64, StoreError> {
        Ok(0)
    }

    /// Tells whether the store answers, for readiness checks, within `limit`.
    async fn ping(&self, limit: Duration) -> Result<(), StoreError>;

    /// Writes what is pending and closes the store.
    async fn close(&self);
}

/// Where a sealed value is, and the value.
#[derive(Clone, Debug)]
pub struct SealedRecord {
    /// Where.
    pub place: SealedPlace,
    /// What it is now.
    pub before: Sealed,
}

/// Where a sealed value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealedPlace {
    /// A connection's secret.
    Connection(Uuid),
    /// The secret of an OAuth client.
    OAuthClient(Uuid),
    /// The outcome of a claim.
    Claim {
        /// Who took the key.
        principal: String,
        /// The key.
        key: String,
        /// The run, which is the associated data.
        run: Uuid,
    },
    /// The text by which a start checks that it has the right key.
    Check,
}

impl SealedPlace {
    /// Returns the id that is the associated data of what is sealed there.
    pub(crate) fn record(&self) -> Uuid {
        match self {
            Self::Connection(id) | Self::OAuthClient(id) => *id,
            Self::Claim { run, .. } => *run,
            Self::Check => Uuid::nil(),
        }
    }
}

impl std::fmt::Display for SealedPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Connection(id) => write!(f, "connection {id}"),
            Self::OAuthClient(id) => write!(f, "OAuth client {id}"),
            Self::Claim { run, .. } => write!(f, "the outcome of run {run}"),
            Self::Check => f.write_str("the key check"),
        }
    }
}
