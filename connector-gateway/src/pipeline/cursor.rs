//! Cursors, sealed so that they lead nowhere but where the provider sent them.
//!
//! A provider's cursor may be a URL. Were it handed out as it is, a caller could write another
//! and reach paths that no action of its grant asks for.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plugwright_sdk::ActionError;
use uuid::Uuid;

use super::resolve::ActionFacts;
use crate::gateway::Inner;
use crate::vault::Sealed;

/// Seals a provider's cursor; without a store it stays as it is.
pub(super) fn seal(
    gateway: &Inner,
    action: &ActionFacts,
    cursor: String,
) -> Result<String, ActionError> {
    let Some(state) = &gateway.state else {
        return Ok(cursor);
    };
    let sealed = state
        .vault
        .seal(record(action), cursor.as_bytes())
        .map_err(|error| {
            ActionError::new(
                plugwright_sdk::ErrorCode::InternalError,
                "the cursor can't be sealed",
            )
            .with_source(error)
        })?;
    let text = URL_SAFE_NO_PAD.encode(&sealed.bytes);
    Ok(format!("{}.{text}", sealed.key_id))
}

/// Opens a cursor that [`seal`] made for the same action.
pub(super) fn open(
    gateway: &Inner,
    action: &ActionFacts,
    text: &str,
) -> Result<String, ActionError> {
    let Some(state) = &gateway.state else {
        return Ok(text.to_owned());
    };
    let opened = || {
        let (key_id, bytes) = text.split_once('.')?;
        let sealed = Sealed {
            key_id: key_id.to_owned(),
            bytes: URL_SAFE_NO_PAD.decode(bytes).ok()?,
        };
        let bytes = state.vault.open_sealed(record(action), &sealed).ok()?;
        String::from_utf8(bytes.to_vec()).ok()
    };
    opened().ok_or_else(|| {
        ActionError::invalid_param(
            "cursor",
            "is not one that an earlier page of this action gave, or is too old; start again without it",
        )
    })
}

/// Returns the associated data: a cursor is good for its own action alone.
fn record(action: &ActionFacts) -> Uuid {
    let hash = digest(&SHA256, action.id.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    Uuid::from_bytes(bytes)
}
