//! What a host needs: a gateway, a command line, anything that runs the actions of others.
//!
//! A connector is written without it. [`Registry`] finds an action by any spelling of its name;
//! [`coerce`] types texts by a schema, [`strict`] reads JSON, [`fields`] picks members of an output. [`Redactor`] takes secrets out of what leaves the process, [`Echo`] shows what callers
//! sent, and [`nearest`] tells what they may have meant.

pub mod coerce;
pub mod fields;
pub mod headers;
mod idempotency_key;
/// Names that a caller may have meant.
pub mod nearest {
    pub use crate::nearest::{LONGEST_NAME, did_you_mean, list, names, question};
}
mod registry;
pub mod strict;

pub use crate::action::{
    ActionDefinition, ActionHandle, ActionInfo, ActionSource, BoxFuture, Effect, Invocation,
    action_title,
};
pub use crate::connector::{Connector, ConnectorBuilder};
pub use crate::context::{ActionContextBuilder, Progress, ResponseMemory};
pub use crate::data::Data;
pub use crate::echo::Echo;
pub use crate::error::{Fault, Faults, UnknownErrorCode, whole_seconds};
pub use crate::file::{FileSource, Pieces};
pub use crate::http::path::check_segment;
pub use crate::provider::{
    AccountReader, AuthParts, ConnectorParts, ErrorMapper, FieldParts, Host, HostParts, Identity,
    IdentityParts, InvalidConnector, RESERVED_NAMES, SchemeParts, ScopeParts, Setting,
    SettingParts, check_name,
};
pub use crate::reconcile::{AppliedRequest, Evidence, ReconcileBy, Reconciliation};
pub use crate::result::{ActionReturn, Meta, Missing, Output, Returns};
pub use crate::run::Cursors;
pub use crate::secret::{REDACTED, Redactor};
pub use crate::spelled::UnknownSpelling;
pub use crate::text::{capitalized, word_list};
pub use idempotency_key::{IdempotencyKey, InvalidIdempotencyKey};
pub use registry::{Entry, Library, Registry, RegistryError, UnknownAction, tool_name};
pub(crate) use registry::{SLUGS, normalize};
