#![doc = include_str!("../README.md")]
#![allow(
    clippy::duplicate_mod,
    reason = "statements that both databases understand are written once and built for each"
)]

mod claims;
mod connections;
pub mod damage;
pub mod data_directory;
mod database_url;
mod ended_connections;
mod error;
mod grant;
mod leases;
mod mcp_sessions;
mod oauth_clients;
mod organizations;
mod owner;
mod pattern;
#[cfg(feature = "postgres")]
mod postgres;
mod processes;
mod projects;
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
mod tokens;
pub mod vault;

pub use claims::{Claim, ClaimResult, ClaimRoom, ClaimStore};
pub use connections::{Connection, ConnectionFilter, ConnectionStatus, ConnectionStore, Selection};
pub use database_url::DatabaseUrl;
pub use ended_connections::{EndedConnection, EndedConnectionStore};
pub use error::{NameTaken, RecordKind, StoreError};
pub use grant::{Grant, RateLimit};
pub use leases::{Lease, LeaseStore};
pub use mcp_sessions::{McpSession, McpSessionStore};
pub use oauth_clients::{ClientOf, OAuthClient, OAuthClientStore};
pub use organizations::{Organization, OrganizationStore};
pub use owner::{DEFAULT_ORGANIZATION, Owner};
pub use pattern::{Pattern, PatternError, Patterns};
#[cfg(feature = "postgres")]
pub use postgres::{Migration, PostgresError, PostgresStore, migrate as migrate_postgres};
pub use processes::{ChangeListener, ProcessStore};
pub use projects::{Project, ProjectStore, ProviderConfig};
pub use requests::{
    ConnectionRequest, Quota, RequestDetails, RequestError, RequestStatus, RequestStore, WITHDRAWN,
};
pub use sealed::{FoundSealed, Sealed, SealedPlace, SealedRecord, SealedStore};
#[cfg(feature = "sqlite")]
pub use sqlite::{OpenError, SqliteStore};
pub use store::{Backend, Store};
pub use timestamp::Timestamp;
pub use tokens::{Token, TokenHash, TokenStore};
