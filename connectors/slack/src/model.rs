//! Types of the Slack API.

mod answer;

use plugwright_sdk::pagination::{CursorField, Pagination};
use plugwright_sdk::{Account, Param, Value, model};

pub(crate) use answer::{Posted, Scheduled, UploadSlot};
use answer::{count, id, time, value};

/// Id of the channel or direct message.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "C012AB3CD")]
pub struct ChannelId(pub String);

/// Id of the person or bot.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "U012AB3CD")]
pub struct UserId(pub String);

/// Id of the file.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "F012AB3CD")]
pub struct FileId(pub String);

/// Id of the user group.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "S012AB3CD")]
pub struct UserGroupId(pub String);

/// `ts` of the message.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^[0-9]+([.][0-9]+)?$", example = "1503435956.000247")]
pub struct Ts(pub String);

/// Name of the emoji, without colons.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^[^: ]+(::[^: ]+)?$", example = "thumbsup")]
pub struct Emoji(pub String);

/// Items per page; Slack may give fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..=999), default = 200)]
pub struct Limit(pub u32);

/// Kind of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum ChannelType {
    /// A channel that everybody of the workspace can find.
    PublicChannel,
    /// A channel for invited people.
    PrivateChannel,
    /// A direct message of several people.
    Mpim,
    /// A direct message with one person.
    Im,
}

/// What matches of a search are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum SearchOrder {
    /// How well they match.
    Score,
    /// Newest first.
    Timestamp,
}

/// Nothing: Slack did it.
#[model]
pub struct Done {}

/// A message.
#[model]
pub struct Message {
    /// Its id in the channel, which is also its time: Unix time in seconds, a dot, and a counter.
    #[serde(default)]
    pub ts: String,
    /// Id of its channel, if the answer says so.
    pub channel: Option<String>,
    /// Text, in mrkdwn.
    #[serde(default)]
    pub text: String,
    /// Id of the author.
    pub user: Option<String>,
    /// Id of the bot that sent it.
    pub bot_id: Option<String>,
    /// Name that a bot sent it under.
    pub username: Option<String>,
    /// `message`, or what else it is.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Kind of message, such as `bot_message` or `channel_join`; none for those that people write.
    pub subtype: Option<String>,
    /// `ts` of the message that starts its thread.
    pub thread_ts: Option<String>,
    /// Number of replies in its thread.
    pub reply_count: Option<u64>,
    /// The link to it, if the answer has it.
    pub permalink: Option<String>,
    /// Reactions to it.
    pub reactions: Option<Vec<Reaction>>,
    /// Files with it.
    pub files: Option<Vec<File>>,
}

impl Message {
    /// Says which channel it is in, as lists leave it out.
    pub(crate) fn in_channel(mut self, channel: &ChannelId) -> Self {
        self.channel.get_or_insert_with(|| channel.0.clone());
        self
    }
}

/// A reaction to a message.
#[model]
pub struct Reaction {
    /// Name of the emoji, without colons.
    pub name: String,
    /// How many people reacted with it.
    pub count: u64,
    /// Ids of people who did; perhaps not of all.
    #[serde(default)]
    pub users: Vec<String>,
}

/// A message that a search found.
#[model]
pub struct Match {
    /// Its id in the channel.
    pub ts: String,
    /// Its channel.
    pub channel: MatchChannel,
    /// Text, in mrkdwn.
    pub text: String,
    /// Id of the author.
    pub user: Option<String>,
    /// Name of the author.
    pub username: Option<String>,
    /// The link to it.
    pub permalink: String,
}

/// The channel of a message that a search found.
#[model]
pub struct MatchChannel {
    /// Id.
    pub id: String,
    /// Name; for direct messages, the id of the other person.
    pub name: Option<String>,
}

/// The link to a message.
#[model]
pub struct Permalink {
    /// Id of the channel.
    pub channel: String,
    /// The link.
    pub permalink: String,
}

/// A message that one person sees.
#[model]
pub struct EphemeralMessage {
    /// Its `ts`.
    pub message_ts: String,
}

/// A message that Slack sends later.
#[model]
pub struct ScheduledMessage {
    /// Id.
    #[serde(deserialize_with = "id")]
    pub id: String,
    /// Id of the channel.
    #[serde(rename(deserialize = "channel_id"))]
    pub channel: String,
    /// Text, in mrkdwn.
    #[serde(default)]
    pub text: String,
    /// When it is sent, as Unix time in seconds.
    #[serde(deserialize_with = "time")]
    pub post_at: u64,
}

