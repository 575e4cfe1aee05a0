//! Errors of token requests.

use std::time::Duration;

use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, ErrorCode};

/// Why a token request failed. Contains no secrets.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OAuthError {
    /// The provider refused for good.
    #[error("the provider refused: {code}{}", described(.description.as_deref()))]
    Refused {
        /// The code of RFC 6749, section 5.2, or the provider's own.
        code: String,
        /// The provider's description, shortened and redacted.
        description: Option<String>,
    },
    /// The response is not one of a token endpoint.
    #[error("the token endpoint returned {status} and {problem}")]
    Unusable { status: u16, problem: &'static str },
    /// The provider can't process the request at the moment and has not done so; a retry may help.
    #[error("the provider is not available: {reason}")]
    Transient {
        reason: String,
        retry_after: Option<Duration>,
    },
    /// The request was sent, and its outcome is unknown: its code or token may be used up.
    #[error("the request was sent and its outcome is unknown: {reason}")]
    Ambiguous { reason: String },
    /// Nothing was sent: a setting is missing or invalid, or the endpoint may not be called.
    #[error("nothing was sent: {0}")]
    Unsent(#[source] ActionError),
}

fn described(description: Option<&str>) -> String {
    description.map_or_else(String::new, |text| format!(" ({text})"))
}

impl OAuthError {
    /// Returns whether the code, the refresh token or the consent is no longer valid, so that only
    /// a new consent helps.
    pub(crate) fn is_invalid_grant(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "invalid_grant")
    }

    pub(crate) fn is_invalid_client(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "invalid_client" || code == "unauthorized_client")
    }

    /// Converts it for a caller who wants to connect an account.
    pub(crate) fn into_action_error(self, connector: &Connector) -> ActionError {
        let name = connector.display_name();
        match self {
            Self::Unsent(error) => error,
            Self::Transient {
                reason,
                retry_after,
            } => {
                let message = format!("{name} can't issue tokens now: {reason}");
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
