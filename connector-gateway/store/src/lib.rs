#![doc = include_str!("../README.md")]
#![allow(
    clippy::duplicate_mod,
    reason = "statements that both databases understand are written once and built for each"
)]

mod connections;
pub mod damage;
pub mod data_directory;
mod database_url;
mod error;
mod grant;
mod owner;
mod pattern;
#[cfg(feature = "postgres")]
mod postgres;
mod requests;
pub mod run_log;
mod sealed;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
#[cfg(all(test, any(feature = "postgres", feature = "sqlite")))]
mod suite;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod timestamp;
pub mod vault;

pub use connections::{Connection, ConnectionFilter, ConnectionStatus, EndedConnection, Selection};
pub use database_url::DatabaseUrl;
pub use grant::{Grant, RateLimit};
pub use owner::{DEFAULT_ORGANIZATION, Owner};
pub use pattern::{Pattern, PatternError, Patterns};
#[cfg(feature = "postgres")]
pub use postgres::{Migration, PostgresError, PostgresStore, migrate as migrate_postgres};
pub use requests::{
    Accounts, Asked, ClientOf, ConnectionRequest, Lease, OAuthClient, Project, ProviderConfig,
    Quota, RequestError, RequestStatus, WITHDRAWN,
};
pub use sealed::Sealed;
#[cfg(feature = "sqlite")]
pub use sqlite::{OpenError, SqliteStore};
pub use store::{
    ChangeListener, Claim, Claimed, McpSession, NameTaken, Organization, SealedPlace, SealedRecord,
    Store, StoreError, Token, TokenHash,
};
pub use timestamp::Timestamp;
