//! The one table of error codes.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spelled::spelled;

spelled! {
    /// What a caller should do about an error.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    pub enum Hint {
        /// Transient: wait, then send the same call again.
        Retry = "retry",
        /// The credential is missing, wrong or expired: authenticate, then call again.
        Auth = "auth",
        /// Permanent: the same call will fail again.
        Abort = "abort",
    }
}

macro_rules! error_codes {
    ($($variant:ident $spelling:literal $hint:ident $status:literal $meaning:literal;)*) => {
        /// Machine-readable kind of an [`ActionError`](crate::ActionError).
        ///
        /// The first fifteen are those of Feelr's SDK; the others are what the pipeline needs.
        /// Each has one spelling, a default hint and a default HTTP status, kept in one table
        /// ([`ErrorCode::ALL`]) from which every surface takes them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(#[doc = concat!("`", $spelling, "`: ", $meaning, ".")] $variant,)*
        }

        impl ErrorCode {
            /// All codes, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the wire spelling, in `SCREAMING_SNAKE_CASE`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $spelling),* }
            }

            /// Returns what a caller should do when nothing more is known.
            pub const fn default_hint(self) -> Hint {
                match self { $(Self::$variant => Hint::$hint),* }
            }

            /// Returns the HTTP status that a surface answers with by default.
            pub const fn default_status(self) -> u16 {
                match self { $(Self::$variant => $status),* }
            }

            /// Returns one phrase that says what the code means.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),* }
            }
        }
    };
}

error_codes! {
    ConnectorNotFound "CONNECTOR_NOT_FOUND" Abort 404 "no connector of that name is in the registry";
    ActionNotFound "ACTION_NOT_FOUND" Abort 404 "the connector has no action of that name";
    ValidationError "VALIDATION_ERROR" Abort 400 "a parameter is missing, unknown or not allowed";
    AuthRequired "AUTH_REQUIRED" Auth 401 "the action needs a credential and none was given";
    AuthInvalid "AUTH_INVALID" Auth 401 "the credential was refused";
    Forbidden "FORBIDDEN" Auth 403 "the credential is valid, but not allowed to do this";
    UpstreamError "UPSTREAM_ERROR" Retry 502 "the provider returned an error";
    UpstreamTimeout "UPSTREAM_TIMEOUT" Retry 504 "the provider did not respond in time";
    RateLimited "RATE_LIMITED" Retry 429 "too many calls; wait before the next";
    InternalError "INTERNAL_ERROR" Retry 500 "a defect in the connector or the gateway";
    NotFound "NOT_FOUND" Abort 404 "the provider has no such resource, or hides it from this credential";
    CredentialExpired "CREDENTIAL_EXPIRED" Auth 401 "the credential has expired and could not be renewed";
    AdminAuthRequired "ADMIN_AUTH_REQUIRED" Auth 401 "an operator's token is needed";
    AdminAuthInvalid "ADMIN_AUTH_INVALID" Auth 403 "the operator's token was refused";
    PlanQuotaExceeded "PLAN_QUOTA_EXCEEDED" Abort 402 "the caller's quota is used up";
    Conflict "CONFLICT" Abort 409 "the resource was changed or already exists";
    Cancelled "CANCELLED" Abort 499 "the caller cancelled before the response arrived";
    PolicyDenied "POLICY_DENIED" Abort 403 "the operator's policy does not allow this call";
    UpstreamInvalid "UPSTREAM_INVALID" Abort 502 "the provider's response is invalid";
    UpstreamUnreachable "UPSTREAM_UNREACHABLE" Retry 502 "the provider could not be reached";
    UpstreamSuspended "UPSTREAM_SUSPENDED" Retry 503 "the provider failed several times and is suspended; nothing was sent";
    ResponseTooLarge "RESPONSE_TOO_LARGE" Abort 502 "the provider's response is too large";
    Unauthorized "UNAUTHORIZED" Auth 401 "the caller's token is missing, unknown, expired or revoked";
    ConnectionNotFound "CONNECTION_NOT_FOUND" Abort 404 "the connection that the call names does not exist";
    ConnectionNotAllowed "CONNECTION_NOT_ALLOWED" Abort 403 "the caller may not use this connection or organization";
    DestinationRefused "DESTINATION_REFUSED" Abort 403 "requests may not go to this address";
    IdempotencyKeyReused "IDEMPOTENCY_KEY_REUSED" Abort 409 "the idempotency key was used for another call";
    IdempotencyKeyInUse "IDEMPOTENCY_KEY_IN_USE" Retry 409 "a call with this idempotency key is running";
    Unavailable "UNAVAILABLE" Retry 503 "the gateway can't take calls now; nothing was sent";
    ScopeMissing "SCOPE_MISSING" Auth 403 "the account did not grant what the action needs";
    ProviderNotConfigured "PROVIDER_NOT_CONFIGURED" Abort 409 "the operator has not set up how accounts of the connector are connected";
    OutcomeUnknown "OUTCOME_UNKNOWN" Abort 409 "a write was sent, but no response arrived; it may have happened";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not the spelling of an [`ErrorCode`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an error code")]
pub struct UnknownErrorCode(String);

impl FromStr for ErrorCode {
    type Err = UnknownErrorCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == text)
            .ok_or_else(|| UnknownErrorCode(text.to_owned()))
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_parses_back_and_none_is_used_twice() {
        for (index, code) in ErrorCode::ALL.iter().enumerate() {
            assert_eq!(code.as_str().parse(), Ok(*code));
            assert!((400..600).contains(&code.default_status()), "{code}");
            assert!(
                ErrorCode::ALL[index + 1..]
                    .iter()
                    .all(|other| other.as_str() != code.as_str())
            );
        }
        assert!("NO_SUCH".parse::<ErrorCode>().is_err());
    }
}
