//! The codes of errors.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])+ $name:ident = $text:literal,)+) => {
        /// What kind of error it is.
        ///
        /// The set is open: a code of a gateway that this version does not know is
        /// [`Other`](Self::Other).
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])+ $name,)+
            /// A code that this version does not know, as the gateway spells it.
            Other(Box<str>),
        }

        impl ErrorCode {
            /// The codes that this version knows.
            pub const KNOWN: &[Self] = &[$(Self::$name,)+];

            /// Returns the code as it is spelled on the wire, such as `rate_limited`.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for ErrorCode {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$name,)+
                    _ => Self::Other(text.into()),
                }
            }
        }
    };
}

codes! {
    /// The input or another part of the request is invalid; [`Error::data`](crate::Error::data) has
    /// the faults.
    InvalidInput = "invalid_input",
    /// The signature of the request is invalid.
    InvalidRequestSignature = "invalid_request_signature",
    /// The body of the request can't be used.
    InvalidRequestPayload = "invalid_request_payload",
    /// The body of the request is not JSON.
    InvalidJson = "invalid_json",
    /// No connection can have this name.
    InvalidConnectionName = "invalid_connection_name",
    /// The request is too large.
    PayloadTooLarge = "payload_too_large",
    /// The provider's response is too large.
    ResponseTooLarge = "response_too_large",
    /// There is no such connected app.
    AppNotFound = "app_not_found",
    /// The app or its provider config is not active.
    AppNotReady = "app_not_ready",
    /// The connector takes no credential of this kind.
    AppAuthTypeMismatch = "app_auth_type_mismatch",
    /// There is no such connector.
    ProviderNotFound = "provider_not_found",
    /// The gateway is not registered with the provider.
    ProviderNotConfigured = "provider_not_configured",
    /// The project has no such provider config.
    ProviderConfigNotFound = "provider_config_not_found",
    /// The provider refused or failed.
    ProviderError = "provider_error",
    /// The provider did not respond in time.
    ProviderTimeout = "provider_timeout",
    /// The gateway leaves the provider alone for now; nothing was sent.
    ProviderUnavailable = "provider_unavailable",
    /// The account must be connected again.
    CredentialExpired = "credential_expired",
    /// The account's owner did not agree to what the action needs.
    ScopeMissing = "scope_missing",
    /// Connecting requires an OAuth client of your own.
    UserOauthClientRequired = "user_oauth_client_required",
    /// Several connections or provider configs match.
    ConnectionAmbiguous = "connection_ambiguous",
    /// The connection belongs to another account.
    ConnectionAccountConflict = "connection_account_conflict",
    /// The name is already taken by another connection.
    ConnectionAliasConflict = "connection_alias_conflict",
    /// There is no such connection.
    ConnectionNotFound = "connection_not_found",
    /// The key may not use the connection.
    ConnectionNotAllowed = "connection_not_allowed",
    /// There is no such connection request.
    ConnectionRequestNotFound = "connection_request_not_found",
    /// The user has no such account.
    ConnectedAccountNotFound = "connected_account_not_found",
    /// Too many calls; wait for [`Error::retry_after`](crate::Error::retry_after).
    RateLimited = "rate_limited",
    /// The connector's API can't be called directly.
    ProxyNotSupported = "proxy_not_supported",
    /// The key may not call the connector's API directly.
    ProxyNotAllowed = "proxy_not_allowed",
    /// The gateway does not send requests to this destination.
    ProxyBlocked = "proxy_blocked",
    /// The provider failed, or there was no exchange with it.
    ProxyUpstreamError = "proxy_upstream_error",
    /// The provider did not respond in time.
    ProxyUpstreamTimeout = "proxy_upstream_timeout",
    /// The provider's response is too large.
    ProxyResponseTooLarge = "proxy_response_too_large",
    /// The key of the request was used for another request.
    RequestKeyConflict = "request_key_conflict",
    /// The key of the request was used before.
    RequestKeyUsed = "request_key_used",
    /// The same request is still running.
    RequestInProgress = "request_in_progress",
    /// The idempotency key was used with another action, connection or input.
    IdempotencyKeyConflict = "idempotency_key_conflict",
    /// A call with this idempotency key is still running.
    IdempotencyRequestInProgress = "idempotency_request_in_progress",
    /// The write was sent, but no usable response came back. Check at the provider before you call
    /// again.
    OutcomeUnknown = "outcome_unknown",
    /// The subscription is being created.
    SubscriptionCreating = "subscription_creating",
    /// The subscription exists already.
    SubscriptionExists = "subscription_exists",
    /// The subscription is being removed.
    SubscriptionCleaningUp = "subscription_cleaning_up",
    /// The subscription has to be created again.
    SubscriptionNeedsRecreate = "subscription_needs_recreate",
    /// The key is missing, unknown, expired or revoked.
    Unauthorized = "unauthorized",
    /// The key may not do this.
    Forbidden = "forbidden",
    /// There is nothing with this name or id.
    NotFound = "not_found",
    /// The path does not take this method.
    MethodNotAllowed = "method_not_allowed",
    /// The gateway failed.
    InternalError = "internal_error",
    /// The gateway takes no calls for now; nothing was sent.
    Unavailable = "unavailable",
    /// There is no such connector.
    UnknownService = "unknown_service",
    /// There is no such action; the message suggests near names.
    UnknownAction = "unknown_action",
    /// The key may not call the action.
    ActionNotAllowed = "action_not_allowed",
    /// The gateway does not call the action.
    ActionBlocked = "action_blocked",
    /// The gateway does not send requests to this destination.
    DestinationRefused = "destination_refused",
    /// The gateway has nothing that runs the action.
    ExecutorUnavailable = "executor_unavailable",
    /// The provider refused the credential.
    AuthorizationFailed = "authorization_failed",
    /// The access token has expired.
    OauthTokenExpired = "oauth_token_expired",
    /// The access token can't be refreshed.
    OauthRefreshUnavailable = "oauth_refresh_unavailable",
    /// The provider's quota is used up.
    QuotaExceeded = "quota_exceeded",
    /// The thing was changed meanwhile.
    Conflict = "conflict",
    /// The call was cancelled.
    ExecutionCancelled = "execution_cancelled",
    /// The request can't be made; it was not sent.
    ClientInvalidRequest = "client_invalid_request",
    /// No complete response arrived in time.
    ClientTimeout = "client_timeout",
    /// The gateway could not be reached, or the connection broke.
    ClientNetworkError = "client_network_error",
    /// The account was not connected in time.
    ClientWaitTimeout = "client_wait_timeout",
    /// The response is not what the caller's type, or the contract, says.
    ClientInvalidResponse = "client_invalid_response",
    /// The gateway can't do this; the call was not sent.
    ClientUnsupported = "client_unsupported",
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq<str> for ErrorCode {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for ErrorCode {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_written() {
        for code in ErrorCode::KNOWN {
            assert_eq!(ErrorCode::from(code.as_str()), *code);
        }
        assert_eq!(
            ErrorCode::from("new_code"),
            ErrorCode::Other("new_code".into())
        );
        assert_eq!(ErrorCode::from("new_code"), "new_code");
    }
}
