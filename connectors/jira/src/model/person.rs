//! People.

use plugwright_sdk::model;
use plugwright_sdk::serde::{Deserialize, Deserializer};

/// An account.
#[model]
pub struct User {
    /// Id, which other actions take.
    #[serde(rename(deserialize = "accountId"))]
    pub account_id: String,
    /// Full name.
    #[serde(rename(deserialize = "displayName"), default)]
    pub display_name: String,
    /// Mail address, if the account shows it.
    #[serde(rename(deserialize = "emailAddress"))]
    pub email: Option<String>,
    /// `atlassian` for people, `app` for programs, `customer` for customers of a help desk.
    #[serde(rename(deserialize = "accountType"))]
    pub account_type: Option<String>,
    /// Whether it can log in.
    pub active: Option<bool>,
    /// Time zone.
    #[serde(rename(deserialize = "timeZone"))]
    pub time_zone: Option<String>,
}

/// Who watches an issue.
#[model]
pub struct Watchers {
    /// Number of them.
    #[serde(rename(deserialize = "watchCount"), default)]
    pub count: u64,
    /// Whether the account itself is one.
    #[serde(rename(deserialize = "isWatching"), default)]
    pub is_watching: bool,
    /// The accounts, as far as the account may see them.
    #[serde(default)]
    pub watchers: Vec<User>,
}

#[model]
struct Named {
    #[serde(rename(deserialize = "displayName"))]
    display_name: Option<String>,
}

/// Reads an account as the name of the person.
pub(super) fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let person = Option::<Named>::deserialize(deserializer)?;
    Ok(person.and_then(|person| person.display_name))
}
