//! People.

use plugwright_sdk::model;
use plugwright_sdk::serde::{Deserialize, Deserializer};

/// An account.
#[model]
pub struct User {
    /// Id.
    pub id: u64,
    /// Name by which it is mentioned.
    pub username: String,
    /// Full name.
    pub name: String,
    /// `active`, `blocked` or `deactivated`.
    pub state: Option<String>,
    /// Mail address, which GitLab tells of the account itself alone.
    pub email: Option<String>,
    /// Mail address that everybody sees.
    pub public_email: Option<String>,
    /// What they do.
    pub job_title: Option<String>,
    /// Where they are.
    pub location: Option<String>,
    /// Page on GitLab.
    pub web_url: Option<String>,
    /// When it was made (RFC 3339).
    pub created_at: Option<String>,
}

/// A member of a project.
#[model]
pub struct Member {
    /// Id of the account.
    pub id: u64,
    /// Name by which it is mentioned.
    pub username: String,
    /// Full name.
    pub name: String,
    /// `active`, `awaiting` or `blocked`.
    pub state: Option<String>,
    /// 10 guest, 15 planner, 20 reporter, 30 developer, 40 maintainer, 50 owner.
    pub access_level: u32,
    /// When the membership ends.
    pub expires_at: Option<String>,
    /// When it was made (RFC 3339).
    pub created_at: Option<String>,
}

#[model]
struct Named {
    username: String,
}

pub(super) fn username<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(Option::<Named>::deserialize(deserializer)?.map(|user| user.username))
}

pub(super) fn usernames<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    let people = Option::<Vec<Named>>::deserialize(deserializer)?;
    let people = people.into_iter().flatten();
    Ok(people.map(|user| user.username).collect())
}
