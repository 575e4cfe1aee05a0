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

/// Judges a lost deletion by the answer to a request for what it deleted: it was done if there is no
/// such thing any more.
///
/// # Errors
///
/// Those of the request, other than `NOT_FOUND`.
pub fn gone<T>(found: Result<T>) -> Result<Outcome<()>> {
    match found {
        Ok(_) => Ok(Outcome::NotDone),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(Outcome::Done(())),
        Err(error) => Err(error),
    }
}
