//! What this contract says where the outcome table can't know it.

use plugwright_sdk::{ActionError, ErrorCode};

use crate::oomol::envelope::Failure;
use plugwright_engine::accounts::AccountError;

/// What goes wrong with accounts alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Trouble {
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
    /// All of them.
    pub(in super::super) const ALL: [Self; 8] = [
        Self::ProviderNotFound,
        Self::ConfigNotFound,
        Self::NotReady,
        Self::AuthTypeMismatch,
        Self::Ambiguous,
        Self::AliasTaken,
        Self::AccountNotFound,
        Self::RequestNotFound,
    ];

    /// Returns status, code, and what it means.
    pub(in super::super) const fn spelling(self) -> (u16, &'static str, &'static str) {
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_trouble_has_a_code_that_no_client_repeats() {
        let codes: HashSet<_> = Trouble::ALL.map(|trouble| trouble.spelling().1).into();
        assert_eq!(codes.len(), Trouble::ALL.len());
        for trouble in Trouble::ALL {
            let (status, ..) = trouble.spelling();
            assert!((400..429).contains(&status), "{trouble:?}");
        }
    }

    #[test]
    fn a_missing_account_is_told_as_one_whatever_the_table_says() {
        for code in [ErrorCode::AuthRequired, ErrorCode::ConnectionNotFound] {
            let failure = of_call(ActionError::new(code, "none").into());
            let answer = crate::oomol::testing::shown(failure);
            assert_eq!(answer["status"], 404);
            assert_eq!(answer["body"]["errorCode"], "connected_account_not_found");
        }
        let failure = of_call(ActionError::new(ErrorCode::RateLimited, "wait").into());
        let answer = crate::oomol::testing::shown(failure);
        assert_eq!(answer["body"]["errorCode"], "rate_limited");
    }
}
