//! When people are free.

use plugwright_sdk::{ActionContext, Result, Value, action, json, params};

use crate::model::FreeBusy;
use crate::when::TimeZone;

/// Finds out when calendars are busy, for up to 50 calendars and about two months.
///
/// It takes no more than the right to see free and busy times, so that it works for most people of an
/// organization by their addresses. Returns the busy times of each calendar.
#[action(
    read,
    title = "Find busy times",
    scopes = ["https://www.googleapis.com/auth/calendar.freebusy"]
)]
pub async fn query(
    cx: &ActionContext,
    /// Ids of calendars, or email addresses of people and groups.
    #[param(length(1..=50), example = vec!["primary".to_owned(), "grace@example.org".to_owned()])]
    calendar_ids: Vec<String>,
    /// Start of the time in question.
    #[param(format = "date-time")]
    time_min: String,
    /// End of the time in question.
    #[param(format = "date-time")]
    time_max: String,
    /// Time zone of the times in the result.
    #[param(provider_default = TimeZone("UTC".to_owned()))]
    time_zone: Option<TimeZone>,
) -> Result<FreeBusy> {
    let calendars = calendar_ids.into_iter().map(|id| json!({ "id": id }));
    let items: Vec<Value> = calendars.collect();
    cx.post("/freeBusy")
        .fields(params![
            timeMin = time_min,
            timeMax = time_max,
            timeZone = time_zone,
            items
        ])
        .fetch()
        .await
}
