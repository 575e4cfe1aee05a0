//! Writes are found again in what Jira answers, and nothing else is taken for them.

use std::time::Duration;

use plugwright_jira::CONNECTOR;
use plugwright_sdk::testing::LostWrite;
use plugwright_sdk::{Action as _, Outcome, Value, json};

fn find<const N: usize>(lost: &LostWrite, answers: [(u16, Value); N]) -> Outcome<Value> {
    lost.find(answers).unwrap()
}

/// The list that has these items.
fn listed(action: &str, items: &[Value]) -> (u16, Value) {
    let list = match action {
        "comments.create" => json!({ "startAt": 0, "total": items.len(), "comments": items }),
        "worklogs.create" => json!({ "startAt": 0, "total": items.len(), "worklogs": items }),
        "attachments.upload" => {
            json!({ "id": "1", "key": "ED-1", "fields": { "attachment": items } })
        }
        _ => json!(items),
    };
    (200, list)
}

#[test]
fn a_write_is_the_only_new_match_of_a_list() {
    for (action, pointer, other) in [
        (
            "comments.create",
            "/body/content/0/content/0/text",
            json!("another"),
        ),
        ("worklogs.create", "/timeSpentSeconds", json!(60)),
        ("attachments.upload", "/filename", json!("another.jpg")),
        ("versions.create", "/name", json!("another")),
    ] {
        let lost = LostWrite::new(&CONNECTOR, action);
        let lost = lost.made_at("/created").made_at("/0/created");
        let mut one = lost.answer.get(0).unwrap_or(&lost.answer).clone();
        let answer = |items: &[Value]| listed(action, items);
        let done = Outcome::Done(lost.output());
        assert_eq!(find(&lost, [answer(&[one.clone()])]), done, "{action}");
        assert_eq!(find(&lost, [answer(&[])]), Outcome::NotDone, "{action}");
        let twice = find(&lost, [answer(&[one.clone(), one.clone()])]);
        assert!(matches!(twice, Outcome::Unknown(_)), "{action}: {twice:?}");
        // Jira tells no time of versions.
        if action != "versions.create" {
            let mut later = lost.clone();
            later.started_at += Duration::from_mins(5);
            assert_eq!(
                find(&later, [answer(&[one.clone()])]),
                Outcome::NotDone,
                "{action}"
            );
        }
        *one.pointer_mut(pointer).unwrap() = other;
        assert_eq!(find(&lost, [answer(&[one])]), Outcome::NotDone, "{action}");
    }
}

#[test]
fn an_issue_that_a_search_does_not_show_may_be_there() {
    let lost = LostWrite::new(&CONNECTOR, "issues.create");
    let answer = |summary: &str| {
        let fields = json!({ "summary": summary });
        let issue = json!({ "id": "10000", "key": "ED-24", "fields": fields });
        (200, json!({ "issues": [issue] }))
    };
    let found = find(&lost, [answer("Main order flow broken")]);
    assert_eq!(
        found,
        Outcome::Done(json!({ "id": "10000", "key": "ED-24" }))
    );
    let other = find(&lost, [answer("Another")]);
    assert_eq!(other, Outcome::unknown("Jira may not show the issue yet"));
}

#[test]
fn what_is_not_looked_for_is_known() {
    let without: Vec<_> = CONNECTOR
        .actions()
        .iter()
        .filter(|action| !action.idempotent() && action.reconciles_by().is_none())
        .map(|action| action.name())
        .collect();
    assert_eq!(
        without,
        [
            "issues.delete",
            "issues.transition",
            "comments.delete",
            "worklogs.delete",
            "attachments.delete",
            "issue_links.create",
            "issue_links.delete",
        ]
    );
}
