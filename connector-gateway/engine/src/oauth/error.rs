//! Why there are no tokens.

use std::time::Duration;

use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, ErrorCode};

/// Why a provider gave no tokens. Nothing in it is secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OAuthError {
    /// The provider refused, and would refuse again.
    #[error("the provider refused: {code}{}", described(.description.as_deref()))]
    Refused {
        /// The code of RFC 6749, section 5.2, or one of the provider's own.
        code: String,
        /// What the provider says, short and without secrets.
        description: Option<String>,
    },
    /// There was an answer, and it is none of a token endpoint.
    #[error("the token endpoint answered {status} and {problem}")]
    Unusable { status: u16, problem: &'static str },
    /// The provider can't do it now and did not do it: asking again is worth while.
    #[error("the provider can't answer now: {reason}")]
    Transient {
        reason: String,
        retry_after: Option<Duration>,
    },
    /// The request was sent, and what became of it is unknown: what it used up may be used up.
    #[error("the request was sent and its outcome is unknown: {reason}")]
    Ambiguous { reason: String },
    /// Nothing can be sent as things are: a setting is missing or wrong, or the endpoint may not
    /// be called.
    #[error("nothing was sent: {0}")]
    Unsent(#[source] ActionError),
}

fn described(description: Option<&str>) -> String {
    description.map_or_else(String::new, |text| format!(" ({text})"))
}

impl OAuthError {
    /// Returns whether the code, the refresh token or the consent behind it is no longer good, so
    /// that only a new consent helps.
    pub(crate) fn is_invalid_grant(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "invalid_grant")
    }

    /// Returns whether it is the gateway's own registration that the provider does not accept.
    pub(crate) fn is_invalid_client(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "invalid_client" || code == "unauthorized_client")
    }

    /// Says what it is to a caller who wants an account of a connector connected.
    pub(crate) fn into_action_error(self, connector: &Connector) -> ActionError {
        let name = connector.display_name();
        match self {
            Self::Unsent(error) => error,
            Self::Transient {
                reason,
                retry_after,
            } => {
                let message = format!("{name} gives no tokens now: {reason}");
                let error = ActionError::new(ErrorCode::UpstreamSuspended, message);
                match retry_after {
                    Some(wait) => error.with_retry_after(wait),
                    None => error,
                }
            }
            error if error.is_invalid_client() => ActionError::new(
                ErrorCode::ProviderNotConfigured,
                format!(
                    "{name} does not know the gateway's client, or refuses its secret: {error}"
                ),
            ),
            error => ActionError::new(ErrorCode::UpstreamError, format!("{name}: {error}")),
        }
    }
}
