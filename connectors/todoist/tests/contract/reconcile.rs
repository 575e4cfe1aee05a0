//! Writes are found again in what Todoist lists, and nothing else is taken for them.

use std::slice::from_ref;
use std::time::Duration;

use plugwright_sdk::testing::LostWrite;
use plugwright_sdk::{Action as _, Outcome, Value, json};
use plugwright_todoist::CONNECTOR;

/// The call of an action's cassette, and what Todoist answered.
fn created(name: &str) -> LostWrite {
    let mut lost = LostWrite::new(&CONNECTOR, name);
    for member in ["/added_at", "/created_at", "/posted_at"] {
        lost = lost.made_at(member);
    }
    // Examples of answers have other texts than the call that they are for.
    for (name, value) in lost.input.as_object().into_iter().flatten() {
        if lost.answer.get(name).is_some() {
            lost.answer[name] = value.clone();
        }
    }
    if name == "tasks.create" && lost.input.get("description").is_none() {
        lost.answer["description"] = "".into();
    }
    lost
}

fn find(lost: &LostWrite, listed: &[Value]) -> Outcome<Value> {
    let page = json!({ "results": listed, "next_cursor": null });
    lost.find([(200, page)]).unwrap()
}

#[test]
fn a_write_is_the_only_match_of_a_list() {
    for (name, text) in [
        ("tasks.create", "content"),
        ("projects.create", "name"),
        ("sections.create", "name"),
        ("labels.create", "name"),
        ("comments.create", "content"),
    ] {
        let lost = created(name);
        let answer = lost.answer.clone();
        let found = find(&lost, from_ref(&answer));
        assert_eq!(found, Outcome::Done(lost.output()), "{name}");
        assert_eq!(find(&lost, &[]), Outcome::NotDone, "{name}");
        let twice = find(&lost, &[answer.clone(), answer.clone()]);
        let several = Outcome::unknown("several things match what was written");
        assert_eq!(twice, several, "{name}");
        if name != "labels.create" {
            let mut later = lost.clone();
            later.started_at += Duration::from_mins(5);
            let found = find(&later, from_ref(&answer));
            assert_eq!(found, Outcome::NotDone, "{name}");
        }
        let mut other = answer;
        other[text] = "another".into();
        assert_eq!(find(&lost, &[other]), Outcome::NotDone, "{name}");
    }
}

#[test]
fn a_label_of_another_colour_is_another_label() {
    let mut lost = created("labels.create");
    lost.input["color"] = "teal".into();
    lost.answer["color"] = "red".into();
    let found = find(&lost, from_ref(&lost.answer));
    assert!(matches!(found, Outcome::Unknown(_)), "{found:?}");
}

#[test]
fn every_create_action_whose_text_todoist_keeps_is_found_again() {
    let without: Vec<_> = CONNECTOR
        .actions()
        .iter()
        .filter(|action| !action.idempotent() && action.reconciles_by().is_none())
        .map(|action| action.name())
        .collect();
    // Todoist takes the text of `tasks.quick_add` apart.
    assert_eq!(without, ["tasks.quick_add", "tasks.close"]);
}
