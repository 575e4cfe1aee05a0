//! Uploads and batches are found again, and nothing else is taken for them.

use std::time::{Duration, UNIX_EPOCH};

use plugwright_openai::CONNECTOR;
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{Action as _, Lost, Outcome, Value, json};

fn find(name: &str, input: &Value, listed: &[Value]) -> Outcome<Value> {
    // The list goes on, and what is new comes first.
    let list = json!({ "object": "list", "data": listed, "has_more": !listed.is_empty() });
    let cx = MockContext::new(&CONNECTOR, [(200, list)]);
    let mut actions = CONNECTOR.actions().iter();
    let action = actions.find(|action| action.name() == name).unwrap();
    let write = Lost::new(UNIX_EPOCH + Duration::from_secs(1060), "key");
    let found = action.reconcile(input.clone(), write).unwrap().unwrap();
    let outcome = block_on(found.find(&cx)).unwrap();
    let outcome = outcome.try_map(|result| Ok::<_, ()>(result.data.into_value()));
    outcome.unwrap()
}

fn changed(thing: &Value, member: &str, value: &Value) -> Value {
    let mut thing = thing.clone();
    thing[member] = value.clone();
    thing
}

#[test]
fn a_write_is_the_only_new_match_of_a_list() {
    let file = json!({ "id": "file-1", "filename": "a.jsonl", "purpose": "batch", "bytes": 5, "created_at": 1000 });
    let upload =
        json!({ "content": "data:text/plain,hello", "filename": "a.jsonl", "purpose": "batch" });
    let batch = json!({
        "id": "batch-1", "status": "validating", "endpoint": "/v1/embeddings", "input_file_id": "file-1",
        "created_at": 1000,
    });
    let create = json!({ "input_file_id": "file-1", "endpoint": "/v1/embeddings" });
    for (name, input, made, members) in [
        (
            "files.upload",
            &upload,
            &file,
            &["filename", "bytes", "created_at"][..],
        ),
        (
            "batches.create",
            &create,
            &batch,
            &["input_file_id", "endpoint", "created_at"],
        ),
    ] {
        let others: Vec<_> = members
            .iter()
            .map(|member| {
                let other = if made[member].is_number() {
                    json!(4)
                } else {
                    json!("other")
                };
                changed(made, member, &other)
            })
            .collect();
        let mut listed = others.clone();
        listed.push(made.clone());
        let Outcome::Done(found) = find(name, input, &listed) else {
            panic!("{name} is not found");
        };
        assert_eq!(found["id"], made["id"]);
        assert_eq!(find(name, input, &others), Outcome::NotDone, "{name}");
        let twice = find(name, input, &[made.clone(), made.clone()]);
        assert!(matches!(twice, Outcome::Unknown(_)), "{name}: {twice:?}");
    }
}

#[test]
fn every_write_but_responses_is_found_again_or_can_be_repeated() {
    let mut without = CONNECTOR.actions().iter();
    let without = without.find(|action| !action.idempotent() && action.reconciles_by().is_none());
    assert_eq!(
        without.map(|action| action.name()),
        Some("responses.create")
    );
}
