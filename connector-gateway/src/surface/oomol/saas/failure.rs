//! What this contract says where the outcome table can't know it.

use plugwright_sdk::{ActionError, ErrorCode};

use crate::accounts::AccountError;
use crate::surface::oomol::envelope::Failure;

/// What goes wrong with accounts alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    ProviderNotFound,
    ConfigNotFound,
    NotReady,
    AuthTypeMismatch,
    Ambiguous,
    AliasTaken,
    AccountNotFound,
    RequestNotFound,
}

impl Trouble {
    /// Returns status, code, and what it means.
    pub(super) const fn spelling(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::ProviderNotFound => (404, "provider_not_found", "there is no such connector"),
            Self::ConfigNotFound => (
                404,
                "provider_config_not_found",
                "the project has no such provider config",
            ),
            Self::NotReady => (409, "app_not_ready", "the provider config is inactive"),
            Self::AuthTypeMismatch => (
                400,
                "app_auth_type_mismatch",
                "the connector takes no credential of this kind",
            ),
            Self::Ambiguous => (
                409,
                "connection_ambiguous",
                "the project has several provider configs for the connector",
            ),
            Self::AliasTaken => (
                409,
                "connection_alias_conflict",
                "the user has an account of this name",
            ),
            Self::AccountNotFound => (
                404,
                "connected_account_not_found",
                "the user has no such account",
            ),
            Self::RequestNotFound => (
                404,
                "connection_request_not_found",
                "the project has no such request",
            ),
        }
    }

    fn of(error: &AccountError) -> Option<Self> {
        Some(match error {
            AccountError::ProviderNotFound { .. } => Self::ProviderNotFound,
            AccountError::ConfigNotFound(_) => Self::ConfigNotFound,
            AccountError::NotReady(_) => Self::NotReady,
            AccountError::AuthTypeMismatch { .. } => Self::AuthTypeMismatch,
            AccountError::Ambiguous { .. } => Self::Ambiguous,
            AccountError::AliasTaken { .. } => Self::AliasTaken,
            AccountError::AccountNotFound(_) => Self::AccountNotFound,
            AccountError::RequestNotFound(_) => Self::RequestNotFound,
            AccountError::Other(_) => return None,
        })
    }

    /// Returns what an error of a call is here, where the table's code is another.
    const fn of_call(code: ErrorCode) -> Option<Self> {
        match code {
            ErrorCode::AuthRequired | ErrorCode::ConnectionNotFound => Some(Self::AccountNotFound),
            ErrorCode::ConnectorNotFound => Some(Self::ProviderNotFound),
            _ => None,
        }
    }
}

/// Spells a failure of a call.
pub(super) fn of_call(failure: Failure) -> Failure {
    match failure.canonical().and_then(Trouble::of_call) {
        Some(trouble) => {
            let (status, code, _) = trouble.spelling();
            failure.spelled(status, code)
        }
        None => failure,
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        match (Trouble::of(&error), error) {
            (_, AccountError::Other(error)) => of_action(error),
            (Some(trouble), error) => {
                let (status, code, _) = trouble.spelling();
                Self::own(status, code, error.to_string())
            }
            (None, _) => Self::defect(),
        }
    }
}

fn of_action(error: ActionError) -> Failure {
    of_call(error.into())
}
