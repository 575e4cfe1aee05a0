//! What writes have in common that are looked for after their answer was lost.

use plugwright_sdk::{ErrorCode, Outcome, Result};
use uuid::Uuid;

/// Makes an id of a call's [idempotency key](plugwright_sdk::ActionContext::idempotency_key): 32
/// hexadecimal digits, the same for the same key. The key itself, which may say something about the
/// caller, can't be told from it.
///
/// ```
/// let id = plugwright_google::call_id("order-7");
/// assert_eq!(id, plugwright_google::call_id("order-7"));
/// assert_eq!(id.len(), 32);
/// assert_ne!(id, plugwright_google::call_id("order-8"));
/// ```
pub fn call_id(key: &str) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, key.as_bytes())
        .simple()
        .to_string()
}

/// Judges a lost write by the answer to a request for what it would have made.
///
/// # Errors
///
/// Those of the request, other than `NOT_FOUND`.
pub fn there<T>(found: Result<T>) -> Result<Outcome<T>> {
    match found {
        Ok(found) => Ok(Outcome::Done(found)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(Outcome::NotDone),
        Err(error) => Err(error),
    }
}
