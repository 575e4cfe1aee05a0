//! Lost writes are found again in what Google answers, and nothing else is taken for them.

use std::time::SystemTime;

use plugwright_google_calendar::CONNECTOR;
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{Action as _, Cassette, Lost, Outcome, Value, json};

use crate::action;

/// Looks for the write of an action's cassette; returns the path that was asked too.
fn find(name: &str, answer: (u16, Value)) -> (Outcome<Value>, String) {
    let cassettes = Cassette::shipped(CONNECTOR.cassettes()).unwrap();
    let cassette = cassettes
        .into_iter()
        .find(|one| one.action == name)
        .unwrap();
    let cx = MockContext::new(&CONNECTOR, [answer]);
    let lost = Lost::new(SystemTime::now(), "key");
    let found = action(name)
        .reconcile(cassette.call.input.into(), lost)
        .unwrap();
    let outcome = block_on(found.unwrap().find(&cx)).unwrap();
    let sent = cx.sent();
    assert!(sent.iter().all(|request| request.method == "GET"));
    let outcome = outcome.try_map(|result| Ok::<_, ()>(result.data.into_value()));
    (outcome.unwrap(), sent[0].url.path().to_owned())
}

fn missing() -> (u16, Value) {
    (
        404,
        json!({ "error": { "code": 404, "message": "Not Found" } }),
    )
}

#[test]
fn an_event_is_found_by_the_id_that_the_call_gave_it() {
    let id = plugwright_google::call_id("key");
    let (found, path) = find("events.create", (200, json!({ "id": id })));
    assert!(matches!(found, Outcome::Done(_)), "{found:?}");
    assert!(path.ends_with(&format!("/events/{id}")), "{path}");
    assert_eq!(find("events.create", missing()).0, Outcome::NotDone);
}

#[test]
fn a_moved_event_is_in_its_new_calendar() {
    let (found, path) = find("events.move", (200, json!({ "id": "my_id" })));
    assert!(matches!(found, Outcome::Done(_)), "{found:?}");
    assert_eq!(path, "/calendar/v3/calendars/my_destination/events/my_id");
    assert_eq!(find("events.move", missing()).0, Outcome::NotDone);
}

#[test]
fn what_was_deleted_is_gone_or_says_so() {
    for (name, deleted) in [
        (
            "events.delete",
            Some(json!({ "id": "1", "status": "cancelled" })),
        ),
        ("acl.delete", Some(json!({ "id": "1", "role": "none" }))),
        ("calendars.delete", None),
        ("calendars.unsubscribe", None),
    ] {
        let answers = [Some(missing()), deleted.map(|deleted| (200, deleted))];
        for answer in answers.into_iter().flatten() {
            assert_eq!(find(name, answer).0, Outcome::Done(json!({})), "{name}");
        }
        let there = (
            200,
            json!({ "id": "1", "status": "confirmed", "role": "reader" }),
        );
        assert_eq!(find(name, there).0, Outcome::NotDone, "{name}");
    }
}

#[test]
fn a_calendar_is_shared_if_the_rule_has_the_role() {
    let (found, path) = find("acl.create", (200, json!({ "id": "1", "role": "reader" })));
    assert!(matches!(found, Outcome::Done(_)), "{found:?}");
    assert!(
        path.ends_with("grace@example.org") || path.ends_with("grace%40example.org"),
        "{path}"
    );
    let other = (200, json!({ "id": "1", "role": "owner" }));
    assert_eq!(find("acl.create", other).0, Outcome::NotDone);
    assert_eq!(find("acl.create", missing()).0, Outcome::NotDone);
    let (found, _) = find("calendars.subscribe", (200, json!({ "id": "my_id" })));
    assert!(matches!(found, Outcome::Done(_)), "{found:?}");
    assert_eq!(find("calendars.subscribe", missing()).0, Outcome::NotDone);
}

#[test]
fn every_other_write_has_nothing_to_be_found_by() {
    let without: Vec<_> = CONNECTOR
        .actions()
        .iter()
        .filter(|action| !action.idempotent() && action.reconciles_by().is_none())
        .map(|action| action.name())
        .collect();
    // Google takes the text apart, and several calendars may have one title.
    assert_eq!(without, ["events.quick_add", "calendars.create"]);
}
