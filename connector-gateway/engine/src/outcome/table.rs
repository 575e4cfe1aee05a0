//! Error code × case × surface → HTTP status and the surface's code.

use plugwright_sdk::ErrorCode;
use serde::{Deserialize, Serialize};

plugwright_sdk::__spelled! {
    /// A surface, as far as error responses differ, by the path that people know it by.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Surface {
        /// `/v1/actions`.
        Action = "/v1/actions",
        /// `/v1/proxy`.
        Proxy = "/v1/proxy",
        /// `/v1/{connector}/{action}`.
        Feelr = "/v1/{connector}",
        /// `/mcp`, and MCP over standard input and output. The code is the tool error's.
        Mcp = "/mcp",
        /// `/api/v1`, which makes no calls.
        Alumia = "/api/v1",
    }
}

impl Surface {
    /// Returns the path by which people know it.
    pub const fn path(self) -> &'static str {
        self.as_str()
    }
}

plugwright_sdk::__spelled! {
    /// What a failure means for a retry, as documentation calls it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Case {
        /// A retry is safe: the call reads, is idempotent, or was never sent.
        Repeatable = "may be repeated",
        /// A write that did not happen, or that the provider rejected.
        FailedWrite = "write, failed",
        /// A write that was sent, with an unknown outcome.
        DoubtfulWrite = "write, in doubt",
    }
}

/// A surface's response to an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The surface's code.
    pub code: &'static str,
}

/// Status and code of `/v1/actions`, and the code of `/v1/proxy` if it differs.
struct Row {
    status: u16,
    action: &'static str,
    proxy: &'static str,
}

const fn row(status: u16, action: &'static str) -> Row {
    Row {
        status,
        action,
        proxy: action,
    }
}

const fn rows(status: u16, action: &'static str, proxy: &'static str) -> Row {
    Row {
        status,
        action,
        proxy,
    }
}

/// A write that failed for good. Published clients retry statuses of 500 and above, which must not
/// happen here.
const FAILED_WRITE: u16 = 424;

/// A write that was sent, with an unknown outcome.
const IN_DOUBT: u16 = 409;

const fn base(code: ErrorCode) -> Row {
    match code {
        ErrorCode::ConnectorNotFound => row(404, "unknown_service"),
        ErrorCode::ActionNotFound => row(404, "unknown_action"),
        ErrorCode::ValidationError => row(400, "invalid_input"),
        ErrorCode::Unauthorized | ErrorCode::AdminAuthRequired => row(401, "unauthorized"),
        ErrorCode::AuthRequired | ErrorCode::ConnectionNotFound => row(404, "connection_not_found"),
        ErrorCode::AuthInvalid | ErrorCode::Forbidden => row(403, "authorization_failed"),
        ErrorCode::ConnectionNotAllowed => row(403, "connection_not_allowed"),
        ErrorCode::PolicyDenied => rows(403, "action_not_allowed", "proxy_not_allowed"),
        ErrorCode::DestinationRefused => rows(403, "destination_refused", "proxy_blocked"),
        ErrorCode::UpstreamError | ErrorCode::UpstreamInvalid | ErrorCode::UpstreamUnreachable => {
            rows(502, "provider_error", "proxy_upstream_error")
        }
        ErrorCode::UpstreamSuspended => row(503, "provider_unavailable"),
        ErrorCode::UpstreamTimeout => rows(504, "provider_timeout", "proxy_upstream_timeout"),
        ErrorCode::ResponseTooLarge => rows(413, "response_too_large", "proxy_response_too_large"),
        ErrorCode::RateLimited => row(429, "rate_limited"),
        ErrorCode::NotFound => row(404, "not_found"),
        ErrorCode::ScopeMissing => row(403, "scope_missing"),
        ErrorCode::ProviderNotConfigured => row(409, "provider_not_configured"),
        ErrorCode::CredentialExpired => row(409, "credential_expired"),
        ErrorCode::AdminAuthInvalid => row(403, "forbidden"),
        ErrorCode::PlanQuotaExceeded => row(402, "quota_exceeded"),
        ErrorCode::Conflict => row(409, "conflict"),
        ErrorCode::Cancelled => row(400, "execution_cancelled"),
        ErrorCode::OutcomeUnknown => row(IN_DOUBT, "outcome_unknown"),
        ErrorCode::IdempotencyKeyReused => row(409, "idempotency_key_conflict"),
        ErrorCode::IdempotencyKeyInUse => row(409, "idempotency_request_in_progress"),
        ErrorCode::Unavailable => row(503, "unavailable"),
        // New codes of the SDK are bugs until they have a row here, which a test checks.
        _ => row(500, "internal_error"),
    }
}

