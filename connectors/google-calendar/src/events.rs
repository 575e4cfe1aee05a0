//! Events.

mod content;

use plugwright_sdk::{
    ActionContext, ErrorCode, Lost, Outcome, Page, Param, Patch, Result, Value, action, json,
    params, path,
};

pub use content::{Guest, NewReminder, Recurrence, ReminderMethod, Transparency, Visibility};
use content::{alarms, guests};

use crate::model::{CalendarId, EVENT_FIELDS, Event, EventId, SendUpdates, Size, pages};
use crate::when::{TimeZone, When, span};

/// Order of a list of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(rename_all = "camelCase")]
pub enum EventOrder {
    /// By start; takes `expand_recurring`.
    StartTime,
    /// By the time of the last change.
    Updated,
}

/// Lists the events of a calendar, such as those between two moments, or those that match a text.
///
/// A recurring event is one event, unless its instances are asked for. Returns title, times, place,
/// guests and state of each, page by page.
#[action(
    read,
    scopes = ["https://www.googleapis.com/auth/calendar.events.readonly"]
)]
pub async fn list(
    cx: &ActionContext,
    calendar_id: CalendarId,
    /// Only events that end after this moment.
    #[param(format = "date-time")]
    time_min: Option<String>,
    /// Only events that start before this moment.
    #[param(format = "date-time")]
    time_max: Option<String>,
    /// Words that title, text, place or guests must have.
    #[param(example = "budget")]
    query: Option<String>,
    /// Whether each instance of a recurring event is listed in its place.
    #[param(default = true)]
    expand_recurring: bool,
    /// Order of the list.
    order_by: Option<EventOrder>,
    /// Only events that changed since this moment, deleted ones too.
    #[param(format = "date-time")]
    updated_min: Option<String>,
    /// Only the event with this id over all calendars.
    ical_uid: Option<String>,
    /// Whether deleted events are listed as well.
    #[param(provider_default = false)]
    show_deleted: Option<bool>,
    /// Time zone of the times in the list; without it, that of the calendar.
    time_zone: Option<TimeZone>,
    /// Events per page.
    limit: Option<Size>,
) -> Result<Page<Event>> {
    cx.get(path!("/calendars/{calendar_id}/events"))
        .query_params(params![
            timeMin = time_min,
            timeMax = time_max,
            q = query,
            singleEvents = expand_recurring,
            orderBy = order_by,
            updatedMin = updated_min,
            iCalUID = ical_uid,
            showDeleted = show_deleted,
            timeZone = time_zone,
            maxResults = limit,
            fields = fields()
        ])
        .page(pages())
        .await
}

/// What a list of events is asked for.
pub(crate) fn fields() -> String {
    format!("nextPageToken,nextSyncToken,items({EVENT_FIELDS})")
}

/// Gets one event of a calendar by its id.
///
/// Returns title, text, times, place, guests with their answers, recurrence, conference and reminders.
#[action(read, scopes = ["https://www.googleapis.com/auth/calendar.events.readonly"])]
pub async fn get(
    cx: &ActionContext,
    calendar_id: CalendarId,
    event_id: EventId,
    /// Time zone of the times; without it, that of the calendar.
    time_zone: Option<TimeZone>,
) -> Result<Event> {
    cx.get(path!("/calendars/{calendar_id}/events/{event_id}"))
        .query("timeZone", time_zone)
        .fetch()
        .await
}

/// Lists the instances of a recurring event, in order, with those that were changed.
///
/// Each has an id of its own, by which it alone can be changed or deleted. Returns title, times, guests
/// and state of each.
#[action(
    read,
    title = "List instances of a recurring event",
    scopes = ["https://www.googleapis.com/auth/calendar.events.readonly"]
)]
pub async fn list_instances(
    cx: &ActionContext,
    calendar_id: CalendarId,
    event_id: EventId,
    /// Only instances that end after this moment.
    #[param(format = "date-time")]
    time_min: Option<String>,
    /// Only instances that start before this moment.
    #[param(format = "date-time")]
    time_max: Option<String>,
    /// Whether deleted instances are listed as well.
    #[param(provider_default = false)]
    show_deleted: Option<bool>,
    /// Instances per page.
    limit: Option<Size>,
) -> Result<Page<Event>> {
    cx.get(path!(
        "/calendars/{calendar_id}/events/{event_id}/instances"
    ))
    .query_params(params![
        timeMin = time_min,
        timeMax = time_max,
        showDeleted = show_deleted,
        maxResults = limit,
        fields = fields()
    ])
    .page(pages())
    .await
}

