#![doc = include_str!("../README.md")]
#![allow(
    clippy::duplicate_mod,
    reason = "statements that both databases understand are written once and built for each"
)]

pub mod damage;
pub mod data_directory;
mod grant;
mod owner;
mod pattern;
pub mod run_log;
mod sealed;
mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod timestamp;
pub mod vault;

pub use grant::{Grant, RateLimit};
pub use owner::{DEFAULT_ORGANIZATION, Owner};
pub use pattern::{Pattern, PatternError, Patterns};
pub use sealed::Sealed;
pub use store::{
    Accounts, Asked, ChangeListener, Claim, Claimed, ClientOf, Connection, ConnectionFilter,
    ConnectionRequest, ConnectionStatus, DatabaseUrl, EndedConnection, Lease, McpSession,
    NameTaken, OAuthClient, Organization, Project, ProviderConfig, Quota, RequestError,
    RequestStatus, SealedPlace, SealedRecord, Selection, Store, StoreError, Token, TokenHash,
    WITHDRAWN,
};
#[cfg(feature = "postgres")]
pub use store::{Migration, PostgresError, PostgresStore, migrate_postgres};
#[cfg(feature = "sqlite")]
pub use store::{OpenError, SqliteStore};
pub use timestamp::Timestamp;
