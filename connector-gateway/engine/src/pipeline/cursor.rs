//! Cursors, sealed so that they lead nowhere but where the provider sent them, and bound to the call
//! whose list they go on with.
//!
//! A provider's cursor may be a URL. Were it handed out as it is, a caller could write another
//! and reach paths that no action of its grant asks for. It holds the whole of the next request, so
//! that another input would count for nothing: it is refused.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plugwright_sdk::host::Returns;
use plugwright_sdk::{ActionError, Value};
use plugwright_store::{Owner, Sealed, vault::Vault};
use serde_json::Map;
use uuid::Uuid;

use super::claim::Fingerprint;
use crate::catalog::ActionFacts;

/// Bytes of a digest in a cursor: nobody has to be kept from finding two inputs that share one.
const DIGEST: usize = 16;

type Digest = [u8; DIGEST];

/// On whose behalf and by which connection a list is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) owner: Option<&'a Owner>,
    pub(super) connection: Option<Uuid>,
}

impl Place<'_> {
    fn digest(&self) -> Digest {
        let mut hash = Fingerprint::new();
        hash.text(&self.owner.map(Owner::key).unwrap_or_default());
        hash.text(&self.connection.map(|id| id.to_string()).unwrap_or_default());
        short(&hash.finish())
    }
}

/// A provider's cursor with the call that it belongs to.
#[derive(Debug)]
pub(super) struct Bound {
    input: Digest,
    place: Digest,
    cursor: String,
}

impl Bound {
    /// Checks that the input is that of the page which gave the cursor.
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

    /// Returns the provider's cursor, if the call is made where the page before was read.
    pub(super) fn at(self, place: Place<'_>) -> Result<String, ActionError> {
        if self.place == place.digest() {
            return Ok(self.cursor);
        }
        Err(refused(
            "belongs to a call with another connection; use that of the first page",
        ))
    }
}

/// Seals a provider's cursor; without a vault it is written with what it is bound to.
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

/// Opens a cursor that [`seal`] made for the same action.
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
            "is only for lists, and this action returns one thing"
        } else if vault.is_some() {
            "is not one that an earlier page of this action gave, or is too old; start again without it"
        } else {
            "is not a cursor of this action; pass back what a page gave, unchanged"
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

/// Returns the associated data: a cursor is good for its own action alone.
fn record(action: &ActionFacts) -> Uuid {
    let hash = digest(&SHA256, format!("cursor of {}", action.id).as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    Uuid::from_bytes(bytes)
}

/// Hashes an input so that what means the same is the same: members in any order, defaults left
/// out or written, `1` or `1.0`, `null` or nothing.
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

/// Writes whole numbers in one way.
fn plain(value: &Value) -> Value {
    /// From here on not every whole number is a `f64`.
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
