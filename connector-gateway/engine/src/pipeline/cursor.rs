//! Cursors, sealed so that callers can't forge them, and bound to the call whose list they
//! continue.
//!
//! A provider's cursor may be a URL. If it were exposed, a caller could change it to reach paths
//! that its grant does not cover. It contains the whole next request, so a different input would
//! have no effect and is rejected.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plugwright_sdk::host::Returns;
use plugwright_sdk::{ActionError, Value};
use plugwright_store::{Owner, Sealed, vault::Vault};
use ring::digest::{SHA256, digest};
use serde_json::Map;
use uuid::Uuid;

use super::claim::Fingerprint;
use crate::catalog::ActionFacts;

/// Bytes of a digest in a cursor. Collisions need not be hard to find.
const DIGEST: usize = 16;

type Digest = [u8; DIGEST];

/// The owner and account of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) owner: Option<&'a Owner>,
    /// The id of the connection, or what stands for the caller's own credential.
    pub(super) account: Option<Uuid>,
}

impl Place<'_> {
    fn digest(&self) -> Digest {
        let mut hash = Fingerprint::new();
        hash.text(&self.owner.map(Owner::key).unwrap_or_default());
        hash.text(&self.account.map(|id| id.to_string()).unwrap_or_default());
        short(&hash.finish())
    }
}

/// A provider's cursor and the call it belongs to.
#[derive(Debug)]
pub(super) struct Bound {
    input: Digest,
    place: Digest,
    cursor: String,
}

impl Bound {
    /// Fails unless the input is that of the page with this cursor.
    pub(super) fn check_input(
        &self,
        action: &ActionFacts,
        input: &Value,
    ) -> Result<(), ActionError> {
        if self.input == of_input(action, input) {
            return Ok(());
        }
        Err(refused(
            "belongs to a call with another input; send the input of the first page with it, unchanged",
        ))
    }

    /// Returns the provider's cursor, if the owner and connection are those of the previous page.
    pub(super) fn at(self, place: Place<'_>) -> Result<String, ActionError> {
        if self.place == place.digest() {
            return Ok(self.cursor);
        }
        Err(refused(
            "belongs to a call with another connection; use that of the first page",
        ))
    }
}

/// Seals a provider's cursor; without a vault it is encoded in plain text with its binding.
pub(super) fn seal(
    vault: Option<&Vault>,
    action: &ActionFacts,
    input: &Value,
    place: Place<'_>,
    cursor: &str,
) -> Result<String, ActionError> {
    let mut bytes = Vec::with_capacity(2 * DIGEST + cursor.len());
    bytes.extend(of_input(action, input));
    bytes.extend(place.digest());
    bytes.extend(cursor.as_bytes());
    let Some(vault) = vault else {
        return Ok(URL_SAFE_NO_PAD.encode(&bytes));
    };
    let sealed = vault.seal(record(action), &bytes).map_err(|error| {
        ActionError::new(
            plugwright_sdk::ErrorCode::InternalError,
            "the cursor can't be sealed",
        )
        .with_source(error)
    })?;
    let text = URL_SAFE_NO_PAD.encode(&sealed.bytes);
    Ok(format!("{}.{text}", sealed.key_id))
}

/// Opens a cursor that [`seal`] created for the same action.
pub(super) fn open(
    vault: Option<&Vault>,
    action: &ActionFacts,
    text: &str,
) -> Result<Bound, ActionError> {
    let opened = || {
        let Some(vault) = vault else {
            return read(&URL_SAFE_NO_PAD.decode(text).ok()?);
        };
        let (key_id, bytes) = text.split_once('.')?;
        let sealed = Sealed {
            key_id: key_id.to_owned(),
            bytes: URL_SAFE_NO_PAD.decode(bytes).ok()?,
        };
        read(&vault.open_sealed(record(action), &sealed).ok()?)
    };
    opened().ok_or_else(|| {
        refused(if action.entry.action.returns() == Returns::Single {
            "is only for lists; this action doesn't return one"
        } else if vault.is_some() {
            "is invalid or expired; start again without it"
        } else {
            "is not a cursor of this action; pass the cursor of a page unchanged"
        })
    })
}

fn read(bytes: &[u8]) -> Option<Bound> {
    let (input, rest) = bytes.split_first_chunk()?;
    let (place, cursor) = rest.split_first_chunk()?;
    Some(Bound {
        input: *input,
        place: *place,
        cursor: std::str::from_utf8(cursor).ok()?.to_owned(),
    })
}

fn refused(message: &str) -> ActionError {
    ActionError::invalid_param("cursor", message)
}

/// Returns the associated data: a cursor is only valid for its own action.
fn record(action: &ActionFacts) -> Uuid {
    let hash = digest(&SHA256, format!("cursor of {}", action.id).as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    Uuid::from_bytes(bytes)
}

/// Hashes an input so that equivalent inputs match: members in any order, defaults omitted or
/// present, `1` or `1.0`, `null` or absent.
fn of_input(action: &ActionFacts, input: &Value) -> Digest {
    let schema = action.input_schema();
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut members: Map<String, Value> = input
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), plain(value)))
        .collect();
    for (name, property) in properties.into_iter().flatten() {
        if let Some(default) = property.get("default").filter(|default| !default.is_null())
            && !members.contains_key(name)
        {
            members.insert(name.clone(), plain(default));
        }
    }
    let mut hash = Fingerprint::new();
    hash.text(&action.id);
    hash.value(&members.into());
    short(&hash.finish())
}

/// Normalizes whole numbers.
fn plain(value: &Value) -> Value {
    /// From here on, not every whole number is an `f64`.
    const EXACT: f64 = 9_007_199_254_740_992.0;

    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT => {
                #[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
                let whole = float as i64;
                whole.into()
            }
            _ => value.clone(),
        },
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect::<Map<_, _>>()
            .into(),
        _ => value.clone(),
    }
}

fn short(hash: &[u8; 32]) -> Digest {
    let mut bytes = [0; DIGEST];
    bytes.copy_from_slice(&hash[..DIGEST]);
    bytes
}

#[cfg(test)]
mod tests;
