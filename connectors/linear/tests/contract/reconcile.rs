//! Writes are found again by the ids that they gave.

use std::sync::Arc;
use std::time::SystemTime;

use plugwright_linear::CONNECTOR;
use plugwright_sdk::cassette::RecordedBody;
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::transport::Plan;
use plugwright_sdk::{
    Action as _, ActionContext, Cassette, Credential, Lost, Outcome, Value, json, run,
};
use uuid::{Uuid, Version};

use crate::errors::definition;

fn missing() -> Value {
    let error =
        json!({ "message": "Entity not found: Thing", "extensions": { "code": "INPUT_ERROR" } });
    json!({ "data": null, "errors": [error] })
}

/// Looks for a write, and returns what comes of it and the variables of the first question.
fn find(name: &str, input: Value, answers: &[Value]) -> (Outcome<Value>, Value) {
    let cx = MockContext::new(
        &CONNECTOR,
        answers.iter().map(|answer| (200, answer.clone())),
    );
    // The key that the cassettes were made with.
    let lost = Lost::new(SystemTime::now(), "check");
    let found = definition(name).reconcile(input, lost).unwrap();
    let outcome = block_on(found.unwrap().find(&cx)).unwrap();
    let Some(RecordedBody::Json(body)) = cx.sent()[0].body.clone() else {
        panic!("{name} asks nothing");
    };
    let outcome = outcome
        .try_map(|result| Ok::<_, ()>(result.data.into_value()))
        .unwrap();
    (outcome, body["variables"].clone())
}

#[test]
fn what_was_created_is_found_by_the_id_that_it_was_given() {
    let cassettes = Cassette::shipped(CONNECTOR.cassettes()).unwrap();
    for (name, query) in [
        ("issues.create", "issue"),
        ("issue_relations.create", "issueRelation"),
        ("comments.create", "comment"),
        ("projects.create", "project"),
        ("projects.post_update", "projectUpdate"),
        ("documents.create", "document"),
        ("labels.create", "issueLabel"),
    ] {
        let mut own = cassettes.iter().filter(|one| one.action == name);
        let cassette = own.find(|one| one.expect.error.is_none()).unwrap();
        let answer = cassette.exchanges[0].response.bytes();
        let answer: Value = plugwright_sdk::serde_json::from_slice(&answer).unwrap();
        let (_, payload) = answer["data"].as_object().unwrap().iter().next().unwrap();
        let (_, created) = payload.as_object().unwrap().iter().next().unwrap();
        let input = Value::Object(cassette.call.input.clone());

        let there = json!({ "data": { query: created } });
        let (found, asked) = find(name, input.clone(), &[there]);
        let Outcome::Done(output) = found else {
            panic!("{name}: {found:?}");
        };
        assert_eq!(output["id"], created["id"], "{name}");
        assert_eq!(asked, json!({ "id": created["id"] }), "{name}");
        assert_eq!(
            find(name, input, &[missing()]).0,
            Outcome::NotDone,
            "{name}"
        );
    }
}

#[test]
fn a_key_always_has_the_same_random_looking_id() {
    let id = |key: &str| -> Uuid {
        let plan = Arc::new(Plan::new());
        let cx = ActionContext::builder(&CONNECTOR, plan.clone())
            .credential(Credential::token("lin_api_4f2e8c"))
            .idempotency_key(key)
            .build();
        let input = json!({ "issue_id": "ENG-1", "body": "Fixed" });
        drop(block_on(run(definition("comments.create"), &cx, input)));
        let Some(RecordedBody::Json(body)) = plan.requests().remove(0).body else {
            panic!("nothing is sent");
        };
        let id = body["variables"]["input"]["id"].as_str();
        id.unwrap().parse().unwrap()
    };
    assert_eq!(id("order-7").get_version(), Some(Version::Random));
    assert_eq!(id("order-7"), id("order-7"));
    assert_ne!(id("order-7"), id("order-8"));
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
