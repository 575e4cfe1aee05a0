//! Lost writes are found again in what Gmail answers, and nothing else is taken for them.

use std::time::{Duration, SystemTime};

use plugwright_gmail::CONNECTOR;
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{Action as _, Cassette, Lost, Outcome, Result, Value, json};

use crate::action;

fn find(name: &str, at: SystemTime, answers: Vec<(u16, Value)>) -> Result<Outcome<Value>> {
    let cassettes = Cassette::shipped(CONNECTOR.cassettes()).unwrap();
    let cassette = cassettes
        .into_iter()
        .find(|one| one.action == name)
        .unwrap();
    let cx = MockContext::new(&CONNECTOR, answers);
    let found = action(name).reconcile(cassette.call.input.into(), Lost::new(at, "key"))?;
    let outcome = block_on(found.unwrap().find(&cx))?;
    assert!(cx.sent().iter().all(|request| request.method == "GET"));
    outcome.try_map(|result| Ok(result.data.into_value()))
}

/// 2030-03-05T08:30:00Z, when the emails below were received.
fn received() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_mins(31_648_830)
}

fn email(id: &str, call: Option<&str>) -> (u16, Value) {
    let headers = call.map(|call| json!({ "name": "x-plugwright-call", "value": call }));
    let headers: Vec<_> = headers.into_iter().collect();
    (
        200,
        json!({ "id": id, "internalDate": "1898929800000", "payload": { "headers": headers } }),
    )
}

#[test]
fn an_email_is_found_by_the_call_that_it_names() {
    let call = plugwright_google::call_id("key");
    for (name, list, one) in [
        (
            "emails.send",
            "messages",
            json!({ "id": "2", "threadId": "T" }),
        ),
        (
            "emails.reply",
            "messages",
            json!({ "id": "2", "threadId": "T" }),
        ),
        (
            "drafts.create",
            "drafts",
            json!({ "id": "d", "message": { "id": "2" } }),
        ),
    ] {
        let other = match list {
            "drafts" => json!({ "id": "e", "message": { "id": "1" } }),
            _ => json!({ "id": "1", "threadId": "T" }),
        };
        let listed = (200, json!({ list: [other, one] }));
        let found = find(
            name,
            received(),
            vec![
                listed.clone(),
                email("1", Some("another")),
                email("2", Some(&call)),
            ],
        );
        let Outcome::Done(found) = found.unwrap() else {
            panic!("{name} is not found");
        };
        assert_eq!(found["id"], one["id"]);

        let found = find(
            name,
            received(),
            vec![listed.clone(), email("1", None), email("2", None)],
        );
        assert_eq!(found.unwrap(), Outcome::NotDone, "{name}");
        // The first one is too old, and so are those that follow.
        let later = received() + Duration::from_mins(5);
        let found = find(name, later, vec![listed.clone(), email("1", None)]);
        assert_eq!(found.unwrap(), Outcome::NotDone, "{name}");
        // A token that may only send.
        let refused = (
            403,
            json!({ "error": { "code": 403, "message": "Insufficient Permission" } }),
        );
        assert!(find(name, received(), vec![refused]).is_err(), "{name}");

        let full = (200, json!({ list: vec![one; 50] }));
        let newer = std::iter::repeat_n(email("1", None), 50);
        let found = find(name, received(), [full].into_iter().chain(newer).collect());
        assert_eq!(
            found.unwrap(),
            Outcome::unknown("there are too many newer emails")
        );
    }
}

#[test]
fn what_was_deleted_is_not_there() {
    for name in [
        "emails.delete",
        "drafts.delete",
        "threads.delete",
        "labels.delete",
        "filters.delete",
    ] {
        let missing = (
            404,
            json!({ "error": { "code": 404, "message": "Not found" } }),
        );
        let found = find(name, received(), vec![missing]).unwrap();
        assert_eq!(found, Outcome::Done(json!({})), "{name}");
        let there = (200, json!({ "id": "1", "name": "a" }));
        let found = find(name, received(), vec![there]).unwrap();
        assert_eq!(found, Outcome::NotDone, "{name}");
    }
}

#[test]
fn a_draft_that_is_there_was_not_sent() {
    let there = (200, json!({ "id": "1" }));
    assert_eq!(
        find("drafts.send", received(), vec![there]).unwrap(),
        Outcome::NotDone
    );
    let missing = (
        404,
        json!({ "error": { "code": 404, "message": "Not found" } }),
    );
    let found = find("drafts.send", received(), vec![missing]).unwrap();
    assert_eq!(
        found,
        Outcome::unknown("the draft is gone: sent or deleted")
    );
}

#[test]
fn a_filter_is_known_by_all_that_it_says() {
    let criteria =
        json!({ "from": "news@example.com", "size": 1_000_000, "sizeComparison": "larger" });
    let filter = json!({ "id": "1", "criteria": criteria, "action": { "addLabelIds": ["Label_12"], "removeLabelIds": ["INBOX"] } });
    let listed = |filter: &Value| vec![(200, json!({ "filter": [filter] }))];
    let found = find("filters.create", received(), listed(&filter)).unwrap();
    assert!(matches!(found, Outcome::Done(_)), "{found:?}");
    let mut other = filter;
    other["criteria"]["subject"] = "sale".into();
    let found = find("filters.create", received(), listed(&other)).unwrap();
    assert_eq!(found, Outcome::NotDone);
}

#[test]
fn every_write_can_be_repeated_or_found_again() {
    let without: Vec<_> = CONNECTOR
        .actions()
        .iter()
        .filter(|action| !action.idempotent() && action.reconciles_by().is_none())
        .map(|action| action.name())
        .collect();
    assert!(without.is_empty(), "{without:?}");
}
