//! Notifications of the signed-in account.

use plugwright_sdk::{ActionContext, Result, action, model, params, path};

use crate::answer;

/// What came of marking notifications.
#[model]
pub struct Marking {
    /// Whether all are marked; if not, GitHub goes on in the background, since there are many.
    pub complete: bool,
}

/// Marks all notifications of the signed-in account as read, or those up to a moment.
///
/// Threads that change later are unread again. Returns whether it is done, or goes on in the
/// background.
#[action(write, idempotent, title = "Mark notifications as read", scopes = ["notifications"])]
pub async fn mark_read(
    cx: &ActionContext,
    /// Moment after which changed notifications stay unread; without it, all are marked.
    #[param(format = "date-time", example = "2030-01-31T08:30:00Z")]
    last_read_at: Option<String>,
) -> Result<Marking> {
    let response = cx
        .put(path!("/notifications"))
        .fields(params![last_read_at])
        .optional_body()
        .send()
        .await?;
    match response.status {
        205 => Ok(Marking { complete: true }),
        202 => Ok(Marking { complete: false }),
        status => Err(answer::invalid(format!(
            "GitHub answers HTTP {status}, which says neither that all are marked nor that it goes on"
        ))),
    }
}
