//! Types of the API of Petstore, and what its errors mean.

use plugwright_sdk::{Account, ActionError, Param, UpstreamResponse, Value, model};

/// Id of the pet, as lists have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..))]
pub struct PetId(pub u64);

/// A pet of the shop.
#[model]
#[serde(rename_all(deserialize = "camelCase"))]
pub struct Pet {
    /// Id of the pet.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Status: `available` or `sold`.
    pub status: String,
    /// Owner.
    pub owner: Option<Owner>,
    /// URL of the photo.
    pub photo_url: Option<String>,
    /// When it was created (RFC 3339).
    pub created_at: Option<String>,
}

/// An account.
#[model]
pub struct PetstoreAccount {
    /// Id.
    pub id: String,
    /// Email.
    pub email: String,
}

/// Somebody who owns a pet.
#[model]
pub struct Owner {
    /// Id.
    pub id: Option<i64>,
    /// Name.
    pub name: Option<String>,
    /// Pets.
    pub pets: Option<Vec<Pet>>,
}

/// Reads the account that a credential belongs to.
pub(crate) fn account(me: &Value) -> Option<Account> {
    Some(Account {
        id: me.pointer("/id")?.as_str()?.to_owned(),
        label: me.pointer("/email")?.as_str()?.to_owned(),
    })
}

/// Adds the provider's word for what went wrong.
pub(crate) fn error(response: &UpstreamResponse) -> Option<ActionError> {
    let error = response.status_error()?;
    let body = response.json()?;
    let code = body.pointer("/code")?.as_str()?;
    Some(match response.error_text() {
        Some(text) => error.with_detail(format!("{text} ({code})")),
        None => error.with_detail(code),
    })
}
