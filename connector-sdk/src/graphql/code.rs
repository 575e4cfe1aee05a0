//! What the codes of errors stand for.

use crate::error::ErrorCode;

/// What an error is about; of several, the first in this order counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Unauthenticated,
    ScopeMissing,
    RateLimited,
    Forbidden,
    NotFound,
    Conflict,
    Invalid,
    BadOperation,
    Timeout,
    Unavailable,
    /// A failure within the provider.
    Internal,
    Refused,
}

/// Codes in lower case without blanks, hyphens and underscores.
const CODES: &[(&str, Kind)] = &[
    ("accessdenied", Kind::Forbidden),
    ("alreadyexists", Kind::Conflict),
    ("argumenterror", Kind::Invalid),
    ("argumentliteralsincompatible", Kind::BadOperation),
    ("argumentnotaccepted", Kind::BadOperation),
    ("authenticationerror", Kind::Unauthenticated),
    ("badcredentials", Kind::Unauthenticated),
    ("badrequest", Kind::Invalid),
    ("baduserinput", Kind::Invalid),
    ("complexitybudgetexhausted", Kind::RateLimited),
    ("complexityexception", Kind::RateLimited),
    ("conflict", Kind::Conflict),
    ("constrainterror", Kind::Conflict),
    ("constraintviolation", Kind::Conflict),
    ("dataexception", Kind::Invalid),
    ("deadlineexceeded", Kind::Timeout),
    ("duplicate", Kind::Conflict),
    ("entitynotfound", Kind::NotFound),
    ("excessivepagination", Kind::Invalid),
    ("featurenotaccessible", Kind::Forbidden),
    ("forbidden", Kind::Forbidden),
    ("graphqlparsefailed", Kind::BadOperation),
    ("graphqlratelimit", Kind::RateLimited),
    ("graphqlvalidationfailed", Kind::BadOperation),
    ("inputerror", Kind::Invalid),
    ("insufficientscopes", Kind::ScopeMissing),
    ("internal", Kind::Internal),
    ("internalerror", Kind::Internal),
    ("internalservererror", Kind::Internal),
    ("invalid", Kind::Invalid),
    ("invalidargument", Kind::Invalid),
    ("invalidcursor", Kind::Invalid),
    ("invalidcursorarguments", Kind::Invalid),
    ("invalidinput", Kind::Invalid),
    ("invalidjwt", Kind::Unauthenticated),
    ("invalidtoken", Kind::Unauthenticated),
    ("locktimeout", Kind::Unavailable),
    ("maxcomplexityexceeded", Kind::Invalid),
    ("maxcostexceeded", Kind::Invalid),
    ("maxnodelimitexceeded", Kind::Invalid),
    ("missingpaginationboundaries", Kind::Invalid),
    ("missingrequiredarguments", Kind::BadOperation),
    ("notauthenticated", Kind::Unauthenticated),
    ("notauthorized", Kind::Forbidden),
    ("notfound", Kind::NotFound),
    ("operationresolutionfailure", Kind::BadOperation),
    ("permissiondenied", Kind::Forbidden),
    ("permissionerror", Kind::Forbidden),
    ("ratelimit", Kind::RateLimited),
    ("ratelimited", Kind::RateLimited),
    ("ratelimitexceeded", Kind::RateLimited),
    ("recordnotfound", Kind::NotFound),
    ("resourcelimitsexceeded", Kind::Invalid),
    ("resourcenotfound", Kind::NotFound),
    ("selectionmismatch", Kind::BadOperation),
    ("servererror", Kind::Internal),
    ("serviceunavailable", Kind::Unavailable),
    ("throttled", Kind::RateLimited),
    ("timeout", Kind::Timeout),
    ("toomanyrequests", Kind::RateLimited),
    ("unauthenticated", Kind::Unauthenticated),
    ("unauthorized", Kind::Unauthenticated),
    ("unavailable", Kind::Unavailable),
    ("undefinedfield", Kind::BadOperation),
    ("undefinedtype", Kind::BadOperation),
    ("unprocessable", Kind::Invalid),
    ("unprocessableentity", Kind::Invalid),
    ("userinputerror", Kind::Invalid),
    ("validationerror", Kind::Invalid),
    ("variablemismatch", Kind::BadOperation),
];

