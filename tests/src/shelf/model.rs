//! Types of the API, and what its errors mean.

use plugwright_sdk::{ActionError, ErrorCode, UpstreamResponse, model};

/// An item.
#[model]
pub struct Item {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it is for.
    pub note: Option<String>,
}

pub(super) fn error(response: &UpstreamResponse) -> Option<ActionError> {
    let body = response.json()?;
    if response.is_success() || body.get("code")? != "name_taken" {
        return None;
    }
    let error = ActionError::new(ErrorCode::Conflict, "another item has this name");
    Some(match response.error_text() {
        Some(text) => error.with_detail(text),
        None => error,
    })
}
