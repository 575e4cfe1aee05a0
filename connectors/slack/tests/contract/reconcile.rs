//! Writes are found again in what Slack lists, and nothing else is taken for them.

use std::time::{Duration, SystemTime};

use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{Action as _, Lost, Outcome, Value, json};
use plugwright_slack::CONNECTOR;

use crate::action;

fn find(name: &str, input: &Value, answers: Vec<Value>) -> (Outcome<Value>, Vec<String>) {
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_503_436_060);
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

fn messages(texts: &[&str]) -> Value {
    let messages: Vec<_> = texts
        .iter()
        .map(|text| json!({ "type": "message", "text": text, "ts": "1503436061.000247", "user": "U1" }))
        .collect();
    json!({ "ok": true, "messages": messages, "has_more": false })
}

#[test]
fn a_message_is_found_by_its_text_since_the_call() {
    let input = json!({ "channel": "C1", "text": "a & b, see https://example.com" });
    let kept = "a &amp; b, see <https://example.com>";
    let (found, asked) = find("messages.send", &input, vec![messages(&["c", kept])]);
    assert_eq!(
        found,
        Outcome::Done(json!({
            "ts": "1503436061.000247", "channel": "C1", "text": kept, "user": "U1", "type": "message",
        }))
    );
    assert_eq!(
        asked,
        ["https://slack.com/api/conversations.history?channel=C1&oldest=1503436000&limit=200"]
    );
    let (found, _) = find("messages.send", &input, vec![messages(&["a & c"])]);
    assert_eq!(found, Outcome::NotDone);
    let (found, _) = find("messages.send", &input, vec![messages(&[kept, kept])]);
    assert!(matches!(found, Outcome::Unknown(_)), "{found:?}");
}

#[test]
fn what_is_sent_and_what_slack_keeps_look_alike() {
    let is_found = |sent: &str, kept: &str| {
        let input = json!({ "channel": "C1", "text": sent });
        match find("messages.send", &input, vec![messages(&[kept])]).0 {
            Outcome::Done(_) => true,
            Outcome::NotDone => false,
            outcome @ Outcome::Unknown(_) => panic!("{sent}: {outcome:?}"),
        }
    };
    for (sent, kept) in [
        ("a & b", "a &amp; b"),
        (
            "see https://example.com/a?b=1&c=2",
            "see <https://example.com/a?b=1&amp;c=2>",
        ),
        ("see example.com", "see <http://example.com|example.com>"),
        ("<https://example.com|here>", "<https://example.com|here>"),
        ("hello <@U012AB3CD>", "hello <@U012AB3CD>"),
        (
            "ask <!here> in <#C012AB3CD|general>",
            "ask <!here> in <#C012AB3CD|general>",
        ),
        (" Grüße, 你好 ", "Grüße, 你好"),
    ] {
        assert!(is_found(sent, kept), "{sent}");
    }
    assert!(!is_found("a", "b"));
    assert!(!is_found("<@U012AB3CD>", "<@U061F7AUR>"));
}

#[test]
fn a_reply_is_looked_for_in_its_thread() {
    let input = json!({ "channel": "C1", "thread_ts": "1503436050.000100", "text": "yes" });
    let (found, asked) = find("threads.reply", &input, vec![messages(&["yes"])]);
    assert!(matches!(found, Outcome::Done(_)), "{found:?}");
    assert_eq!(
        asked,
        ["https://slack.com/api/conversations.replies\
          ?ts=1503436050.000100&channel=C1&oldest=1503436000&limit=200"]
    );
}

#[test]
fn what_slack_keeps_in_another_form_can_not_be_told() {
    let input = json!({ "channel": "C1", "text": "done \u{1f389}" });
    let (found, asked) = find("messages.send", &input, vec![messages(&[])]);
    assert!(matches!(found, Outcome::Unknown(_)), "{found:?}");
    assert!(asked.is_empty());
}

#[test]
fn people_are_invited_if_all_of_them_are_members() {
    let input = json!({ "channel": "C1", "users": ["U1", "U2"] });
    let members = |ids: &[&str]| json!({ "ok": true, "members": ids });
    let channel = json!({ "ok": true, "channel": { "id": "C1" } });
    let (found, _) = find(
        "channels.invite",
        &input,
        vec![members(&["U0", "U1", "U2"]), channel],
    );
    assert!(
        matches!(&found, Outcome::Done(channel) if channel["id"] == "C1"),
        "{found:?}"
    );
    let (found, _) = find("channels.invite", &input, vec![members(&["U0", "U1"])]);
    assert_eq!(found, Outcome::NotDone);
}

#[test]
fn channels_scheduled_messages_and_files_are_found_by_what_makes_them_their_own() {
    let channels = json!({ "ok": true, "channels": [{ "id": "C1", "name": "endeavor" }] });
    let scheduled = json!({
        "ok": true,
        "scheduled_messages": [{ "id": "Q1", "channel_id": "C1", "post_at": 1_562_180_400, "text": "later" }],
    });
    let files = json!({ "ok": true, "files": [{ "id": "F1", "name": "a.txt" }] });
    for (name, input, other, answer) in [
        (
            "channels.create",
            json!({ "name": "endeavor" }),
            json!({ "name": "other" }),
            channels,
        ),
        (
            "scheduled_messages.create",
            json!({ "channel": "C1", "text": "later", "post_at": 1_562_180_400 }),
            json!({ "channel": "C1", "text": "later", "post_at": 1_562_180_401 }),
            scheduled,
        ),
        (
            "files.upload",
            json!({ "filename": "a.txt", "content": "data:,a" }),
            json!({ "filename": "b.txt", "content": "data:,a" }),
            files,
        ),
    ] {
        let (found, _) = find(name, &input, vec![answer.clone()]);
        assert!(matches!(found, Outcome::Done(_)), "{name}: {found:?}");
        let (found, _) = find(name, &other, vec![answer]);
        assert_eq!(found, Outcome::NotDone, "{name}");
    }
}
