//! The account's list of calendars.

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Result, action, params, path};

use crate::model::{CalendarId, ListedCalendar, Size, pages};

/// What an account may at least do with a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(rename_all = "camelCase")]
pub enum AccessRole {
    /// See free and busy times.
    FreeBusyReader,
    /// Read events.
    Reader,
    /// Change events.
    Writer,
    /// Share and delete it.
    Owner,
}

/// Lists the calendars in the account's list: its own ones, and others that it shows.
///
/// Returns id, title, time zone and colour of each, and what the account may do with it.
#[action(
    "calendars.list",
    read,
    scopes = ["https://www.googleapis.com/auth/calendar.calendarlist.readonly"]
)]
pub async fn list(
    cx: &ActionContext,
    /// Only calendars with which the account may do at least this.
    min_access_role: Option<AccessRole>,
    /// Whether calendars that are hidden in Google Calendar are listed as well.
    #[param(provider_default = false)]
    show_hidden: Option<bool>,
    /// Calendars per page.
    limit: Option<Size>,
) -> Result<Page<ListedCalendar>> {
    cx.get("/users/me/calendarList")
        .query_params(params![
            minAccessRole = min_access_role,
            showHidden = show_hidden,
            maxResults = limit
        ])
        .page(pages())
        .await
}

/// Gets one calendar of the account's list by its id.
///
/// Returns title, text, time zone and colour, and what the account may do with it.
#[action(
    "calendars.get",
    read,
    scopes = ["https://www.googleapis.com/auth/calendar.calendarlist.readonly"],
    get = "/users/me/calendarList/{calendar_id}"
)]
pub async fn get(cx: &ActionContext, calendar_id: CalendarId) -> Result<ListedCalendar>;

/// Adds a calendar that exists to the account's list, such as that of a colleague or of holidays.
///
/// The account must be allowed to see it. Returns the calendar as the list has it.
#[action(
    "calendars.subscribe",
    write,
    title = "Subscribe to a calendar",
    scopes = ["https://www.googleapis.com/auth/calendar.calendarlist"],
    reconcile(natural = find_subscribed(calendar_id))
)]
pub async fn subscribe(
    cx: &ActionContext,
    /// Id of the calendar, often an email address.
    #[param(length(1..), example = "en.uk#holiday@group.v.calendar.google.com")]
    calendar_id: String,
) -> Result<ListedCalendar> {
    cx.post("/users/me/calendarList")
        .field("id", calendar_id)
        .fetch()
        .await
}

async fn find_subscribed(
    cx: &ActionContext,
    _: &Lost,
    calendar_id: String,
) -> Result<Outcome<ListedCalendar>> {
    plugwright_google::there(get(cx, CalendarId(calendar_id)).await)
}

/// Changes how the account's list shows a calendar: its title there, its colour, or whether it is shown.
///
/// Others who have the calendar don't see the change. Returns the calendar as the list has it.
#[action(
    "calendars.set_display",
    write,
    idempotent,
    title = "Change how a calendar is shown",
    scopes = ["https://www.googleapis.com/auth/calendar.calendarlist"]
)]
pub async fn set_display(
    cx: &ActionContext,
    calendar_id: CalendarId,
    /// Title that the account gives it.
    summary: Option<String>,
    /// Id of its colour, one of `colors.get`.
    color_id: Option<String>,
    /// Whether its events are shown.
    selected: Option<bool>,
    /// Whether it is left out of the list.
    hidden: Option<bool>,
) -> Result<ListedCalendar> {
    cx.patch(path!("/users/me/calendarList/{calendar_id}"))
        .fields(params![
            summaryOverride = summary,
            colorId = color_id,
            selected,
            hidden
        ])
        .fetch()
        .await
}

/// Removes a calendar from the account's list.
///
/// The calendar itself stays, and can be subscribed to again. The account's own calendar can't be
/// removed. Returns nothing.
#[action(
    "calendars.unsubscribe",
    write,
    title = "Unsubscribe from a calendar",
    scopes = ["https://www.googleapis.com/auth/calendar.calendarlist"],
    reconcile(natural = find_unsubscribed(calendar_id)),
    delete = "/users/me/calendarList/{calendar_id}"
)]
pub async fn unsubscribe(
    cx: &ActionContext,
    /// Id of the calendar.
    #[param(length(1..))]
    calendar_id: String,
) -> Result<()>;

async fn find_unsubscribed(
    cx: &ActionContext,
    _: &Lost,
    calendar_id: String,
) -> Result<Outcome<()>> {
    Outcome::of_deleted(get(cx, CalendarId(calendar_id)).await)
}