/// Creates an event in a calendar, of some hours or of whole days.
///
/// Guests get an invitation if `send_updates` says so. The event has an id that is made of the call, so
/// that a repeated call makes no second one. Returns the new event.
#[action(
    write,
    scopes = ["https://www.googleapis.com/auth/calendar.events"],
    reconcile(key = find_created(calendar_id, own_id))
)]
pub async fn create(
    cx: &ActionContext,
    calendar_id: CalendarId,
    /// Title.
    #[param(example = "Planning")]
    summary: String,
    /// Day or moment at which it starts.
    start: When,
    /// Moment at which it ends, or for whole days the day after the last one.
    end: When,
    /// Time zone of the times; required if they have no offset or the event comes again.
    time_zone: Option<TimeZone>,
    /// Text, which may have HTML.
    description: Option<String>,
    /// Where it is.
    location: Option<String>,
    /// Whom to invite.
    attendees: Option<Vec<Guest>>,
    /// Rules by which it comes again.
    recurrence: Option<Vec<Recurrence>>,
    /// Reminders, in place of those of the calendar.
    #[param(length(..=5))]
    reminders: Option<Vec<NewReminder>>,
    /// Whether it leaves its time free.
    #[param(provider_default = Transparency::Opaque)]
    transparency: Option<Transparency>,
    /// Who sees it.
    #[param(provider_default = Visibility::Default)]
    visibility: Option<Visibility>,
    /// Id of its colour, one of `colors.get`.
    color_id: Option<String>,
    /// Whether it gets a video conference in Google Meet.
    #[param(default = false)]
    add_conference: bool,
    /// Who gets an email about it.
    #[param(provider_default = SendUpdates::None)]
    send_updates: Option<SendUpdates>,
    /// An id of your own, 5 to 1024 of the letters `a` to `v` and digits.
    #[param(rename = "id", length(5..=1024), pattern = "^[a-v0-9]+$")]
    own_id: Option<String>,
) -> Result<Event> {
    let (start, end) = span(&start, &end, time_zone.as_ref())?;
    let id = id(own_id.as_deref(), cx.idempotency_key());
    let conference = add_conference.then(|| {
        json!({ "createRequest": {
            "requestId": id,
            "conferenceSolutionKey": { "type": "hangoutsMeet" },
        } })
    });
    let conference_version = add_conference.then_some(1);
    let created = cx
        .post(path!("/calendars/{calendar_id}/events"))
        .query_params(params![
            sendUpdates = send_updates,
            conferenceDataVersion = conference_version
        ])
        .fields(params![
            id = id.clone(),
            summary,
            start,
            end,
            description,
            location,
            attendees = guests(attendees),
            recurrence,
            reminders = alarms(reminders),
            transparency,
            visibility,
            colorId = color_id,
            conferenceData = conference
        ])
        .fetch()
        .await;
    match created {
        // An earlier attempt of this call made it.
        Err(error) if error.code() == ErrorCode::Conflict && own_id.is_none() => {
            cx.get(path!("/calendars/{calendar_id}/events/{id}"))
                .fetch()
                .await
        }
        created => created,
    }
}

/// The id of a new event. Google takes digits and the letters from `a` to `v`, and an id once.
fn id(own: Option<&str>, key: &str) -> String {
    own.map_or_else(|| plugwright_google::call_id(key), str::to_owned)
}

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    calendar_id: CalendarId,
    own_id: Option<String>,
) -> Result<Outcome<Event>> {
    let id = id(own_id.as_deref(), lost.key());
    let found = cx
        .get(path!("/calendars/{calendar_id}/events/{id}"))
        .fetch()
        .await;
    plugwright_google::there(found)
}

/// Creates an event from one line of text, as people type it into Google Calendar.
///
/// Title, day, times and place are read from the text. Returns the new event, which shows how the text
/// was understood.
#[action(
    write,
    title = "Add an event from text",
    scopes = ["https://www.googleapis.com/auth/calendar.events"]
)]
pub async fn quick_add(
    cx: &ActionContext,
    calendar_id: CalendarId,
    /// The line of text.
    #[param(length(1..), example = "Lunch with Ada on Friday at noon at the harbour")]
    text: String,
    /// Who gets an email about it.
    #[param(provider_default = SendUpdates::None)]
    send_updates: Option<SendUpdates>,
) -> Result<Event> {
    cx.post(path!("/calendars/{calendar_id}/events/quickAdd"))
        .query_params(params![text, sendUpdates = send_updates])
        .fetch()
        .await
}

