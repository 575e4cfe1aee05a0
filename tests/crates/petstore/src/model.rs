//! Types of the API of Petstore.

use plugwright_sdk::{Account, Param, Value, model};

/// Id of the pet, as lists have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..))]
pub struct PetId(pub u32);

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
    /// Somebody who owns a pet.
    pub owner: Option<Owner>,
    /// URL of the photo.
    pub photo_url: Option<String>,
    /// When it was created (RFC 3339).
    pub created_at: Option<String>,
}

/// A me.
#[model]
pub struct Me {
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
