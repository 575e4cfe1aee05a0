//! Errors of accounts of end users.

use plugwright_sdk::ActionError;
use plugwright_sdk::host::Echo;

/// Why an account can't be connected or used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum AccountError {
    /// No connector has this name.
    #[error("no service is named `{name}`{near}")]
    ProviderNotFound { name: String, near: String },
    /// The project has no such provider config. Those of other projects are not revealed.
    #[error("the project has no provider config {0}; its operator must create one")]
    ConfigNotFound(String),
    /// The provider config is inactive.
    #[error("the project's provider config `{}` is inactive; its operator can activate it", Echo(.0))]
    NotReady(String),
    /// Several provider configs match.
    #[error(
        "the project has {} active provider configs for `{service}`: name one as `providerConfigId`: {}",
        ids.len(),
        ids.join(", ")
    )]
    Ambiguous { service: String, ids: Vec<String> },
    /// The connector does not take this kind of credential.
    #[error("{name} takes {takes}")]
    AuthTypeMismatch { name: String, takes: String },
    /// The user already has an account of this name.
    #[error("`{}` is in use: the user has an account of {name} under that name", Echo(.alias))]
    AliasTaken { alias: String, name: String },
    /// There is no such account, or it belongs to another user.
    #[error("there is no connected account `{}`", Echo(.0))]
    AccountNotFound(String),
    /// There is no such request, or it belongs to another project.
    #[error("there is no connection request `{}`", Echo(.0))]
    RequestNotFound(String),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] ActionError),
}