/// Changes an event: its title, text, times, place, guests, recurrence or reminders.
///
/// What is not given stays as it is. Guests, rules and reminders replace those that the event has. Of a
/// recurring event all instances change, of an instance it alone. Returns the changed event.
#[action(
    write,
    idempotent,
    scopes = ["https://www.googleapis.com/auth/calendar.events"],
    all_or_none(start, end),
    requires(time_zone, start)
)]
pub async fn update(
    cx: &ActionContext,
    calendar_id: CalendarId,
    event_id: EventId,
    /// New title.
    summary: Option<String>,
    /// New start, a day or a moment.
    start: Option<When>,
    /// New end, for whole days the day after the last one.
    end: Option<When>,
    /// Time zone of the times; required if they have no offset or the event comes again.
    time_zone: Option<TimeZone>,
    /// New text; `null` removes it.
    description: Patch<String>,
    /// New place; `null` removes it.
    location: Patch<String>,
    /// Guests in place of those invited.
    attendees: Option<Vec<Guest>>,
    /// Rules in place of those it has; `null` makes it come once.
    recurrence: Patch<Vec<Recurrence>>,
    /// Reminders in place of those it has.
    #[param(length(..=5))]
    reminders: Option<Vec<NewReminder>>,
    /// Whether it leaves its time free.
    transparency: Option<Transparency>,
    /// Who sees it.
    visibility: Option<Visibility>,
    /// Id of its colour, one of `colors.get`; `null` gives it that of the calendar.
    color_id: Patch<String>,
    /// Who gets an email about the change.
    #[param(provider_default = SendUpdates::None)]
    send_updates: Option<SendUpdates>,
) -> Result<Event> {
    let (start, end) = match (start, end) {
        (Some(start), Some(end)) => {
            let (start, end) = span(&start, &end, time_zone.as_ref())?;
            (Some(whole(start)), Some(whole(end)))
        }
        _ => (None, None),
    };
    cx.patch(path!("/calendars/{calendar_id}/events/{event_id}"))
        .query("sendUpdates", send_updates)
        .fields(params![
            summary,
            start,
            end,
            description,
            location,
            attendees = guests(attendees),
            recurrence,
            reminders = alarms(reminders),
            transparency,
            visibility,
            colorId = color_id
        ])
        .fetch()
        .await
}

/// A patch keeps what it doesn't name: a day must say that there is no moment any more, and the other
/// way round.
fn whole(mut time: Value) -> Value {
    for name in ["date", "dateTime"] {
        if time.get(name).is_none() {
            time[name] = Value::Null;
        }
    }
    time
}

/// Moves an event to another calendar, whose owner it belongs to then.
///
/// Only events that the calendar itself organizes can be moved, and no instances of recurring ones.
/// Returns the moved event, which keeps its id.
#[action(
    "events.move",
    write,
    scopes = ["https://www.googleapis.com/auth/calendar.events"],
    reconcile(natural = find_moved(event_id, destination_calendar_id))
)]
pub async fn move_to(
    cx: &ActionContext,
    calendar_id: CalendarId,
    event_id: EventId,
    /// Id of the calendar that it goes to.
    #[param(length(1..))]
    destination_calendar_id: String,
    /// Who gets an email about it.
    #[param(provider_default = SendUpdates::None)]
    send_updates: Option<SendUpdates>,
) -> Result<Event> {
    cx.post(path!("/calendars/{calendar_id}/events/{event_id}/move"))
        .query_params(params![
            destination = destination_calendar_id,
            sendUpdates = send_updates
        ])
        .fetch()
        .await
}

async fn find_moved(
    cx: &ActionContext,
    _: &Lost,
    event_id: EventId,
    destination_calendar_id: String,
) -> Result<Outcome<Event>> {
    let found = cx
        .get(path!(
            "/calendars/{destination_calendar_id}/events/{event_id}"
        ))
        .fetch()
        .await;
    plugwright_google::there(found)
}

/// Deletes an event from a calendar, or one instance of a recurring event.
///
/// Guests hear of it if `send_updates` says so. Deleted events can be listed for some time, as
/// `cancelled`. Returns nothing.
#[action(
    destructive,
    scopes = ["https://www.googleapis.com/auth/calendar.events"],
    reconcile(natural = find_deleted(calendar_id, event_id))
)]
pub async fn delete(
    cx: &ActionContext,
    calendar_id: CalendarId,
    event_id: EventId,
    /// Who gets an email about it.
    #[param(provider_default = SendUpdates::None)]
    send_updates: Option<SendUpdates>,
) -> Result<()> {
    cx.delete(path!("/calendars/{calendar_id}/events/{event_id}"))
        .query("sendUpdates", send_updates)
        .fetch()
        .await
}

async fn find_deleted(
    cx: &ActionContext,
    _: &Lost,
    calendar_id: CalendarId,
    event_id: EventId,
) -> Result<Outcome<()>> {
    match get(cx, calendar_id, event_id, None).await {
        Ok(event) if event.status.as_deref() == Some("cancelled") => Ok(Outcome::Done(())),
        found => Outcome::of_deleted(found),
    }
}
