//! Times, ids and answers that differ from what one would expect.

use plugwright_google_calendar::CONNECTOR;
use plugwright_sdk::cassette::RecordedBody;
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{ActionError, ErrorCode, Value, json, run};

use crate::action;

fn call(
    name: &str,
    input: Value,
    answers: Vec<(u16, Value)>,
) -> (Result<Value, ActionError>, Vec<(String, Value)>) {
    let cx = MockContext::new(&CONNECTOR, answers);
    let result = block_on(run(action(name), &cx, input));
    let sent = cx.sent().into_iter().map(|request| {
        let body = match request.body {
            Some(RecordedBody::Json(body)) => body,
            _ => Value::Null,
        };
        (format!("{} {}", request.method, request.url.path()), body)
    });
    let sent = sent.collect();
    (result.map(|result| result.data.into_value()), sent)
}

fn duplicate() -> (u16, Value) {
    let fault = json!({ "domain": "global", "reason": "duplicate", "message": "The requested identifier already exists." });
    (
        409,
        json!({ "error": { "code": 409, "message": "The requested identifier already exists.", "errors": [fault] } }),
    )
}

#[test]
fn an_event_that_an_earlier_attempt_made_is_the_one() {
    let input = json!({ "summary": "Planning", "start": "2030-03-05", "end": "2030-03-06" });
    let id = plugwright_google::call_id("test");
    let made = (200, json!({ "id": id, "summary": "Planning" }));
    let (event, sent) = call("events.create", input.clone(), vec![duplicate(), made]);
    assert_eq!(event.unwrap()["summary"], "Planning");
    assert_eq!(sent[0].1["id"], id);
    assert_eq!(
        sent[1].0,
        format!("GET /calendar/v3/calendars/primary/events/{id}")
    );

    // An id of the caller's that is taken is not this call's event.
    let mut own = input;
    own["id"] = "abcde".into();
    let (refused, sent) = call("events.create", own, vec![duplicate()]);
    assert_eq!(refused.unwrap_err().code(), ErrorCode::Conflict);
    assert_eq!(sent.len(), 1);
}

#[test]
fn days_and_moments_are_written_as_google_wants_them() {
    let berlin = Some("Europe/Berlin");
    for (text, zone, expected) in [
        ("2030-01-31", berlin, json!({ "date": "2030-01-31" })),
        ("2030-01-31", None, json!({ "date": "2030-01-31" })),
        (
            "2030-01-31T08:30",
            berlin,
            json!({ "dateTime": "2030-01-31T08:30:00", "timeZone": "Europe/Berlin" }),
        ),
        (
            "2030-01-31T08:30-05:00",
            None,
            json!({ "dateTime": "2030-01-31T08:30:00-05:00" }),
        ),
        (
            "2030-01-31T08:30:15.5Z",
            None,
            json!({ "dateTime": "2030-01-31T08:30:15.5Z" }),
        ),
    ] {
        let mut input = json!({ "summary": "x", "start": text, "end": text });
        if let Some(zone) = zone {
            input["time_zone"] = zone.into();
        }
        let (_, sent) = call("events.create", input, vec![(200, json!({ "id": "1" }))]);
        assert_eq!(sent[0].1["start"], expected, "{text}");
        assert_eq!(sent[0].1["end"], expected, "{text}");
    }
}

#[test]
fn times_that_google_would_not_take_are_refused_unsent() {
    for (start, end, zone, param) in [
        (
            "2030-03-05T09:00:00",
            "2030-03-05T10:00:00",
            None,
            "time_zone",
        ),
        ("2030-03-05", "2030-03-05T10:00:00Z", None, "end"),
        ("tomorrow", "2030-03-05", None, "start"),
        ("2030-03-05", "2030-03-06", Some("Berlin/"), "time_zone"),
    ] {
        let mut input = json!({ "summary": "x", "start": start, "end": end });
        if let Some(zone) = zone {
            input["time_zone"] = zone.into();
        }
        let (refused, sent) = call("events.create", input, vec![(200, json!({}))]);
        let error = refused.unwrap_err();
        assert_eq!(
            (error.code(), error.param()),
            (ErrorCode::ValidationError, Some(param))
        );
        assert!(sent.is_empty());
    }
    let input = json!({ "event_id": "abcde", "start": "2030-03-05" });
    let (refused, _) = call("events.update", input, vec![(200, json!({}))]);
    assert_eq!(refused.unwrap_err().param(), Some("end"));
}

#[test]
fn a_change_to_whole_days_takes_the_moment_away() {
    let input = json!({ "event_id": "abcde", "start": "2030-03-05", "end": "2030-03-06" });
    let (_, sent) = call(
        "events.update",
        input,
        vec![(200, json!({ "id": "abcde" }))],
    );
    assert_eq!(
        sent[0].1,
        json!({
            "start": { "date": "2030-03-05", "dateTime": null },
            "end": { "date": "2030-03-06", "dateTime": null },
        })
    );
}

#[test]
fn only_guests_can_answer() {
    let event = (
        200,
        json!({ "attendees": [{ "email": "grace@example.org" }] }),
    );
    for event in [event, (200, json!({}))] {
        let input = json!({ "event_id": "abcde", "answer": "declined" });
        let (refused, sent) = call("events.respond", input, vec![event]);
        assert_eq!(refused.unwrap_err().code(), ErrorCode::NotFound);
        assert_eq!(sent.len(), 1);
    }
}

#[test]
fn ids_of_calendars_are_one_part_of_a_path() {
    let id = "en.uk#holiday@group.v.calendar.google.com";
    let (_, sent) = call(
        "calendars.get",
        json!({ "calendar_id": id }),
        vec![(200, json!({ "id": id }))],
    );
    let path = &sent[0].0;
    assert!(
        path.contains("en.uk%23holiday") && !path.contains('#'),
        "{path}"
    );
    let (refused, _) = call("calendars.get", json!({ "calendar_id": ".." }), vec![]);
    assert_eq!(refused.unwrap_err().code(), ErrorCode::ValidationError);
}

#[test]
fn what_is_too_old_is_named() {
    for (reason, name, param) in [
        (
            "fullSyncRequired",
            "events.list_changes",
            Some("sync_token"),
        ),
        ("updatedMinTooLongAgo", "events.list", Some("updated_min")),
        ("deleted", "events.list", None),
    ] {
        let error = json!({ "error": { "code": 410, "message": "Gone", "errors": [{ "reason": reason }] } });
        let (refused, _) = call(name, json!({}), vec![(410, error)]);
        let error = refused.unwrap_err();
        assert_eq!(error.param(), param, "{reason}");
        let code = if param.is_some() {
            ErrorCode::ValidationError
        } else {
            ErrorCode::NotFound
        };
        assert_eq!(error.code(), code, "{reason}");
    }
}

#[test]
fn limits_come_as_403() {
    let error = json!({ "error": { "code": 403, "message": "Calendar usage limits exceeded.",
        "errors": [{ "domain": "usageLimits", "reason": "quotaExceeded" }] } });
    let (refused, _) = call("settings.list", json!({}), vec![(403, error)]);
    assert_eq!(refused.unwrap_err().code(), ErrorCode::RateLimited);
}
