//! Failures for which this contract has other codes than the outcome table.

use plugwright_sdk::ErrorCode;

use crate::oomol::envelope::{Failure, Spelling};
use plugwright_engine::accounts::AccountError;

macro_rules! spellings {
    ($($name:ident = $status:literal $code:literal $meaning:literal;)*) => {
        $(pub(crate) const $name: Spelling = ($status, $code, $meaning);)*

        pub(super) const ALL: [Spelling; [$($status),*].len()] = [$($name),*];
    };
}

spellings! {
    PROVIDER_NOT_FOUND = 404 "provider_not_found" "there is no such connector";
    CONFIG_NOT_FOUND = 404 "provider_config_not_found" "the project has no such provider config";
    NOT_READY = 409 "app_not_ready" "the provider config is inactive";
    AUTH_TYPE_MISMATCH = 400 "app_auth_type_mismatch" "the connector takes no credential of this kind";
    AMBIGUOUS = 409 "connection_ambiguous" "the project has several provider configs for the connector";
    ALIAS_TAKEN = 409 "connection_alias_conflict" "the user has an account of this name";
    ACCOUNT_NOT_FOUND = 404 "connected_account_not_found" "the user has no such account";
    REQUEST_NOT_FOUND = 404 "connection_request_not_found" "the project has no such request";
}

pub(super) fn of_call(failure: Failure) -> Failure {
    match failure.canonical() {
        Some(ErrorCode::AuthRequired | ErrorCode::ConnectionNotFound) => {
            failure.spelled(ACCOUNT_NOT_FOUND)
        }
        Some(ErrorCode::ConnectorNotFound) => failure.spelled(PROVIDER_NOT_FOUND),
        _ => failure,
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        let (status, code, _) = match error {
            AccountError::ProviderNotFound { .. } => PROVIDER_NOT_FOUND,
            AccountError::ConfigNotFound(_) => CONFIG_NOT_FOUND,
            AccountError::NotReady(_) => NOT_READY,
            AccountError::AuthTypeMismatch { .. } => AUTH_TYPE_MISMATCH,
            AccountError::Ambiguous { .. } => AMBIGUOUS,
            AccountError::AliasTaken { .. } => ALIAS_TAKEN,
            AccountError::AccountNotFound(_) => ACCOUNT_NOT_FOUND,
            AccountError::RequestNotFound(_) => REQUEST_NOT_FOUND,
            AccountError::Other(error) => return of_call(error.into()),
        };
        Self::own(status, code, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use plugwright_sdk::ActionError;

    use super::*;

    #[test]
    fn each_spelling_has_a_code_that_no_client_repeats() {
        let codes: HashSet<_> = ALL.map(|(_, code, _)| code).into();
        assert_eq!(codes.len(), ALL.len());
        for (status, code, _) in ALL {
            assert!((400..429).contains(&status), "{code}");
        }
    }

    #[test]
    fn a_missing_account_is_told_as_one_whatever_the_table_says() {
        for code in [ErrorCode::AuthRequired, ErrorCode::ConnectionNotFound] {
            let failure = of_call(ActionError::new(code, "none").into());
            let answer = crate::oomol::tests::shown(failure);
            assert_eq!(answer["status"], 404);
            assert_eq!(answer["body"]["errorCode"], "connected_account_not_found");
        }
        let failure = of_call(ActionError::new(ErrorCode::RateLimited, "wait").into());
        let answer = crate::oomol::tests::shown(failure);
        assert_eq!(answer["body"]["errorCode"], "rate_limited");
    }
}
