//! Texts that can't be the value of a header.

use http::HeaderValue;

use crate::error::{ActionError, ErrorCode};

pub(crate) fn has_refused(text: &str) -> bool {
    HeaderValue::try_from(text).is_err()
}

/// Says that a credential can't be sent, without showing it.
pub(crate) fn unsendable() -> ActionError {
    let message = "the credential has line breaks or other control characters, which are not allowed in headers; connect it again";
    ActionError::new(ErrorCode::AuthInvalid, message)
}