/// Returns a surface's response to an error.
///
/// A definite failure of a write never has a status of 500 or above, except 503, which says that
/// nothing was sent. A write in doubt is always 409 `outcome_unknown`. No error is 501.
///
/// ```
/// use plugwright_engine::{Case, Surface, answer};
/// use plugwright_sdk::ErrorCode;
///
/// let read = answer(ErrorCode::UpstreamError, Case::Repeatable, Surface::Action);
/// assert_eq!((read.status, read.code), (502, "provider_error"));
/// let write = answer(ErrorCode::UpstreamError, Case::DoubtfulWrite, Surface::Action);
/// assert_eq!((write.status, write.code), (409, "outcome_unknown"));
/// ```
pub const fn answer(code: ErrorCode, case: Case, surface: Surface) -> Answer {
    let Answer { status, code: said } = usual(code, surface);
    match case {
        Case::FailedWrite if status >= 500 && status != 503 => Answer {
            status: FAILED_WRITE,
            // Clients retry this code whatever the status.
            code: match (code, surface) {
                (ErrorCode::UpstreamTimeout, Surface::Proxy) => "proxy_upstream_error",
                _ => said,
            },
        },
        Case::Repeatable | Case::FailedWrite => Answer { status, code: said },
        Case::DoubtfulWrite => Answer {
            status: IN_DOUBT,
            ..usual(ErrorCode::OutcomeUnknown, surface)
        },
    }
}

const fn usual(code: ErrorCode, surface: Surface) -> Answer {
    let row = base(code);
    let code = match surface {
        Surface::Action | Surface::Mcp => row.action,
        Surface::Proxy => row.proxy,
        Surface::Feelr => return feelr(code),
        Surface::Alumia => return alumia(code, row.status),
    };
    Answer {
        status: row.status,
        code,
    }
}

/// Feelr uses the codes and statuses of the SDK.
const fn feelr(code: ErrorCode) -> Answer {
    let code = match code {
        // Its clients know one code for an invalid key.
        ErrorCode::Unauthorized => ErrorCode::AuthInvalid,
        other => other,
    };
    Answer {
        status: match code {
            // There is no registered status for a canceled request.
            ErrorCode::Cancelled => 400,
            // If a response is too large, more calls don't help.
            ErrorCode::ResponseTooLarge => 413,
            other => other.default_status(),
        },
        code: code.as_str(),
    }
}

/// Four codes are the dialect's own, others the SDK's.
const fn alumia(code: ErrorCode, status: u16) -> Answer {
    let (status, code) = match code {
        ErrorCode::Unauthorized | ErrorCode::AdminAuthRequired => (401, "UNAUTHORIZED"),
        ErrorCode::ValidationError
        | ErrorCode::ConnectorNotFound
        | ErrorCode::ProviderNotConfigured => (400, "BAD_REQUEST"),
        ErrorCode::NotFound | ErrorCode::ConnectionNotFound => (404, "NOT_FOUND"),
        ErrorCode::ConnectionNotAllowed | ErrorCode::PolicyDenied => (403, "FORBIDDEN"),
        other => (status, other.as_str()),
    };
    Answer { status, code }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything() -> impl Iterator<Item = (ErrorCode, Case, Surface, Answer)> {
        ErrorCode::ALL.iter().flat_map(|code| {
            Case::ALL.into_iter().flat_map(move |case| {
                Surface::ALL
                    .into_iter()
                    .map(move |surface| (*code, case, surface, answer(*code, case, surface)))
            })
        })
    }

    /// What the published client retries, whatever the method.
    fn is_repeated_by_clients(answer: Answer) -> bool {
        answer.status == 429
            || (500..600).contains(&answer.status)
            || [
                "rate_limited",
                "proxy_upstream_timeout",
                "request_in_progress",
            ]
            .contains(&answer.code)
    }

    #[test]
    fn no_client_repeats_a_write_that_was_sent() {
        for (code, case, surface, answer) in everything() {
            let unsent = matches!(
                code,
                ErrorCode::RateLimited | ErrorCode::UpstreamSuspended | ErrorCode::Unavailable
            );
            if case == Case::DoubtfulWrite || (case == Case::FailedWrite && !unsent) {
                assert!(
                    !is_repeated_by_clients(answer),
                    "{code} {case:?} {surface:?}: {answer:?}"
                );
            }
        }
    }

    #[test]
    fn every_code_has_a_row_of_its_own_and_none_is_501() {
        for (code, _, _, answer) in everything() {
            assert_ne!(answer.status, 501);
            assert!((400..600).contains(&answer.status));
            if code != ErrorCode::InternalError {
                assert_ne!(answer.code, "internal_error", "{code} has no row");
            }
        }
    }
}
