//! Writes are found again in what Todoist lists, and nothing else is taken for them.

use std::slice::from_ref;
use std::time::{Duration, SystemTime};

use plugwright_sdk::host::ActionDefinition;
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{Action as _, Cassette, Lost, Outcome, Value, json, run, serde_json};
use plugwright_todoist::CONNECTOR;

fn definition(name: &str) -> &'static ActionDefinition {
    let mut actions = CONNECTOR.actions().iter();
    actions.find(|action| action.name() == name).unwrap()
}

/// The call of an action's cassette, and what Todoist answered.
fn created(name: &str) -> (Value, Value) {
    let cassettes = Cassette::shipped(CONNECTOR.cassettes()).unwrap();
    let mut own = cassettes.into_iter().filter(|one| one.action == name);
    let cassette = own.find(|one| one.expect.error.is_none()).unwrap();
    let answer = cassette.exchanges.last().unwrap().response.bytes();
    let mut answer: Value = serde_json::from_slice(&answer).unwrap();
    let input = cassette.call.input;
    // Examples of answers have other texts than the call that they are for.
    for (name, value) in &input {
        if answer.get(name).is_some() {
            answer[name] = value.clone();
        }
    }
    if name == "tasks.create" && !input.contains_key("description") {
        answer["description"] = "".into();
    }
    (input.into(), answer)
}

fn find(name: &str, input: &Value, at: SystemTime, listed: &[Value]) -> Outcome<Value> {
    let list = json!({ "results": listed, "next_cursor": null });
    let cx = MockContext::new(&CONNECTOR, [(200, list)]);
    let action = definition(name);
    let found = action
        .reconcile(input.clone(), Lost::new(at, "key"))
        .unwrap();
    let outcome = block_on(found.unwrap().find(&cx)).unwrap();
    assert!(cx.sent().iter().all(|request| request.method == "GET"));
    outcome
        .try_map(|result| Ok::<_, ()>(result.data.into_value()))
        .unwrap()
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
        let (input, answer) = created(name);
        let made_at = ["added_at", "created_at", "posted_at"]
            .iter()
            .find_map(|member| answer[member].as_str());
        let at = made_at.map_or_else(SystemTime::now, |at| humantime::parse_rfc3339(at).unwrap());
        let cx = MockContext::new(&CONNECTOR, [(200, answer.clone())]);
        let output = block_on(run(definition(name), &cx, input.clone())).unwrap();
        let found = find(name, &input, at, from_ref(&answer));
        assert_eq!(found, Outcome::Done(output.data.into_value()), "{name}");
        assert_eq!(find(name, &input, at, &[]), Outcome::NotDone, "{name}");
        let twice = find(name, &input, at, &[answer.clone(), answer.clone()]);
        let several = Outcome::unknown("several things match what was written");
        assert_eq!(twice, several, "{name}");
        if made_at.is_some() {
            let later = at + Duration::from_mins(5);
            let found = find(name, &input, later, from_ref(&answer));
            assert_eq!(found, Outcome::NotDone, "{name}");
        }
        let mut other = answer;
        other[text] = "another".into();
        assert_eq!(find(name, &input, at, &[other]), Outcome::NotDone, "{name}");
    }
}

#[test]
fn a_label_of_another_colour_is_another_label() {
    let (mut input, answer) = created("labels.create");
    input["color"] = "teal".into();
    let mut other = answer;
    other["color"] = "red".into();
    let found = find("labels.create", &input, SystemTime::now(), &[other]);
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
