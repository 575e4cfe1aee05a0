//! What a failure means for a retry.

use plugwright_egress::CallUsage;
use plugwright_sdk::{ActionError, ActionResult, ErrorCode, Hint};

use super::end::Ended;
use super::resolve::Resolved;
use crate::outcome::Case;

/// Decides whether a failed call may be repeated.
pub(super) fn judge(
    resolved: &Resolved<'_>,
    usage: &CallUsage,
    result: Result<ActionResult, ActionError>,
) -> Ended {
    let sent = usage.sent;
    let Err(error) = result else {
        return Ended {
            result,
            case: Case::Repeatable,
        };
    };
    let case = if resolved.repeatable {
        Case::Repeatable
    } else if sent && in_doubt(&error) {
        Case::DoubtfulWrite
    } else {
        Case::FailedWrite
    };
    let error = match case {
        Case::DoubtfulWrite => outcome_unknown(error),
        // Clients retry such codes, but a part of this call has succeeded.
        Case::FailedWrite if usage.acted && asks_for_another_call(&error) => {
            let message = format!(
                "a part of the call may have taken effect, then: {}",
                error.message()
            );
            ActionError::new(ErrorCode::UpstreamError, message)
                .with_hint(Hint::Abort)
                .with_source(error)
        }
        // It must not be repeated.
        Case::FailedWrite
            if sent && error.code().default_status() >= 500 && !asks_for_another_call(&error) =>
        {
            error.with_hint(Hint::Abort)
        }
        Case::Repeatable | Case::FailedWrite => error,
    };
    Ended {
        result: Err(error),
        case,
    }
}

/// Makes `OUTCOME_UNKNOWN` of the failure of a write that was sent and may have taken effect.
pub fn outcome_unknown(error: ActionError) -> ActionError {
    let message = format!(
        "the request was sent and may have taken effect: {}",
        error.message()
    );
    let mut doubt = ActionError::new(ErrorCode::OutcomeUnknown, message).ambiguous();
    if let Some(detail) = error.detail() {
        doubt = doubt.with_detail(detail);
    }
    doubt.with_source(error)
}

/// Returns whether an error means that the same call may succeed later.
pub(super) fn asks_for_another_call(error: &ActionError) -> bool {
    matches!(
        error.code(),
        ErrorCode::RateLimited | ErrorCode::UpstreamSuspended | ErrorCode::Unavailable
    )
}

/// Returns whether an error leaves open if a sent request took effect: true if the response was
/// lost or unusable, false if the provider refused.
fn in_doubt(error: &ActionError) -> bool {
    error.is_ambiguous()
        || matches!(
            error.code(),
            ErrorCode::UpstreamInvalid
                | ErrorCode::UpstreamTimeout
                | ErrorCode::ResponseTooLarge
                | ErrorCode::InternalError
                | ErrorCode::Cancelled
        )
}
