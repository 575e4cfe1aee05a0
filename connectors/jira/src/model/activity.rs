//! What happens to issues.

use plugwright_sdk::model;
use plugwright_sdk::serde::{Deserialize, Deserializer};

use super::person::{User, name};
use crate::document::markdown;

/// A comment on an issue.
#[model]
pub struct Comment {
    /// Id.
    pub id: String,
    /// Text, in Markdown; mentions are links to `accountid:`.
    #[serde(default, deserialize_with = "markdown")]
    pub body: Option<String>,
    /// Who wrote it.
    pub author: Option<User>,
    /// Role or group of those who see it; everybody does without one.
    #[serde(
        rename(deserialize = "visibility"),
        default,
        deserialize_with = "value"
    )]
    pub visible_to: Option<String>,
    /// When it was written (ISO 8601).
    pub created: Option<String>,
    /// When it last changed (ISO 8601).
    pub updated: Option<String>,
}

/// Time that somebody worked on an issue.
#[model]
pub struct Worklog {
    /// Id.
    pub id: String,
    /// Id of the issue.
    #[serde(rename(deserialize = "issueId"))]
    pub issue_id: Option<String>,
    /// Who worked.
    pub author: Option<User>,
    /// What was done, in Markdown.
    #[serde(default, deserialize_with = "markdown")]
    pub comment: Option<String>,
    /// When the work began (ISO 8601).
    pub started: Option<String>,
    /// How long it took, in words such as `3h 20m`.
    #[serde(rename(deserialize = "timeSpent"))]
    pub time_spent: Option<String>,
    /// How long it took, in seconds.
    #[serde(rename(deserialize = "timeSpentSeconds"))]
    pub time_spent_seconds: Option<u64>,
    /// When it was written (ISO 8601).
    pub created: Option<String>,
    /// When it last changed (ISO 8601).
    pub updated: Option<String>,
}

/// A way from the issue's status to another.
#[model]
pub struct Transition {
    /// Id.
    pub id: String,
    /// Name, such as `Close issue`.
    pub name: String,
    /// Name of the status that it leads to.
    #[serde(rename(deserialize = "to"), default, deserialize_with = "status")]
    pub to_status: Option<String>,
    /// Whether Jira asks for fields then.
    #[serde(rename(deserialize = "hasScreen"))]
    pub has_screen: Option<bool>,
    /// Whether it can be taken now.
    #[serde(rename(deserialize = "isAvailable"))]
    pub is_available: Option<bool>,
}

/// What somebody changed of an issue at once.
#[model]
pub struct Change {
    /// Id.
    pub id: String,
    /// Name of who changed it.
    #[serde(default, deserialize_with = "name")]
    pub author: Option<String>,
    /// When it changed (ISO 8601).
    pub created: Option<String>,
    /// The fields that changed.
    #[serde(default)]
    pub items: Vec<ChangedField>,
}

/// A field that changed.
#[model]
pub struct ChangedField {
    /// Name of the field.
    pub field: String,
    /// What it was, as people read it.
    #[serde(rename(deserialize = "fromString"))]
    pub from: Option<String>,
    /// What it is now, as people read it.
    #[serde(rename(deserialize = "toString"))]
    pub to: Option<String>,
}

#[model]
struct Named {
    name: Option<String>,
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let status = Option::<Named>::deserialize(deserializer)?;
    Ok(status.and_then(|status| status.name))
}

#[model]
struct Audience {
    value: Option<String>,
}

fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let audience = Option::<Audience>::deserialize(deserializer)?;
    Ok(audience.and_then(|audience| audience.value))
}
