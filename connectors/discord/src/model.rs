//! Types of the Discord API. Ids are texts, since they have more digits than numbers in JSON can.

mod embed;

use plugwright_sdk::{Account, Param, Value, model};

pub use embed::{Embed, EmbedField, EmbedFooter, EmbedImage};

/// Id of the server.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^[0-9]{1,20}$", example = "197038439483310086")]
pub struct GuildId(pub String);

/// Id of the channel, thread or direct message.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^[0-9]{1,20}$", example = "290926798999357250")]
pub struct ChannelId(pub String);

/// Id of the message.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^[0-9]{1,20}$", example = "334385199974967042")]
pub struct MessageId(pub String);

/// Id of the user.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^[0-9]{1,20}$", example = "80351110224678912")]
pub struct UserId(pub String);

/// Id of the role.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^[0-9]{1,20}$", example = "41771983423143936")]
pub struct RoleId(pub String);

/// Id of the webhook.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^[0-9]{1,20}$", example = "223704706495545344")]
pub struct WebhookId(pub String);

/// The emoji itself, or `name:id` of a custom one.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..=64), example = "👍")]
pub struct Emoji(pub String);

/// Why, for the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..=512))]
pub struct Reason(pub String);

/// Kind of a new channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum ChannelKind {
    /// Messages.
    Text,
    /// Voice, and messages beside it.
    Voice,
    /// A heading that other channels stand below.
    Category,
    /// Messages that other servers can follow.
    Announcement,
    /// Threads alone.
    Forum,
}

impl ChannelKind {
    /// Discord's number of it.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Text => 0,
            Self::Voice => 2,
            Self::Category => 4,
            Self::Announcement => 5,
            Self::Forum => 15,
        }
    }
}

/// Who is notified by being mentioned in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum MentionKind {
    /// Users, by `<@id>`.
    Users,
    /// Roles, by `<@&id>`.
    Roles,
    /// Everybody, by `@everyone` and `@here`.
    Everyone,
}

/// A server.
#[model]
pub struct Guild {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it is about.
    pub description: Option<String>,
    /// Id of its owner; lists leave it out.
    pub owner_id: Option<String>,
    /// Whether the bot owns it; in lists.
    pub owner: Option<bool>,
    /// Permissions of the bot, as a number of bits; in lists.
    pub permissions: Option<String>,
    /// Its language, such as `en-US`.
    pub preferred_locale: Option<String>,
    /// About how many members it has.
    pub approximate_member_count: Option<u64>,
    /// About how many of them are online.
    pub approximate_presence_count: Option<u64>,
}

/// A channel, thread or direct message.
#[model]
pub struct Channel {
    /// Id.
    pub id: String,
    /// Kind: 0 text, 1 direct message, 2 voice, 3 direct message of several, 4 category, 5 announcements,
    /// 10 to 12 thread, 13 stage, 15 forum, 16 media.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Name; direct messages have none.
    pub name: Option<String>,
    /// What it is about.
    pub topic: Option<String>,
    /// Id of its server.
    pub guild_id: Option<String>,
    /// Id of the category that it is in, or of the channel that a thread is in.
    pub parent_id: Option<String>,
    /// Place among the channels.
    pub position: Option<i64>,
    /// Whether it is for adults.
    #[serde(default)]
    pub nsfw: bool,
    /// Seconds that people wait between messages.
    pub rate_limit_per_user: Option<u64>,
    /// Id of the last message, which may be deleted.
    pub last_message_id: Option<String>,
    /// Id of who started it, for threads.
    pub owner_id: Option<String>,
    /// Number of messages, for threads.
    pub message_count: Option<u64>,
    /// State, for threads.
    pub thread_metadata: Option<ThreadMetadata>,
    /// The other people, for direct messages.
    pub recipients: Option<Vec<User>>,
}

/// State of a thread.
#[model]
pub struct ThreadMetadata {
    /// Whether it is archived.
    pub archived: bool,
    /// Minutes without messages after which it is archived.
    pub auto_archive_duration: u32,
    /// Whether only moderators can open it again.
    #[serde(default)]
    pub locked: bool,
}

