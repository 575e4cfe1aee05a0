//! Writes are found again in what Discord lists, and nothing else is taken for them.

use std::time::{Duration, SystemTime};

use plugwright_discord::CONNECTOR;
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{Action as _, Lost, Outcome, Value, json};

use crate::action;

/// 2016-04-30T11:18:25Z, and an id of that second.
const AT: u64 = 1_462_015_105;
const NEW: &str = "175928847299117063";
const OLD: &str = "41771983423143937";

fn find(name: &str, input: &Value, answers: Vec<Value>) -> (Outcome<Value>, Vec<String>) {
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(AT);
    find_since(at, name, input, answers)
}

fn find_since(
    at: SystemTime,
    name: &str,
    input: &Value,
    answers: Vec<Value>,
) -> (Outcome<Value>, Vec<String>) {
    let answers = answers.into_iter().map(|answer| (200, answer));
    let cx = MockContext::new(&CONNECTOR, answers);
    let found = action(name)
        .reconcile(input.clone(), Lost::new(at, "key"))
        .unwrap();
    let outcome = block_on(found.unwrap().find(&cx)).unwrap();
    let sent = cx.sent();
    assert!(sent.iter().all(|request| request.method == "GET"));
    let outcome = outcome
        .try_map(|result| Ok::<_, ()>(result.data.into_value()))
        .unwrap();
    let asked = sent.iter().map(|request| request.url.to_string());
    (outcome, asked.collect())
}

fn message(content: &str) -> Value {
    json!({
        "id": NEW, "type": 0, "channel_id": "1", "content": content, "timestamp": "2016-04-30T11:18:25.796Z",
        "author": { "id": "2", "username": "plugwright", "bot": true },
    })
}

#[test]
fn messages_are_found_by_their_text_since_the_call() {
    for (name, input) in [
        (
            "messages.send",
            json!({ "channel_id": "1", "content": "Hello " }),
        ),
        (
            "messages.reply",
            json!({ "channel_id": "1", "message_id": "3", "content": "Hello" }),
        ),
    ] {
        let (found, asked) = find(
            name,
            &input,
            vec![json!([message("Hello"), message("Bye")])],
        );
        assert!(
            matches!(&found, Outcome::Done(one) if one["id"] == NEW),
            "{name}: {found:?}"
        );
        assert_eq!(
            asked,
            ["https://discord.com/api/v10/channels/1/messages?after=175928592302080000&limit=100"]
        );
        let (found, _) = find(name, &input, vec![json!([message("Bye")])]);
        assert_eq!(found, Outcome::NotDone, "{name}");
        let twice = json!([message("Hello"), message("Hello")]);
        let (found, _) = find(name, &input, vec![twice]);
        assert!(matches!(found, Outcome::Unknown(_)), "{name}: {found:?}");
    }
}

#[test]
fn ids_are_as_old_as_they_say() {
    let first_id = |at: SystemTime| -> u64 {
        let input = json!({ "channel_id": "1", "content": "Hello" });
        let (_, asked) = find_since(at, "messages.send", &input, vec![json!([])]);
        let (_, after) = asked[0].split_once("?after=").unwrap();
        after.split('&').next().unwrap().parse().unwrap()
    };
    // The id of Discord's documentation, of 2016-04-30T11:18:25.796Z.
    let made = SystemTime::UNIX_EPOCH + Duration::from_millis(1_462_015_105_796);
    let id: u64 = NEW.parse().unwrap();
    assert!(first_id(made + Duration::from_secs(59)) <= id);
    assert!(first_id(made + Duration::from_secs(61)) > id);
    assert_eq!(first_id(SystemTime::UNIX_EPOCH), 0);
}

#[test]
fn things_whose_names_are_not_unique_must_be_new() {
    let channel = |id: &str| json!({ "id": id, "type": 0, "name": "news", "parent_id": "1" });
    let hook = |id: &str| json!({ "id": id, "type": 1, "name": "news" });
    let lists = |list: &dyn Fn(&str) -> Value| -> [Value; 2] { [list(NEW), list(OLD)] };
    let parent = json!({ "id": "1", "type": 0, "guild_id": "9" });
    for (name, input, [new, old], before) in [
        (
            "channels.create",
            json!({ "guild_id": "9", "name": "news" }),
            lists(&|id| json!([channel(id)])),
            None,
        ),
        (
            "threads.create",
            json!({ "channel_id": "1", "name": "news" }),
            lists(&|id| json!({ "threads": [channel(id)], "members": [] })),
            Some(parent),
        ),
        (
            "webhooks.create",
            json!({ "channel_id": "1", "name": "news" }),
            lists(&|id| json!([hook(id)])),
            None,
        ),
    ] {
        let find = |input: &Value, list: Value| {
            let answers = before.iter().cloned().chain([list]).collect();
            find(name, input, answers).0
        };
        let found = find(&input, new.clone());
        assert!(
            matches!(&found, Outcome::Done(one) if one["id"] == NEW),
            "{name}: {found:?}"
        );
        let found = find(&input, old);
        assert!(matches!(found, Outcome::Unknown(_)), "{name}: {found:?}");
        let mut other = input.clone();
        other["name"] = "other".into();
        assert_eq!(find(&other, new), Outcome::NotDone, "{name}");
    }
}
