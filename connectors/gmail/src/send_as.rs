//! Addresses that the account can send from.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{SendAs, list as items};

/// Lists the addresses that the account can send from: its own, and others that it has verified.
///
/// `emails.send` and drafts take them as `from`. Returns address, name, signature and which one is the
/// default.
#[action(
    read,
    title = "List addresses to send from",
    scopes = any(
        "https://www.googleapis.com/auth/gmail.readonly",
        "https://www.googleapis.com/auth/gmail.settings.basic"
    ),
    get = "/settings/sendAs",
    page = items(Whole, "/sendAs")
)]
pub async fn list(cx: &ActionContext) -> Result<Page<SendAs>>;
