//! What Google Calendar tells of writes, for `plugwright check --faults`.

use plugwright_sdk::{Inquiry, Value, json};

pub(crate) fn evidence(inquiry: &Inquiry<'_>) -> Option<(u16, Value)> {
    let missing = json!({ "error": { "code": 404, "message": "Not Found" } });
    match (inquiry.action, &inquiry.path()[..]) {
        ("events.move", [.., calendar, "events", event])
            if inquiry.is_param(calendar, "destination_calendar_id")
                && inquiry.is_param(event, "event_id") =>
        {
            Some(match inquiry.applied {
                [.., moved] => (200, moved.answer.clone()),
                [] => (404, missing),
            })
        }
        ("calendars.delete", [.., "calendars", id]) if inquiry.is_param(id, "calendar_id") => {
            match inquiry.applied {
                [] => inquiry.recorded("calendars.update"),
                _ => Some((404, missing)),
            }
        }
        _ => None,
    }
}
