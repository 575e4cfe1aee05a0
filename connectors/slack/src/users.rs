//! People and bots of the workspace.

use plugwright_sdk::{ActionContext, Page, Result, action, json, params};

use crate::model::{Channel, ChannelType, Limit, Profile, User, UserId, cursors};

/// Lists the people and bots of the workspace, deactivated ones too.
///
/// Returns name, profile, role and time zone of each, page by page.
#[action(read, scopes = ["users:read"], get = "/users.list", page = cursors("/members"))]
pub async fn list(cx: &ActionContext, limit: Limit) -> Result<Page<User>>;

/// Gets one person or bot by its id.
///
/// Returns name, profile with status and email address, role and time zone.
#[action(read, scopes = ["users:read"])]
pub async fn get(cx: &ActionContext, user: UserId) -> Result<User> {
    cx.get("/users.info")
        .query("user", user)
        .fetch_at("/user")
        .await
}

/// Finds the person who has an email address in the workspace.
///
/// Returns the same as `users.get`, or an error if nobody has it.
#[action(read, title = "Find a user by email", scopes = ["users:read.email"])]
pub async fn find_by_email(
    cx: &ActionContext,
    /// The email address.
    #[param(format = "email", example = "ada@example.com")]
    email: String,
) -> Result<User> {
    cx.get("/users.lookupByEmail")
        .query("email", email)
        .fetch_at("/user")
        .await
}

/// Lists the channels that a person is in, as far as the token's account can see them.
///
/// Returns name, topic, purpose and state of each channel, page by page.
#[action(
    read,
    scopes = any("channels:read", "groups:read", "im:read", "mpim:read")
)]
pub async fn list_channels(
    cx: &ActionContext,
    /// Id of the person; the token's account if left out.
    user: Option<UserId>,
    /// Kinds of channels to list; public ones if left out.
    #[param(length(1..))]
    types: Option<Vec<ChannelType>>,
    /// Whether archived channels are left out.
    #[param(default = true)]
    exclude_archived: bool,
    limit: Limit,
) -> Result<Page<Channel>> {
    cx.get("/users.conversations")
        .query("user", user)
        .query_joined("types", ",", types)
        .query_params(params![exclude_archived, limit])
        .page(cursors("/channels"))
        .await
}

/// Sets the status of the token's account: a short text and an emoji beside the name.
///
/// An empty text and an empty emoji remove it. It needs a user token. Returns the profile.
#[action(write, idempotent, title = "Set your status", scopes = ["users.profile:write"])]
pub async fn set_status(
    cx: &ActionContext,
    /// The text.
    #[param(length(..=100), example = "In a meeting")]
    status_text: String,
    /// Name of the emoji, with colons.
    #[param(
        pattern = "^(:[^:]+:)?$",
        default = "",
        example = ":spiral_calendar_pad:"
    )]
    status_emoji: String,
    /// When it ends, as Unix time in seconds; 0 is never.
    #[param(default = 0)]
    status_expiration: u64,
) -> Result<Profile> {
    let profile = json!({
        "status_text": status_text,
        "status_emoji": status_emoji,
        "status_expiration": status_expiration,
    });
    cx.post("/users.profile.set")
        .form_fields(params![profile = profile.to_string()])
        .fetch_at("/profile")
        .await
}
