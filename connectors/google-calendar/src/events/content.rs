//! What is in an event, as callers give it.

use plugwright_sdk::http::RequestValue as _;
use plugwright_sdk::{Param, Params, Value, json};

/// Whether an event leaves its time free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Transparency {
    /// It counts as busy.
    Opaque,
    /// It leaves the time free.
    Transparent,
}

/// Who sees an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Visibility {
    /// As the calendar says.
    Default,
    /// All who see the calendar.
    Public,
    /// The guests alone.
    Private,
    /// The guests alone; the same as `private`.
    Confidential,
}

/// How a reminder is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum ReminderMethod {
    /// By email.
    Email,
    /// In Google Calendar's apps.
    Popup,
}

/// Whom to invite.
#[derive(Clone, Debug, Params)]
pub struct Guest {
    /// Email address.
    #[param(format = "email")]
    pub email: String,
    /// Whether the guest need not come.
    #[param(provider_default = false)]
    pub optional: Option<bool>,
}

/// A reminder to set.
#[derive(Clone, Debug, Params)]
pub struct NewReminder {
    /// How it is sent.
    pub method: ReminderMethod,
    /// How many minutes before the start.
    #[param(range(0..=40320))]
    pub minutes: u32,
}

/// A rule by which an event comes again (RFC 5545).
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(
    pattern = "^(RRULE|EXRULE|RDATE|EXDATE)[:;]",
    example = "RRULE:FREQ=WEEKLY;BYDAY=MO,TH;COUNT=10"
)]
pub struct Recurrence(pub String);

/// Writes guests as Google takes them.
pub(super) fn guests(guests: Option<Vec<Guest>>) -> Option<Vec<Value>> {
    let guest = |guest: Guest| {
        plugwright_google::given(json!({ "email": guest.email, "optional": guest.optional }))
    };
    Some(guests?.into_iter().map(guest).collect())
}

/// Writes reminders as Google takes them, in place of those of the calendar.
pub(super) fn alarms(reminders: Option<Vec<NewReminder>>) -> Option<Value> {
    let reminder = |reminder: NewReminder| json!({ "method": reminder.method.request_value(), "minutes": reminder.minutes });
    let overrides: Vec<Value> = reminders?.into_iter().map(reminder).collect();
    Some(json!({ "useDefault": false, "overrides": overrides }))
}
