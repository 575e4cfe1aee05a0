//! What changed in a calendar.

use plugwright_sdk::{ActionContext, Result, action, params, path};

use crate::events::fields;
use crate::model::{CalendarId, Changes, Size};

/// Lists the events of a calendar that changed since the last time, deleted ones too.
///
/// Without a token it lists all events. Pass `page_token` of the result until it has none, and keep
/// `sync_token` of the last page for the next time. A token that is too old is refused: leave it out then.
#[action(
    "events.list_changes",
    read,
    title = "List changes of events",
    scopes = ["https://www.googleapis.com/auth/calendar.events.readonly"]
)]
pub async fn list(
    cx: &ActionContext,
    calendar_id: CalendarId,
    /// The `sync_token` of the last time.
    sync_token: Option<String>,
    /// The `page_token` of the page before.
    page_token: Option<String>,
    /// Events per page.
    limit: Option<Size>,
) -> Result<Changes> {
    cx.get(path!("/calendars/{calendar_id}/events"))
        .query_params(params![
            syncToken = sync_token,
            pageToken = page_token,
            maxResults = limit,
            fields = fields()
        ])
        .fetch()
        .await
}
