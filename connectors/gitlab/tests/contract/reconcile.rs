//! Writes are found again in what GitLab answers, and nothing else is taken for them.

use std::time::Duration;

use plugwright_gitlab::CONNECTOR;
use plugwright_sdk::testing::LostWrite;
use plugwright_sdk::{Action as _, Outcome, Value, json};

fn created(action: &str) -> LostWrite {
    LostWrite::new(&CONNECTOR, action).made_at("/created_at")
}

fn find<const N: usize>(lost: &LostWrite, answers: [(u16, Value); N]) -> Outcome<Value> {
    lost.find(answers).unwrap()
}

#[test]
fn a_write_is_the_only_new_match_of_a_list() {
    for (action, member) in [
        ("projects.create", "name"),
        ("issues.create", "title"),
        ("issue_notes.create", "body"),
        ("merge_requests.create", "title"),
        ("merge_request_notes.create", "body"),
        ("commits.create", "message"),
        ("commits.create_comment", "note"),
    ] {
        let lost = created(action);
        let one = lost.answer.clone();
        let done = Outcome::Done(lost.output());
        assert_eq!(find(&lost, [(200, json!([one]))]), done, "{action}");
        assert_eq!(
            find(&lost, [(200, json!([]))]),
            Outcome::NotDone,
            "{action}"
        );
        let twice = find(&lost, [(200, json!([one, one]))]);
        assert!(matches!(twice, Outcome::Unknown(_)), "{action}: {twice:?}");
        let mut other = one.clone();
        other[member] = "another".into();
        assert_eq!(
            find(&lost, [(200, json!([other]))]),
            Outcome::NotDone,
            "{action}"
        );
        // GitLab lists commits since a time itself.
        if action != "commits.create" {
            let mut later = lost.clone();
            later.started_at += Duration::from_mins(5);
            assert_eq!(
                find(&later, [(200, json!([one]))]),
                Outcome::NotDone,
                "{action}"
            );
        }
    }
}

#[test]
fn a_fork_is_the_only_new_one() {
    let lost = created("projects.fork");
    let mut old = lost.answer.clone();
    old["created_at"] = "2019-01-01T00:00:00Z".into();
    let done = Outcome::Done(lost.output());
    assert_eq!(find(&lost, [(200, json!([old, lost.answer]))]), done);
    assert_eq!(find(&lost, [(200, json!([old]))]), Outcome::NotDone);
}

#[test]
fn what_has_a_name_of_its_own_is_found_by_it() {
    for (action, other) in [
        ("releases.create", json!({ "description": "another" })),
        ("branches.create", json!({})),
    ] {
        let lost = created(action);
        let done = Outcome::Done(lost.output());
        assert_eq!(find(&lost, [(200, lost.answer.clone())]), done, "{action}");
        let missing = (404, json!({ "message": "404 Not found" }));
        assert_eq!(find(&lost, [missing]), Outcome::NotDone, "{action}");
        let mut answer = lost.answer.clone();
        for (member, value) in other.as_object().unwrap() {
            answer[member] = value.clone();
            let found = find(&lost, [(200, answer.clone())]);
            assert!(matches!(found, Outcome::Unknown(_)), "{action}: {found:?}");
        }
    }
}

#[test]
fn members_and_labels_have_no_time_but_no_twins_either() {
    for (action, member, other) in [
        ("members.add", "access_level", json!(10)),
        ("labels.create", "color", json!("#000000")),
        ("labels.create", "name", json!("bugs")),
    ] {
        let lost = created(action);
        let mut one = lost.answer.clone();
        let done = Outcome::Done(lost.output());
        assert_eq!(find(&lost, [(200, json!([one]))]), done, "{action}");
        one[member] = other;
        assert_eq!(
            find(&lost, [(200, json!([one]))]),
            Outcome::NotDone,
            "{action}"
        );
    }
}

#[test]
fn a_merge_is_told_by_the_state() {
    let lost = created("merge_requests.merge");
    assert_eq!(
        find(&lost, [(200, lost.answer.clone())]),
        Outcome::Done(lost.output())
    );
    let mut answer = lost.answer.clone();
    answer["state"] = "closed".into();
    assert_eq!(find(&lost, [(200, answer.clone())]), Outcome::NotDone);
    answer["state"] = "locked".into();
    let found = find(&lost, [(200, answer.clone())]);
    assert!(matches!(found, Outcome::Unknown(_)));
    answer["state"] = "opened".into();
    let open = [(200, answer)];
    assert_eq!(find(&lost, open.clone()), Outcome::NotDone);
    let mut waiting = lost;
    waiting.input["auto_merge"] = true.into();
    assert!(matches!(find(&waiting, open), Outcome::Unknown(_)));
}

#[test]
fn a_file_is_found_by_its_commit() {
    for action in ["files.create", "files.update"] {
        let lost = LostWrite::new(&CONNECTOR, action);
        let mut commit = created("commits.create").answer;
        commit["message"] = lost.input["commit_message"].clone();
        let done = Outcome::Done(lost.output());
        assert_eq!(find(&lost, [(200, json!([commit]))]), done, "{action}");
        commit["message"] = "another".into();
        assert_eq!(
            find(&lost, [(200, json!([commit]))]),
            Outcome::NotDone,
            "{action}"
        );
    }
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
            "branches.delete",
            "commit_statuses.set",
            "pipelines.create",
            "pipelines.retry",
            "jobs.retry",
        ]
    );
}