impl Kind {
    pub(super) fn of_code(code: &str) -> Option<Self> {
        let letters = code.chars().filter(char::is_ascii_alphanumeric);
        let plain: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
        let found = CODES.binary_search_by_key(&&*plain, |(code, _)| code);
        found.ok().map(|index| CODES[index].1)
    }

    pub(super) fn of_status(status: u16) -> Option<Self> {
        Some(match status {
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            409 | 412 => Self::Conflict,
            400 | 422 => Self::Invalid,
            429 => Self::RateLimited,
            408 | 504 => Self::Timeout,
            503 => Self::Unavailable,
            500..=599 => Self::Internal,
            402..=499 => Self::Refused,
            _ => return None,
        })
    }

    pub(super) const fn error(self) -> (ErrorCode, &'static str) {
        match self {
            Self::Unauthenticated => (
                ErrorCode::AuthInvalid,
                "the provider rejected the credential",
            ),
            Self::ScopeMissing => (
                ErrorCode::ScopeMissing,
                "the credential lacks a scope that this needs",
            ),
            Self::RateLimited => (
                ErrorCode::RateLimited,
                "the provider's rate limit was exceeded",
            ),
            Self::Forbidden => (
                ErrorCode::Forbidden,
                "the credential lacks permission for this",
            ),
            Self::NotFound => (
                ErrorCode::NotFound,
                "the provider has no such resource, or hides it from this credential",
            ),
            Self::Conflict => (
                ErrorCode::Conflict,
                "the request conflicts with the current state at the provider",
            ),
            Self::Invalid => (
                ErrorCode::ValidationError,
                "the provider rejected the request as invalid",
            ),
            Self::BadOperation => (
                ErrorCode::UpstreamError,
                "the provider does not accept the operation; the connector may be outdated",
            ),
            Self::Timeout => (ErrorCode::UpstreamTimeout, "the provider timed out"),
            Self::Unavailable | Self::Internal | Self::Refused => {
                (ErrorCode::UpstreamError, "the provider returned an error")
            }
        }
    }

    /// Returns whether the same request may succeed later, where the code leaves that open.
    pub(super) const fn is_passing(self) -> bool {
        matches!(self, Self::Timeout | Self::Unavailable | Self::Internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_plain() {
        assert!(CODES.is_sorted_by(|left, right| left.0 < right.0));
        for (code, kind) in CODES {
            assert_eq!(Kind::of_code(code), Some(*kind), "{code}");
        }
    }

    #[test]
    fn codes_are_read_in_any_spelling() {
        for (code, kind) in [
            ("NOT_FOUND", Kind::NotFound),
            ("authentication error", Kind::Unauthenticated),
            ("undefinedField", Kind::BadOperation),
            ("constraint-violation", Kind::Conflict),
            ("RATELIMITED", Kind::RateLimited),
            ("Internal Server Error", Kind::Internal),
        ] {
            assert_eq!(Kind::of_code(code), Some(kind), "{code}");
        }
        assert_eq!(Kind::of_code("SOMETHING_ELSE"), None);
        assert_eq!(Kind::of_code(""), None);
    }

    #[test]
    fn a_status_stands_for_what_it_does_elsewhere() {
        for status in [200, 204, 302] {
            assert_eq!(Kind::of_status(status), None);
        }
        assert_eq!(Kind::of_status(429), Some(Kind::RateLimited));
        assert_eq!(Kind::of_status(418), Some(Kind::Refused));
        assert_eq!(Kind::of_status(502), Some(Kind::Internal));
    }
}
