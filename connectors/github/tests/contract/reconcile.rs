//! Writes are found again in what GitHub answers, and nothing else is taken for them.

use std::time::Duration;

use plugwright_github::CONNECTOR;
use plugwright_sdk::testing::LostWrite;
use plugwright_sdk::{Action as _, Outcome, Value, json};

fn find<const N: usize>(lost: &LostWrite, answers: [(u16, Value); N]) -> Outcome<Value> {
    lost.find(answers).unwrap()
}

fn created(action: &str) -> LostWrite {
    LostWrite::new(&CONNECTOR, action)
        .made_at("/created_at")
        .made_at("/data/addDiscussionComment/comment/createdAt")
}

const SEVERAL: &str = "several things match what was written";

#[test]
fn a_write_is_the_only_match_of_a_list() {
    for action in [
        "issues.create",
        "pulls.create",
        "statuses.create",
        "releases.upload_asset",
    ] {
        let created = created(action);
        let one = created.answer.clone();
        let done = Outcome::Done(created.output());
        assert_eq!(find(&created, [(200, json!([one]))]), done, "{action}");
        assert_eq!(
            find(&created, [(200, json!([]))]),
            Outcome::NotDone,
            "{action}"
        );
        let twice = find(&created, [(200, json!([one, one]))]);
        assert_eq!(twice, Outcome::unknown(SEVERAL), "{action}");
        // One that was there before the call.
        let mut later = created.clone();
        later.started_at += Duration::from_mins(5);
        let found = find(&later, [(200, json!([one]))]);
        assert_eq!(found, Outcome::NotDone, "{action}");
        // A token that may not list.
        let refused = (403, json!({ "message": "Resource not accessible" }));
        assert!(later.find([refused]).is_err(), "{action}");
    }
}

#[test]
fn a_write_differs_from_others_by_what_was_written() {
    for (action, member, other) in [
        ("issues.create", "title", json!("Another")),
        ("issues.create", "body", json!("Another")),
        ("issues.create", "pull_request", json!({})),
        ("pulls.create", "title", json!("Another")),
        ("statuses.create", "state", json!("success")),
        ("statuses.create", "context", json!("example/2")),
        ("releases.upload_asset", "name", json!("other.txt")),
    ] {
        let created = created(action);
        let mut another = created.answer.clone();
        another[member] = other;
        let found = find(&created, [(200, json!([another]))]);
        assert_eq!(found, Outcome::NotDone, "{action} {member}");
    }
    let unfinished = created("releases.upload_asset");
    let mut asset = unfinished.answer.clone();
    asset["state"] = "open".into();
    let found = find(&unfinished, [(200, json!([asset]))]);
    assert_eq!(found, Outcome::unknown("the upload is not finished"));
}

#[test]
fn what_has_a_name_of_its_own_is_found_by_it() {
    for (action, member, other) in [
        ("labels.create", "color", json!("000000")),
        (
            "refs.create",
            "object",
            json!({ "sha": "1".repeat(40), "type": "commit" }),
        ),
    ] {
        let created = created(action);
        let mut one = created.answer.clone();
        let done = Outcome::Done(created.output());
        assert_eq!(find(&created, [(200, one.clone())]), done, "{action}");
        let missing = (404, json!({ "message": "Not Found" }));
        assert_eq!(find(&created, [missing]), Outcome::NotDone, "{action}");
        one[member] = other;
        let found = find(&created, [(200, one)]);
        assert!(matches!(found, Outcome::Unknown(_)), "{action}: {found:?}");
    }
}

#[test]
fn a_file_is_found_by_its_commit() {
    let created = created("contents.put");
    let answer = created.answer.clone();
    let commit = json!({ "sha": answer["commit"]["sha"], "commit": answer["commit"] });
    let commits = (200, json!([commit]));
    let file = (200, answer["content"].clone());
    let done = Outcome::Done(created.output());
    assert_eq!(find(&created, [commits, file]), done);
    let mut other = commit;
    other["commit"]["message"] = "another".into();
    assert_eq!(find(&created, [(200, json!([other]))]), Outcome::NotDone);
}

#[test]
fn a_comment_on_a_discussion_is_one_of_the_own_ones() {
    let created = created("discussions.create_comment");
    let mut answer = created.answer.clone();
    let mut comment = answer["data"]["addDiscussionComment"]["comment"].take();
    comment["viewerDidAuthor"] = true.into();
    let list = |comments: &[Value]| {
        let comments = json!({ "nodes": comments });
        (200, json!({ "data": { "node": { "comments": comments } } }))
    };
    let done = Outcome::Done(created.output());
    assert_eq!(find(&created, [list(&[comment.clone()])]), done);
    let mut newer = vec![comment.clone(); 100];
    for other in &mut newer {
        other["body"] = "Another".into();
    }
    let found = find(&created, [list(&newer)]);
    assert_eq!(found, Outcome::unknown("there are too many newer comments"));
    comment["viewerDidAuthor"] = false.into();
    assert_eq!(find(&created, [list(&[comment])]), Outcome::NotDone);
}

#[test]
fn every_create_action_that_can_be_found_again_is() {
    let without: Vec<_> = CONNECTOR
        .actions()
        .iter()
        .filter(|action| action.name().contains("create") && !action.idempotent())
        .filter(|action| action.reconciles_by().is_none())
        .map(|action| action.name())
        .collect();
    // GitHub closed classic projects.
    assert_eq!(without, ["project_cards.create"]);
}
