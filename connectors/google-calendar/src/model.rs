//! Types of the Google Calendar API, and what its errors mean.

use std::collections::BTreeMap;

use plugwright_sdk::pagination::{CursorField, Pagination};
use plugwright_sdk::{Account, ActionError, Param, UpstreamResponse, Value, model};

/// Id of the calendar, from `calendars.list`; `primary` is the account's own.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), default = "primary")]
pub struct CalendarId(pub String);

/// Id of the event.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "0nsfi5ttd2b17ac76ma2f37oi9")]
pub struct EventId(pub String);

/// Items per page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..=250), provider_default = 100)]
pub struct Size(pub u32);

/// Who gets an email about a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(rename_all = "camelCase")]
pub enum SendUpdates {
    /// All guests.
    All,
    /// Guests who don't use Google Calendar.
    ExternalOnly,
    /// Nobody.
    None,
}

/// An event.
#[model]
pub struct Event {
    /// Id in the calendar.
    pub id: String,
    /// `confirmed`, `tentative`, or `cancelled` for a deleted one.
    pub status: Option<String>,
    /// Title.
    pub summary: Option<String>,
    /// Text, which may have HTML.
    pub description: Option<String>,
    /// Where it is.
    pub location: Option<String>,
    /// When it starts.
    pub start: Option<EventTime>,
    /// When it ends; for whole days, the day after the last one.
    pub end: Option<EventTime>,
    /// Rules by which it comes again (RFC 5545), such as `RRULE:FREQ=WEEKLY`.
    pub recurrence: Option<Vec<String>>,
    /// Id of the event that this is one instance of.
    #[serde(rename(deserialize = "recurringEventId"))]
    pub recurring_event_id: Option<String>,
    /// When this instance would be by the rules.
    #[serde(rename(deserialize = "originalStartTime"))]
    pub original_start: Option<EventTime>,
    /// Whose event it is.
    pub organizer: Option<Person>,
    /// Who is invited.
    #[serde(default)]
    pub attendees: Vec<Attendee>,
    /// Address of the video conference in Google Meet.
    #[serde(rename(deserialize = "hangoutLink"))]
    pub meet_url: Option<String>,
    /// The conference, with all ways to join it.
    #[serde(rename(deserialize = "conferenceData"))]
    pub conference: Option<Conference>,
    /// Reminders, where they are not those of the calendar.
    pub reminders: Option<Reminders>,
    /// `transparent` if it leaves its time free; it counts as busy otherwise.
    pub transparency: Option<String>,
    /// Who sees it: `default`, `public`, `private` or `confidential`.
    pub visibility: Option<String>,
    /// Id of its colour, one of `colors.get`.
    #[serde(rename(deserialize = "colorId"))]
    pub color_id: Option<String>,
    /// `default`, `outOfOffice`, `focusTime`, `workingLocation`, `birthday` or `fromGmail`.
    #[serde(rename(deserialize = "eventType"))]
    pub event_type: Option<String>,
    /// Address of its page.
    #[serde(rename(deserialize = "htmlLink"))]
    pub html_url: Option<String>,
    /// Id over all calendars (RFC 5545).
    #[serde(rename(deserialize = "iCalUID"))]
    pub ical_uid: Option<String>,
    /// When it was made (RFC 3339).
    #[serde(rename(deserialize = "created"))]
    pub created_at: Option<String>,
    /// When it last changed (RFC 3339).
    #[serde(rename(deserialize = "updated"))]
    pub updated_at: Option<String>,
}

/// What lists ask for of each event, so that they have no more than [`Event`].
pub(crate) const EVENT_FIELDS: &str = "id,status,summary,description,location,start,end,recurrence,recurringEventId,\
    originalStartTime,organizer,attendees,hangoutLink,conferenceData,reminders,transparency,visibility,colorId,\
    eventType,htmlLink,iCalUID,created,updated";

