//! The account's mailbox.

use plugwright_sdk::{ActionContext, Result, action};

use crate::model::Profile;

/// Gets the address of the account and the size of its mailbox.
///
/// Returns the numbers of emails and threads, and the id of the last change, from which `history.list`
/// can start.
#[action(
    read,
    title = "Get the profile of the account",
    scopes = any(
        "https://www.googleapis.com/auth/gmail.readonly",
        "https://www.googleapis.com/auth/gmail.compose"
    ),
    get = "/profile"
)]
pub async fn get(cx: &ActionContext) -> Result<Profile>;