/// A channel or direct message.
#[allow(
    clippy::struct_excessive_bools,
    reason = "they are Slack's, and most go with any other"
)]
#[model]
pub struct Channel {
    /// Id.
    pub id: String,
    /// Name, without `#`; direct messages have none.
    pub name: Option<String>,
    /// What it is about at present.
    #[serde(default, deserialize_with = "value")]
    pub topic: Option<String>,
    /// What it is for.
    #[serde(default, deserialize_with = "value")]
    pub purpose: Option<String>,
    /// Number of members.
    pub num_members: Option<u64>,
    /// Whether only invited people see it.
    #[serde(default)]
    pub is_private: bool,
    /// Whether it is archived.
    #[serde(default)]
    pub is_archived: bool,
    /// Whether the token's account is in it.
    #[serde(default)]
    pub is_member: bool,
    /// Whether it is a direct message with one person.
    #[serde(default)]
    pub is_im: bool,
    /// Whether other workspaces take part in it.
    #[serde(default)]
    pub is_shared: bool,
    /// Id of the other person, in a direct message.
    pub user: Option<String>,
    /// Id of who made it.
    pub creator: Option<String>,
    /// When it was made, as Unix time in seconds.
    pub created: Option<u64>,
}

/// A person or bot.
#[allow(
    clippy::struct_excessive_bools,
    reason = "they are Slack's, and most go with any other"
)]
#[model]
pub struct User {
    /// Id.
    pub id: String,
    /// Id of the workspace.
    pub team_id: Option<String>,
    /// User name.
    pub name: Option<String>,
    /// Full name.
    pub real_name: Option<String>,
    /// What the person shows of himself or herself.
    pub profile: Option<Profile>,
    /// Whether it is a bot.
    #[serde(default)]
    pub is_bot: bool,
    /// Whether it is an admin.
    #[serde(default)]
    pub is_admin: bool,
    /// Whether it is an owner.
    #[serde(default)]
    pub is_owner: bool,
    /// Whether the account is deactivated.
    #[serde(default)]
    pub deleted: bool,
    /// Name of the time zone.
    pub tz: Option<String>,
    /// When the account last changed, as Unix time in seconds.
    pub updated: Option<u64>,
}

/// What a person shows of himself or herself.
#[model]
pub struct Profile {
    /// Name that is shown beside messages.
    pub display_name: Option<String>,
    /// Full name.
    pub real_name: Option<String>,
    /// Email address, if the token may see it.
    pub email: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Text of the status.
    pub status_text: Option<String>,
    /// Emoji of the status, with colons.
    pub status_emoji: Option<String>,
    /// When the status ends, as Unix time in seconds; 0 is never.
    pub status_expiration: Option<u64>,
    /// Where the picture is.
    pub image_192: Option<String>,
}

/// A message or file that is pinned.
#[model]
pub struct PinnedItem {
    /// `message` or `file`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The message.
    pub message: Option<Message>,
    /// The file.
    pub file: Option<File>,
    /// Id of who pinned it.
    pub created_by: Option<String>,
    /// When it was pinned, as Unix time in seconds.
    pub created: Option<u64>,
}

/// A file.
#[model]
pub struct File {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Media type.
    pub mimetype: Option<String>,
    /// Slack's name of the type, such as `pdf`.
    pub filetype: Option<String>,
    /// Size in bytes.
    pub size: Option<u64>,
    /// Id of who uploaded it.
    pub user: Option<String>,
    /// When it was uploaded, as Unix time in seconds.
    pub created: Option<u64>,
    /// Ids of the public channels that it is shared in.
    pub channels: Option<Vec<String>>,
    /// The link to it, for people.
    pub permalink: Option<String>,
    /// Where its content is, for tokens.
    pub url_private: Option<String>,
    /// Where its content can be downloaded, for tokens.
    pub url_private_download: Option<String>,
}

/// A user group.
#[model]
pub struct UserGroup {
    /// Id.
    pub id: String,
    /// What people mention it by, without `@`.
    pub handle: String,
    /// Name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Number of people in it.
    #[serde(default, deserialize_with = "count")]
    pub user_count: Option<u64>,
    /// When it was disabled, as Unix time in seconds; 0 if it is not.
    pub date_delete: Option<u64>,
    /// Ids of the people in it.
    pub users: Option<Vec<String>>,
}

/// A workspace.
#[model]
pub struct Team {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// The part of its address before `.slack.com`.
    pub domain: String,
    /// Domain of the email addresses that may join.
    pub email_domain: Option<String>,
    /// Id of its enterprise.
    pub enterprise_id: Option<String>,
    /// Name of its enterprise.
    pub enterprise_name: Option<String>,
}

/// Lists come under a name of their own, with a cursor in the metadata, which is empty at the end.
pub(crate) fn cursors(items: &'static str) -> impl Pagination {
    CursorField::new("cursor", "/response_metadata/next_cursor").items(items)
}

/// Ids of people are unique in a workspace alone.
pub(crate) fn account(answer: &Value) -> Option<Account> {
    let text = |name: &str| answer.get(name)?.as_str();
    Some(Account {
        id: format!("{}/{}", text("team_id")?, text("user_id")?),
        label: format!("{} ({})", text("user")?, text("team")?),
    })
}
