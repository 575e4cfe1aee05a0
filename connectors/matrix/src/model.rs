//! Types of Matrix's client-server API, and what its errors mean.

use std::time::Duration;

use plugwright_sdk::{Account, ActionError, ErrorCode, Param, UpstreamResponse, Value, model};

/// Id of the room.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^![^/?#]+$", example = "!n8f893n9:example.org")]
pub struct RoomId(pub String);

/// Alias of the room.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^#[^:]+:[^/?#]+$", example = "#lamps:example.org")]
pub struct RoomAlias(pub String);

/// Id or alias of the room.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(
    pattern = "^(![^/?#]+|#[^:]+:[^/?#]+)$",
    example = "#lamps:example.org"
)]
pub struct RoomRef(pub String);

/// Id of the message.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(
    pattern = "^\\$[^/?#]+$",
    example = "$kSR1SS15jevh5QGdnbZ0KCygVfMcPzcjHL7te30QcVE"
)]
pub struct EventId(pub String);

/// Id of the person.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^@[^:/?#]+:[^/?#]+$", example = "@ada:example.org")]
pub struct UserId(pub String);

/// Items per page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..=100), default = 20)]
pub struct Limit(pub u32);

/// A room that the account has joined.
#[model]
pub struct Room {
    /// Id.
    pub room_id: String,
    /// Name, if it has one.
    pub name: Option<String>,
    /// What it is about.
    pub topic: Option<String>,
    /// Main alias.
    pub alias: Option<String>,
    /// Who may join: `public`, `invite`, `knock` or `restricted`.
    pub join_rule: Option<String>,
    /// Whether its messages are encrypted end to end.
    pub is_encrypted: bool,
    /// Number of people in it.
    pub members: Option<u64>,
    /// Number of people who are invited.
    pub invited: Option<u64>,
    /// Number of messages that the account has not read.
    pub unread: Option<u64>,
    /// When it was made (Unix time in milliseconds).
    pub created_at: Option<u64>,
}

/// A room that the account may join.
#[model]
pub struct Invite {
    /// Id of the room.
    pub room_id: String,
    /// Name of the room, if it has one.
    pub name: Option<String>,
    /// Id of the person who invited.
    pub invited_by: Option<String>,
}

/// A room of a public list.
#[model]
pub struct PublicRoom {
    /// Id.
    pub room_id: String,
    /// Name, if it has one.
    pub name: Option<String>,
    /// What it is about.
    pub topic: Option<String>,
    /// Main alias.
    #[serde(rename(deserialize = "canonical_alias"))]
    pub alias: Option<String>,
    /// Number of people in it.
    #[serde(rename(deserialize = "num_joined_members"))]
    pub members: u64,
    /// Who may join.
    pub join_rule: Option<String>,
    /// Whether it can be read without joining.
    #[serde(default)]
    pub world_readable: bool,
}

/// A page of a public list.
#[model]
pub(crate) struct PublicRooms {
    pub(crate) chunk: Vec<PublicRoom>,
    pub(crate) next_batch: Option<String>,
    pub(crate) total_room_count_estimate: Option<u64>,
}

/// A room by its id.
#[model]
pub struct KnownRoom {
    /// Id of the room.
    pub room_id: String,
}

/// Where an alias leads.
#[model]
pub struct Alias {
    /// Id of the room.
    pub room_id: String,
    /// Servers that know the room.
    #[serde(default)]
    pub servers: Vec<String>,
}

/// A person and a room.
#[model]
pub struct Member {
    /// Id of the person.
    pub user_id: String,
    /// Name for people.
    pub name: Option<String>,
    /// `join`, `invite`, `knock`, `leave` or `ban`.
    pub membership: String,
    /// Why, if somebody said so.
    pub reason: Option<String>,
}

/// A message in a room.
#[model]
pub struct Message {
    /// Id.
    pub event_id: String,
    /// Id of the room.
    pub room_id: Option<String>,
    /// Id of the author.
    pub sender: String,
    /// When it was sent (Unix time in milliseconds).
    pub sent_at: u64,
    /// `m.text`, `m.notice`, `m.emote`, `m.image`, `m.file` and the like; a deleted one has none.
    pub kind: Option<String>,
    /// Text as it is now, or the name of the file.
    pub text: Option<String>,
    /// The text as HTML, if it has formats.
    pub html: Option<String>,
    /// `mxc` address of its file.
    pub file_url: Option<String>,
    /// Id of the message that it replies to.
    pub reply_to: Option<String>,
    /// Id of the first message of its thread.
    pub thread_id: Option<String>,
    /// Whether the text was changed.
    pub is_edited: bool,
    /// Whether it was deleted.
    pub is_deleted: bool,
}

/// What was asked is done; servers say nothing more.
#[model]
pub struct Done {}

/// What was sent.
#[model]
pub struct SentEvent {
    /// Its id.
    pub event_id: String,
}

/// A reaction to a message.
#[model]
pub struct Reaction {
    /// Its id, by which `messages.delete` removes it.
    pub event_id: String,
    /// Id of the person.
    pub sender: String,
    /// The emoji, or a short text.
    pub key: String,
}

/// A file that the server keeps.
#[model]
pub struct StoredFile {
    /// `mxc` address.
    #[serde(rename(deserialize = "content_uri"))]
    pub url: String,
}

/// A person.
#[model]
pub struct User {
    /// Id.
    pub user_id: String,
    /// Name for people.
    #[serde(alias = "displayname")]
    pub display_name: Option<String>,
    /// `mxc` address of the picture.
    pub avatar_url: Option<String>,
}

/// What a person says of themselves.
#[model]
pub(crate) struct Profile {
    pub(crate) displayname: Option<String>,
    pub(crate) avatar_url: Option<String>,
}

pub(crate) fn account(whoami: &Value) -> Option<Account> {
    let id = whoami.get("user_id")?.as_str()?;
    Some(Account {
        id: id.to_owned(),
        label: id.to_owned(),
    })
}

/// Turns what differs from the usual meaning of a status into an error.
pub(crate) fn error(response: &UpstreamResponse) -> Option<ActionError> {
    let body = response.json()?;
    let code = body.get("errcode")?.as_str()?;
    let error = match code {
        "M_ROOM_IN_USE" => ActionError::new(ErrorCode::Conflict, "the alias is taken"),
        "M_DUPLICATE_ANNOTATION" => {
            ActionError::new(ErrorCode::Conflict, "the account has reacted so already")
        }
        "M_USER_DEACTIVATED" => {
            ActionError::new(ErrorCode::AuthInvalid, "the account is deactivated")
        }
        _ => response.status_error()?,
    };
    let error = match body.get("retry_after_ms").and_then(Value::as_u64) {
        Some(wait) => error.with_retry_after(Duration::from_millis(wait)),
        None => error,
    };
    let detail = body.get("error").and_then(Value::as_str);
    Some(error.with_detail(detail.unwrap_or(code)))
}