/// A message.
#[model]
pub struct Message {
    /// Id.
    pub id: String,
    /// Id of its channel.
    pub channel_id: String,
    /// Text, in Markdown; empty if the bot may not read it.
    #[serde(default)]
    pub content: String,
    /// Who wrote it.
    pub author: User,
    /// When it was sent (RFC 3339).
    pub timestamp: String,
    /// When it was changed (RFC 3339).
    pub edited_timestamp: Option<String>,
    /// Kind: 0 an ordinary one, 19 a reply, others of the system.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Whether it is pinned.
    #[serde(default)]
    pub pinned: bool,
    /// Files with it.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// Boxes with it, as Discord has them.
    #[serde(default)]
    pub embeds: Vec<Value>,
    /// Reactions to it.
    pub reactions: Option<Vec<Reaction>>,
    /// The message that it replies to.
    pub message_reference: Option<MessageReference>,
    /// Id of the webhook that sent it.
    pub webhook_id: Option<String>,
}

/// A message that another one replies to.
#[model]
pub struct MessageReference {
    /// Id of the message.
    pub message_id: Option<String>,
    /// Id of its channel.
    pub channel_id: Option<String>,
}

/// A file with a message.
#[model]
pub struct Attachment {
    /// Id.
    pub id: String,
    /// Name.
    pub filename: String,
    /// Media type.
    pub content_type: Option<String>,
    /// Size in bytes.
    pub size: u64,
    /// Where it is, for a day or so.
    pub url: String,
}

/// Reactions with one emoji.
#[model]
pub struct Reaction {
    /// How many there are.
    pub count: u64,
    /// Whether the bot is among those who reacted.
    #[serde(default)]
    pub me: bool,
    /// The emoji.
    pub emoji: ReactionEmoji,
}

/// An emoji of a reaction.
#[model]
pub struct ReactionEmoji {
    /// Id, of a custom one.
    pub id: Option<String>,
    /// The emoji itself, or the name of a custom one.
    pub name: Option<String>,
}

/// A message that is pinned.
#[model]
pub struct PinnedMessage {
    /// When it was pinned (RFC 3339).
    pub pinned_at: String,
    /// The message.
    pub message: Message,
}

/// A user or bot.
#[model]
pub struct User {
    /// Id.
    pub id: String,
    /// User name.
    pub username: String,
    /// Name that is shown.
    pub global_name: Option<String>,
    /// Whether it is a bot.
    #[serde(default)]
    pub bot: bool,
}

/// A member of a server.
#[model]
pub struct Member {
    /// The user.
    pub user: User,
    /// Name in the server, if it is another.
    pub nick: Option<String>,
    /// Ids of the roles.
    #[serde(default)]
    pub roles: Vec<String>,
    /// When the member joined (RFC 3339).
    pub joined_at: Option<String>,
    /// Until when the member may not write (RFC 3339).
    pub communication_disabled_until: Option<String>,
    /// Whether the member has not passed the rules yet.
    #[serde(default)]
    pub pending: bool,
}

/// A role in a server.
#[model]
pub struct Role {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Colour as a number; 0 is none.
    pub color: u32,
    /// Place among the roles, the lowest first.
    pub position: i64,
    /// Permissions, as a number of bits.
    pub permissions: String,
    /// Whether everybody can mention it.
    #[serde(default)]
    pub mentionable: bool,
    /// Whether an app manages it, so that nobody can assign it.
    #[serde(default)]
    pub managed: bool,
    /// Whether its members are shown apart.
    #[serde(default)]
    pub hoist: bool,
}

/// A webhook, without its token.
#[model]
pub struct Webhook {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Option<String>,
    /// Id of the channel that it writes in.
    pub channel_id: Option<String>,
    /// Id of the server.
    pub guild_id: Option<String>,
    /// Kind: 1 one that writes, 2 one that follows a channel, 3 one of an app.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Id of the app that made it.
    pub application_id: Option<String>,
}

pub(crate) fn account(user: &Value) -> Option<Account> {
    Some(Account {
        id: user.get("id")?.as_str()?.to_owned(),
        label: user.get("username")?.as_str()?.to_owned(),
    })
}
