//! What changed in a mailbox.

use plugwright_sdk::{ActionContext, Page, Result, action, params};

use crate::model::{HistoryRecord, HistoryType, Size, pages};

/// Lists what changed in the mailbox since a known state, oldest first.
///
/// Start with the `history_id` of `profile.get`, and next time with the id of the last change. Gmail
/// keeps changes for about a week: an older id is `NOT_FOUND`, and all emails have to be read again.
#[action(
    read,
    title = "List changes of the mailbox",
    scopes = ["https://www.googleapis.com/auth/gmail.readonly"]
)]
pub async fn list(
    cx: &ActionContext,
    /// Id of the change after which the list starts.
    #[param(pattern = "^[0-9]+$", example = "99742")]
    start_history_id: String,
    /// Only changes of these kinds.
    #[param(length(1..))]
    history_types: Option<Vec<HistoryType>>,
    /// Only changes of emails that have the label with this id.
    label_id: Option<String>,
    /// Changes per page.
    limit: Option<Size>,
) -> Result<Page<HistoryRecord>> {
    cx.get("/history")
        .query_params(params![
            startHistoryId = start_history_id,
            historyTypes = history_types,
            labelId = label_id,
            maxResults = limit
        ])
        .page(pages("/history"))
        .await
}
