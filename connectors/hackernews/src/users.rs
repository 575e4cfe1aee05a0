//! Users.

use plugwright_sdk::{ActionContext, ActionError, ErrorCode, Result, action, path};

use crate::model::User;

/// Gets a user by name: karma, age of the account, self-description and submissions.
///
/// Hacker News knows only users who have posted in public. Returns the ids of the first
/// submissions, as many as asked for, and how many there are.
#[action(read)]
pub async fn get(
    cx: &ActionContext,
    /// Name of the user; upper and lower case differ.
    #[param(length(1..=64), pattern = "^[A-Za-z0-9_-]+$", example = "jl")]
    id: String,
    /// At most this many ids of submissions.
    #[param(default = 30, range(0..=1000))]
    submissions: u32,
) -> Result<User> {
    let user: Option<User> = cx.get(path!("/v0/user/{id}.json")).fetch().await?;
    let mut user = user.ok_or_else(|| {
        ActionError::new(
            ErrorCode::NotFound,
            format!("Hacker News has no user `{id}`"),
        )
        .with_detail("upper and lower case differ, and users who have not posted are not there")
    })?;
    user.submitted_count = user.submitted.len();
    user.submitted.truncate(submissions as usize);
    Ok(user)
}
