//! Changes of a mailbox.

use plugwright_sdk::serde::{Deserialize, Deserializer};
use plugwright_sdk::{Param, model};

use super::EmailRef;

/// What changed in a mailbox at one time.
#[model]
pub struct HistoryRecord {
    /// Id of the change; the last one is where to start next time.
    pub id: String,
    /// Emails that came or were written.
    #[serde(
        rename(deserialize = "messagesAdded"),
        default,
        deserialize_with = "emails"
    )]
    pub added: Vec<EmailRef>,
    /// Emails that were permanently deleted.
    #[serde(
        rename(deserialize = "messagesDeleted"),
        default,
        deserialize_with = "emails"
    )]
    pub deleted: Vec<EmailRef>,
    /// Labels that emails got.
    #[serde(rename(deserialize = "labelsAdded"), default)]
    pub labels_added: Vec<LabelChange>,
    /// Labels that emails lost.
    #[serde(rename(deserialize = "labelsRemoved"), default)]
    pub labels_removed: Vec<LabelChange>,
}

/// Labels that an email got or lost.
#[model]
pub struct LabelChange {
    /// The email.
    #[serde(rename(deserialize = "message"))]
    pub email: EmailRef,
    /// Ids of the labels.
    #[serde(rename(deserialize = "labelIds"), default)]
    pub label_ids: Vec<String>,
}

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(rename_all = "camelCase")]
pub enum HistoryType {
    /// An email came or was written.
    MessageAdded,
    /// An email was permanently deleted.
    MessageDeleted,
    /// An email got labels.
    LabelAdded,
    /// An email lost labels.
    LabelRemoved,
}

#[model]
struct Changed {
    message: EmailRef,
}

fn emails<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<EmailRef>, D::Error> {
    let changed = Vec::<Changed>::deserialize(deserializer)?;
    Ok(changed.into_iter().map(|changed| changed.message).collect())
}
