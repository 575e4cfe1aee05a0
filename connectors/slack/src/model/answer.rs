//! Answers that are other than what actions return, and values that Slack writes in several ways.

use plugwright_sdk::serde::{self, Deserialize, Deserializer};

use super::{Message, ScheduledMessage};

/// The answer to a message that was sent or changed.
#[derive(Deserialize)]
#[serde(crate = "serde")]
pub(crate) struct Posted {
    channel: String,
    ts: String,
    message: Message,
}

impl From<Posted> for Message {
    fn from(posted: Posted) -> Self {
        Self {
            channel: Some(posted.channel),
            ts: posted.ts,
            ..posted.message
        }
    }
}

/// The answer to a message that was scheduled.
#[derive(Deserialize)]
#[serde(crate = "serde")]
pub(crate) struct Scheduled {
    channel: String,
    #[serde(deserialize_with = "time")]
    post_at: u64,
    #[serde(rename = "scheduled_message_id", deserialize_with = "id")]
    id: String,
    message: Message,
}

impl From<Scheduled> for ScheduledMessage {
    fn from(scheduled: Scheduled) -> Self {
        Self {
            id: scheduled.id,
            channel: scheduled.channel,
            text: scheduled.message.text,
            post_at: scheduled.post_at,
        }
    }
}

/// Where a file goes.
#[derive(Deserialize)]
#[serde(crate = "serde")]
pub(crate) struct UploadSlot {
    pub(crate) upload_url: String,
    pub(crate) file_id: String,
}

#[derive(Deserialize)]
#[serde(crate = "serde", untagged)]
enum NumberOrText {
    Number(u64),
    Text(String),
}

impl NumberOrText {
    fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

/// Reads a time in seconds, which may be a text.
pub(super) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let time = NumberOrText::deserialize(deserializer)?;
    time.number()
        .ok_or_else(|| serde::de::Error::custom("the time is no Unix time"))
}

/// Reads an id, which may be a number.
pub(super) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match NumberOrText::deserialize(deserializer)? {
        NumberOrText::Number(number) => number.to_string(),
        NumberOrText::Text(text) => text,
    })
}

/// Reads a count, which may be a text.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let count = Option::<NumberOrText>::deserialize(deserializer)?;
    Ok(count.and_then(|count| count.number()))
}

/// Reads the text of a topic or purpose, which comes with who set it and when.
pub(super) fn value<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(crate = "serde")]
    struct Set {
        #[serde(default)]
        value: String,
    }
    let set = Option::<Set>::deserialize(deserializer)?;
    Ok(set.map(|set| set.value))
}
