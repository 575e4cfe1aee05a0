//! Calendars themselves, for all who have them.

use plugwright_sdk::{ActionContext, Lost, Outcome, Patch, Result, action, params, path};

use crate::model::{Calendar, CalendarId};
use crate::when::TimeZone;

/// Creates a calendar that the account owns.
///
/// It is in the account's list then, and can be shared with others by `acl.create`. Returns the new
/// calendar with its id.
#[action(write, scopes = ["https://www.googleapis.com/auth/calendar.calendars"])]
pub async fn create(
    cx: &ActionContext,
    /// Title.
    #[param(length(1..=254), example = "Team")]
    summary: String,
    /// Text.
    description: Option<String>,
    /// Where it is.
    location: Option<String>,
    /// Time zone; without it, UTC.
    time_zone: Option<TimeZone>,
) -> Result<Calendar> {
    cx.post("/calendars")
        .fields(params![
            summary,
            description,
            location,
            timeZone = time_zone
        ])
        .fetch()
        .await
}

/// Changes a calendar for all who have it: its title, text, place or time zone.
///
/// What is not given stays as it is. For the account alone there is `calendars.set_display`. Returns the
/// changed calendar.
#[action(write, idempotent, scopes = ["https://www.googleapis.com/auth/calendar.calendars"])]
pub async fn update(
    cx: &ActionContext,
    calendar_id: CalendarId,
    /// New title.
    #[param(length(1..=254))]
    summary: Option<String>,
    /// New text; `null` removes it.
    description: Patch<String>,
    /// New place; `null` removes it.
    location: Patch<String>,
    /// New time zone.
    time_zone: Option<TimeZone>,
) -> Result<Calendar> {
    cx.patch(path!("/calendars/{calendar_id}"))
        .fields(params![
            summary,
            description,
            location,
            timeZone = time_zone
        ])
        .fetch()
        .await
}

/// Deletes a calendar that the account owns, with all its events, for all who have it.
///
/// It can't be undone. The account's own calendar can't be deleted, only cleared. Returns nothing.
#[action(
    destructive,
    scopes = ["https://www.googleapis.com/auth/calendar.calendars"],
    reconcile(natural = find_deleted(calendar_id)),
    delete = "/calendars/{calendar_id}"
)]
pub async fn delete(
    cx: &ActionContext,
    /// Id of the calendar.
    #[param(length(1..))]
    calendar_id: String,
) -> Result<()>;

async fn find_deleted(cx: &ActionContext, _: &Lost, calendar_id: String) -> Result<Outcome<()>> {
    let found = cx
        .get(path!("/calendars/{calendar_id}"))
        .fetch::<Calendar>()
        .await;
    Outcome::of_deleted(found)
}

/// Deletes all events of the account's own calendar.
///
/// It can't be undone, and guests of these events lose them as well. Other calendars are deleted as a
/// whole. Returns nothing.
#[action(
    destructive,
    idempotent,
    title = "Delete all events of your calendar",
    scopes = ["https://www.googleapis.com/auth/calendar.calendars"],
    post = "/calendars/primary/clear"
)]
pub async fn clear(cx: &ActionContext) -> Result<()>;
