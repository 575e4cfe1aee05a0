//! Writes are found again in what the server answers, and nothing else is taken for them.

use std::time::{Duration, SystemTime};

use plugwright_matrix::CONNECTOR;
use plugwright_sdk::testing::{LostWrite, MockContext, block_on};
use plugwright_sdk::{Action as _, Lost, Outcome, Value, json};
use uuid::Uuid;

fn find<const N: usize>(lost: &LostWrite, answers: [(u16, Value); N]) -> Outcome<Value> {
    lost.find(answers).unwrap()
}

fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

#[test]
fn what_was_sent_is_found_by_the_id_that_it_was_sent_with() {
    let key = Uuid::new_v5(&Uuid::NAMESPACE_OID, b"key").simple();
    for (action, what) in [
        ("messages.send", "message"),
        ("messages.reply", "reply"),
        ("messages.send_file", "file"),
    ] {
        let lost = LostWrite::new(&CONNECTOR, action);
        let event = |id: String, age: Duration| {
            json!({
                "event_id": lost.answer["event_id"],
                "origin_server_ts": milliseconds(lost.started_at - age),
                "unsigned": { "transaction_id": id },
            })
        };
        let now = Duration::ZERO;
        let page = |event: Value| (200, json!({ "chunk": [event], "end": "t1" }));
        let mine = find(&lost, [page(event(format!("{key}-{what}"), now))]);
        let id = lost.answer["event_id"].clone();
        assert_eq!(mine, Outcome::Done(json!({ "event_id": id })), "{action}");

        let other = find(&lost, [page(event("other".to_owned(), now))]);
        assert!(matches!(other, Outcome::Unknown(_)), "{action}: {other:?}");
        let old = find(
            &lost,
            [page(event("other".to_owned(), Duration::from_hours(1)))],
        );
        assert_eq!(old, Outcome::NotDone, "{action}");
        let all = find(&lost, [(200, json!({ "chunk": [] }))]);
        assert_eq!(all, Outcome::NotDone, "{action}");
    }
}

/// Looks for a lost write that was made of this input.
fn found(action: &str, input: Value, answer: (u16, Value)) -> Outcome<Value> {
    let mut actions = CONNECTOR.actions().iter();
    let action = actions.find(|known| known.name() == action).unwrap();
    let cx = MockContext::new(&CONNECTOR, [answer]);
    let lost = Lost::new(SystemTime::now(), "key");
    let search = action.reconcile(input, lost).unwrap().unwrap();
    let outcome = block_on(search.find(&cx)).unwrap();
    let value = outcome.try_map(|result| Ok::<_, ()>(result.data.into_value()));
    value.unwrap()
}

#[test]
fn names_and_memberships_say_what_was_done() {
    let alias = json!({ "alias": "#lamps:example.org", "room_id": "!a" });
    let leads_to = |room: &str| (200, json!({ "room_id": room, "servers": [] }));
    let missing = || (404, json!({ "errcode": "M_NOT_FOUND", "error": "no" }));
    let done = Outcome::Done(json!({}));
    let create = |answer| found("aliases.create", alias.clone(), answer);
    assert_eq!(create(leads_to("!a")), done);
    assert_eq!(create(leads_to("!b")), Outcome::NotDone);
    assert_eq!(create(missing()), Outcome::NotDone);
    let delete = |answer| {
        found(
            "aliases.delete",
            json!({ "alias": "#lamps:example.org" }),
            answer,
        )
    };
    assert_eq!(delete(missing()), done);
    assert_eq!(delete(leads_to("!a")), Outcome::NotDone);
    for action in ["members.kick", "members.unban"] {
        let input = json!({ "room_id": "!a", "user_id": "@bob:example.org" });
        let member = |is: &str| found(action, input.clone(), (200, json!({ "membership": is })));
        assert_eq!(member("leave"), done, "{action}");
        for is in ["join", "invite", "ban"] {
            assert_eq!(member(is), Outcome::NotDone, "{action}");
        }
    }
}