/// A day, or a moment.
#[model]
pub struct EventTime {
    /// The day, of an event of whole days.
    pub date: Option<String>,
    /// The moment (RFC 3339).
    #[serde(rename(deserialize = "dateTime"))]
    pub date_time: Option<String>,
    /// Time zone in which it comes again.
    #[serde(rename(deserialize = "timeZone"))]
    pub time_zone: Option<String>,
}

/// A person with a calendar.
#[model]
pub struct Person {
    /// Email address.
    pub email: Option<String>,
    /// Name.
    #[serde(rename(deserialize = "displayName"))]
    pub display_name: Option<String>,
    /// Whether it is the calendar that the event was read from.
    #[serde(rename(deserialize = "self"), default)]
    pub is_self: bool,
}

/// A guest.
#[allow(
    clippy::struct_excessive_bools,
    reason = "they are Google's, and any of them can go with any other"
)]
#[model]
pub struct Attendee {
    /// Email address.
    pub email: Option<String>,
    /// Name.
    #[serde(rename(deserialize = "displayName"))]
    pub display_name: Option<String>,
    /// `needsAction`, `accepted`, `declined` or `tentative`.
    #[serde(rename(deserialize = "responseStatus"))]
    pub response_status: Option<String>,
    /// What the guest says with the answer.
    pub comment: Option<String>,
    /// Whether the guest need not come.
    #[serde(default)]
    pub optional: bool,
    /// Whether it is whose event it is.
    #[serde(default)]
    pub organizer: bool,
    /// Whether it is a room or another thing.
    #[serde(default)]
    pub resource: bool,
    /// Whether it is the calendar that the event was read from.
    #[serde(rename(deserialize = "self"), default)]
    pub is_self: bool,
}

/// A conference.
#[model]
pub struct Conference {
    /// Id.
    #[serde(rename(deserialize = "conferenceId"))]
    pub id: Option<String>,
    /// Ways to join it.
    #[serde(rename(deserialize = "entryPoints"), default)]
    pub entry_points: Vec<EntryPoint>,
}

/// A way to join a conference.
#[model]
pub struct EntryPoint {
    /// `video`, `phone`, `sip` or `more`.
    #[serde(rename(deserialize = "entryPointType"))]
    pub kind: Option<String>,
    /// Address, such as `https:` or `tel:`.
    pub uri: Option<String>,
    /// Number to enter after dialling in.
    pub pin: Option<String>,
}

/// Reminders of an event.
#[model]
pub struct Reminders {
    /// Whether they are those of the calendar.
    #[serde(rename(deserialize = "useDefault"), default)]
    pub use_default: bool,
    /// The event's own ones.
    #[serde(default)]
    pub overrides: Vec<Reminder>,
}

/// A reminder.
#[model]
pub struct Reminder {
    /// `email` or `popup`.
    pub method: String,
    /// How many minutes before the start.
    pub minutes: u32,
}

/// What changed in a calendar.
#[model]
pub struct Changes {
    /// The events as they are now; deleted ones are `cancelled` and have little more than their id.
    #[serde(rename(deserialize = "items"), default)]
    pub events: Vec<Event>,
    /// What to pass for the next page of the same changes.
    #[serde(rename(deserialize = "nextPageToken"))]
    pub page_token: Option<String>,
    /// What to pass next time, for changes from now on; on the last page.
    #[serde(rename(deserialize = "nextSyncToken"))]
    pub sync_token: Option<String>,
}

/// A calendar in the account's list.
#[model]
pub struct ListedCalendar {
    /// Id.
    pub id: String,
    /// Title.
    pub summary: Option<String>,
    /// The title that the account gave it.
    #[serde(rename(deserialize = "summaryOverride"))]
    pub summary_override: Option<String>,
    /// Text.
    pub description: Option<String>,
    /// Where it is.
    pub location: Option<String>,
    /// Time zone.
    #[serde(rename(deserialize = "timeZone"))]
    pub time_zone: Option<String>,
    /// What the account may do: `freeBusyReader`, `reader`, `writer` or `owner`.
    #[serde(rename(deserialize = "accessRole"))]
    pub access_role: Option<String>,
    /// Whether it is the account's own.
    #[serde(default)]
    pub primary: bool,
    /// Whether it is shown in Google Calendar.
    #[serde(default)]
    pub selected: bool,
    /// Whether it is left out of the list there.
    #[serde(default)]
    pub hidden: bool,
    /// Colour of its events, such as `#9fe1e7`.
    #[serde(rename(deserialize = "backgroundColor"))]
    pub background_color: Option<String>,
}

