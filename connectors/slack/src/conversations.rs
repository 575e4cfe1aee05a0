//! Direct messages.

use plugwright_sdk::{ActionContext, Result, action, params};

use crate::channels::joined;
use crate::model::{Channel, UserId};

/// Opens the direct message with one person, or with several.
///
/// It is made if there is none yet, and the same one is returned later. Returns its id, which
/// `messages.send` takes as a channel.
#[action(
    write,
    idempotent,
    title = "Open a direct message",
    scopes = any("im:write", "mpim:write")
)]
pub async fn open(
    cx: &ActionContext,
    /// Ids of the people, without the token's account.
    #[param(length(1..=8))]
    users: Vec<UserId>,
) -> Result<Channel> {
    cx.post("/conversations.open")
        .form_fields(params![users = joined(&users)])
        .fetch_at("/channel")
        .await
}
