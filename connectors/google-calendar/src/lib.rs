#![doc = include_str!("../README.md")]

pub mod acl;
pub mod calendars;
pub mod changes;
pub mod colors;
pub mod events;
mod evidence;
pub mod free_busy;
mod model;
pub mod respond;
pub mod settings;
pub mod subscriptions;
mod when;

use plugwright_sdk::{ConnectorDefinition, actions, cassettes, scope};

/// The Google Calendar connector.
pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new(
    "google-calendar",
    "Google Calendar",
    env!("CARGO_PKG_VERSION"),
)
.description("Calendars: events, invitations, free/busy times and sharing")
.base_url("https://www.googleapis.com/calendar/v3")
.auth(&[plugwright_google::oauth2(&[
    scope(
        "https://www.googleapis.com/auth/calendar",
        "Read, change, share and delete calendars and their events",
    )
    .including(&[
        "https://www.googleapis.com/auth/calendar.readonly",
        "https://www.googleapis.com/auth/calendar.events",
        "https://www.googleapis.com/auth/calendar.events.readonly",
        "https://www.googleapis.com/auth/calendar.freebusy",
        "https://www.googleapis.com/auth/calendar.calendars",
        "https://www.googleapis.com/auth/calendar.calendarlist",
        "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
        "https://www.googleapis.com/auth/calendar.acls",
        "https://www.googleapis.com/auth/calendar.acls.readonly",
        "https://www.googleapis.com/auth/calendar.settings.readonly",
    ]),
    scope(
        "https://www.googleapis.com/auth/calendar.readonly",
        "Read calendars and their events",
    )
    .including(&[
        "https://www.googleapis.com/auth/calendar.events.readonly",
        "https://www.googleapis.com/auth/calendar.freebusy",
        "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
        "https://www.googleapis.com/auth/calendar.settings.readonly",
    ]),
    scope(
        "https://www.googleapis.com/auth/calendar.events",
        "Read and change events",
    )
    .including(&["https://www.googleapis.com/auth/calendar.events.readonly"]),
    scope(
        "https://www.googleapis.com/auth/calendar.events.readonly",
        "Read events",
    ),
    scope(
        "https://www.googleapis.com/auth/calendar.freebusy",
        "See when people are free or busy",
    ),
    scope(
        "https://www.googleapis.com/auth/calendar.calendars",
        "Create, change and delete calendars",
    ),
    scope(
        "https://www.googleapis.com/auth/calendar.calendarlist",
        "See, add and remove calendars in the account's list",
    )
    .including(&["https://www.googleapis.com/auth/calendar.calendarlist.readonly"]),
    scope(
        "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
        "See the account's list of calendars",
    ),
    scope(
        "https://www.googleapis.com/auth/calendar.acls",
        "See and change with whom calendars are shared",
    )
    .including(&["https://www.googleapis.com/auth/calendar.acls.readonly"]),
    scope(
        "https://www.googleapis.com/auth/calendar.acls.readonly",
        "See with whom calendars are shared",
    ),
    scope(
        "https://www.googleapis.com/auth/calendar.settings.readonly",
        "See the account's settings",
    ),
])
.default_scopes(&[
    "https://www.googleapis.com/auth/calendar.events",
    "https://www.googleapis.com/auth/calendar.readonly",
])])
.categories(&["productivity"])
.homepage_url("https://calendar.google.com")
.on_error(model::error)
.identity("/users/me/calendarList/primary", model::account)
.cassettes(cassettes!("tests/cassettes"))
.evidence(evidence::evidence)
.actions(actions![
    events::list,
    changes::list,
    events::get,
    events::list_instances,
    events::create,
    events::quick_add,
    events::update,
    respond::respond,
    events::move_to,
    events::delete,
    free_busy::query,
    subscriptions::list,
    subscriptions::get,
    subscriptions::subscribe,
    subscriptions::set_display,
    subscriptions::unsubscribe,
    calendars::create,
    calendars::update,
    calendars::delete,
    calendars::clear,
    acl::list,
    acl::get,
    acl::create,
    acl::update,
    acl::delete,
    colors::get,
    settings::list,
    settings::get,
]);

pub use model::{
    AclRule, AclScope, Attendee, Busy, BusyError, Calendar, CalendarBusy, CalendarId, Changes,
    Color, Colors, Conference, EntryPoint, Event, EventId, EventTime, FreeBusy, ListedCalendar,
    Person, Reminder, Reminders, SendUpdates, Setting, Size,
};
pub use when::{TimeZone, When};
