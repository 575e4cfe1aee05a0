//! Ids of new things, by which Linear does a write once however often it is made.

use plugwright_sdk::{ActionContext, ErrorCode, Lost, Outcome, Result};
use uuid::{Builder, Uuid, Version};

/// Makes the id that a write gives what it creates.
pub(crate) fn id(cx: &ActionContext) -> String {
    of(cx.idempotency_key())
}

/// Returns the id that a lost write gave.
pub(crate) fn lost(lost: &Lost) -> String {
    of(lost.key())
}

/// Judges by whether there is something with the id. That there is none, only Linear's own word says, which
/// an error has as its detail.
pub(crate) fn found<T>(found: Result<T>) -> Result<Outcome<T>> {
    match found {
        Ok(found) => Ok(Outcome::Done(found)),
        Err(error) if error.code() == ErrorCode::NotFound && error.detail().is_some() => {
            Ok(Outcome::NotDone)
        }
        Err(error) => Err(error),
    }
}

/// Linear takes random UUIDs alone, so the one made of a key looks like one.
fn of(key: &str) -> String {
    let hashed = Uuid::new_v5(&Uuid::NAMESPACE_OID, key.as_bytes());
    let uuid = Builder::from_bytes(hashed.into_bytes())
        .with_version(Version::Random)
        .into_uuid();
    uuid.to_string()
}
