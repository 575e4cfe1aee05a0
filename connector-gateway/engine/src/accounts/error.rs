//! What can't be done with accounts of end users.

use plugwright_sdk::ActionError;
use plugwright_sdk::host::Echo;

/// Why it can't.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// No connector has the name.
    #[error("no service is named `{name}`{near}")]
    ProviderNotFound {
        /// What was asked for.
        name: String,
        /// What may be meant.
        near: String,
    },
    /// The project has no such provider config. One of another project is as good as none.
    #[error("the project has no provider config {0}; its operator makes one")]
    ConfigNotFound(String),
    /// The provider config is switched off.
    #[error("the project's provider config `{}` is inactive; its operator can activate it", Echo(.0))]
    NotReady(String),
    /// Several provider configs may be meant.
    #[error(
        "the project has {} active provider configs for `{service}`: name one as `providerConfigId`: {}",
        ids.len(),
        ids.join(", ")
    )]
    Ambiguous {
        /// The connector.
        service: String,
        /// Ids of the provider configs.
        ids: Vec<String>,
    },
    /// The connector takes no credential of this kind.
    #[error("{name} takes {takes}")]
    AuthTypeMismatch {
        /// The connector.
        name: String,
        /// What it takes.
        takes: String,
    },
    /// The user has an account of that name.
    #[error("`{}` is in use: the user has an account of {name} under that name", Echo(.alias))]
    AliasTaken {
        /// The name.
        alias: String,
        /// The connector.
        name: String,
    },
    /// There is no such account, or it is not the user's.
    #[error("there is no connected account `{}`", Echo(.0))]
    AccountNotFound(String),
    /// There is no such request, or it is another project's.
    #[error("there is no connection request `{}`", Echo(.0))]
    RequestNotFound(String),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] ActionError),
}
