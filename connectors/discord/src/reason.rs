//! Reasons that moderators find in the audit log.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use plugwright_sdk::http::RequestBuilder;

use crate::model::Reason;

/// Says why, in a header that is percent-encoded.
pub(crate) fn because(request: RequestBuilder<'_>, reason: Option<Reason>) -> RequestBuilder<'_> {
    match reason {
        Some(reason) => {
            let reason = utf8_percent_encode(&reason.0, NON_ALPHANUMERIC);
            request.header("x-audit-log-reason", reason.to_string())
        }
        None => request,
    }
}
