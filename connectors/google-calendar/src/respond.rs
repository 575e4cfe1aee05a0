//! Answers to invitations.

use plugwright_sdk::http::RequestValue as _;
use plugwright_sdk::{ActionContext, ActionError, ErrorCode, Param, Result, Value, action, path};

use crate::model::{CalendarId, Event, EventId, SendUpdates};

/// An answer to an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Answer {
    /// Yes.
    Accepted,
    /// No.
    Declined,
    /// Maybe.
    Tentative,
}

/// Answers an invitation to an event: yes, no or maybe.
///
/// The organizer sees the answer, and gets an email of it if `send_updates` says so. Returns the event
/// with the answers of all guests.
#[action(
    "events.respond",
    write,
    idempotent,
    title = "Answer an invitation",
    scopes = ["https://www.googleapis.com/auth/calendar.events"]
)]
pub async fn respond(
    cx: &ActionContext,
    calendar_id: CalendarId,
    event_id: EventId,
    /// The answer.
    answer: Answer,
    /// What to say with it.
    comment: Option<String>,
    /// Who gets an email of it.
    #[param(provider_default = SendUpdates::None)]
    send_updates: Option<SendUpdates>,
) -> Result<Event> {
    let place = path!("/calendars/{calendar_id}/events/{event_id}");
    let event: Value = cx.get(place).query("fields", "attendees").fetch().await?;
    // A patch replaces the whole list, so that what others answered is sent back as it came.
    let mut attendees = event.get("attendees").cloned().unwrap_or_default();
    let guests = attendees.as_array_mut().into_iter().flatten();
    let mut own = guests.filter(|guest| guest.get("self").and_then(Value::as_bool) == Some(true));
    let Some(own) = own.next() else {
        return Err(ActionError::new(
            ErrorCode::NotFound,
            "the account is not invited to this event",
        ));
    };
    own["responseStatus"] = answer.request_value().unwrap_or_default();
    if let Some(comment) = comment {
        own["comment"] = comment.into();
    }
    cx.patch(path!("/calendars/{calendar_id}/events/{event_id}"))
        .query("sendUpdates", send_updates)
        .field("attendees", attendees)
        .fetch()
        .await
}