/// A calendar.
#[model]
pub struct Calendar {
    /// Id.
    pub id: String,
    /// Title.
    pub summary: Option<String>,
    /// Text.
    pub description: Option<String>,
    /// Where it is.
    pub location: Option<String>,
    /// Time zone.
    #[serde(rename(deserialize = "timeZone"))]
    pub time_zone: Option<String>,
}

/// When calendars are busy.
#[model]
pub struct FreeBusy {
    /// The times of each, by the id of the calendar.
    #[serde(default)]
    pub calendars: BTreeMap<String, CalendarBusy>,
}

/// When a calendar is busy.
#[model]
pub struct CalendarBusy {
    /// The busy times, in order.
    #[serde(default)]
    pub busy: Vec<Busy>,
    /// Why they are not known, such as `notFound`.
    #[serde(default)]
    pub errors: Vec<BusyError>,
}

/// A busy time.
#[model]
pub struct Busy {
    /// When it starts (RFC 3339).
    pub start: String,
    /// When it ends (RFC 3339).
    pub end: String,
}

/// Why the times of a calendar are not known.
#[model]
pub struct BusyError {
    /// The reason, such as `notFound`.
    pub reason: String,
}

/// With whom a calendar is shared.
#[model]
pub struct AclRule {
    /// Id, such as `user:ada@example.com`.
    pub id: String,
    /// `none`, `freeBusyReader`, `reader`, `writer` or `owner`.
    pub role: Option<String>,
    /// Whom the rule is for.
    pub scope: Option<AclScope>,
}

/// Whom a rule is for.
#[model]
pub struct AclScope {
    /// `default` for everybody, `user`, `group` or `domain`.
    pub r#type: Option<String>,
    /// Email address or domain; absent for everybody.
    pub value: Option<String>,
}

/// Colours that calendars and events can have.
#[model]
pub struct Colors {
    /// Those of calendars, by their ids.
    #[serde(default)]
    pub calendar: BTreeMap<String, Color>,
    /// Those of events, by their ids.
    #[serde(default)]
    pub event: BTreeMap<String, Color>,
}

/// A colour.
#[model]
pub struct Color {
    /// Colour behind the text, such as `#a4bdfc`.
    pub background: Option<String>,
    /// Colour of the text.
    pub foreground: Option<String>,
}

/// A setting of the account.
#[model]
pub struct Setting {
    /// Name, such as `timezone`, `locale` or `weekStart`.
    pub id: String,
    /// Value.
    pub value: Option<String>,
}

/// Lists come as `items` with a `nextPageToken`.
pub(crate) fn pages() -> impl Pagination {
    CursorField::new("pageToken", "/nextPageToken")
        .items("/items")
        .omitted_if_empty()
}

pub(crate) fn account(calendar: &Value) -> Option<Account> {
    // The account's own calendar has its address as the id.
    let id = calendar.get("id")?.as_str()?;
    Some(Account {
        id: id.to_owned(),
        label: id.to_owned(),
    })
}

/// Turns what differs from the usual meaning of a status into an error.
pub(crate) fn error(response: &UpstreamResponse) -> Option<ActionError> {
    if response.status == 410 {
        let body = response.json().unwrap_or_default();
        let reason = body.pointer("/error/errors/0/reason");
        let param = match reason.and_then(Value::as_str) {
            Some("fullSyncRequired") => Some("sync_token"),
            Some("updatedMinTooLongAgo") => Some("updated_min"),
            _ => None,
        };
        if let Some(param) = param {
            let problem = "is too old; leave it out, and read everything again";
            return Some(ActionError::invalid_param(param, problem));
        }
    }
    plugwright_google::error(response)
}
