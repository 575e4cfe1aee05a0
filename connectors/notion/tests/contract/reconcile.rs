//! Writes are found again in what Notion lists, and nothing else is taken for them.

use std::time::{Duration, SystemTime};

use plugwright_notion::CONNECTOR;
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{Action as _, Lost, Outcome, Value, json};

use crate::errors::definition;

const ID: &str = "c4d39556-6364-46a1-8a61-ebbb668f7445";
const CHILD: &str = "a1712d54-53e4-4893-a69d-4d581cd2c845";
const MADE: &str = "2030-01-31T08:30:00.000Z";

fn at(seconds: u64) -> SystemTime {
    // MADE, and as much later.
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_896_078_600 + seconds)
}

fn find(name: &str, input: Value, later: u64, answers: &[(u16, Value)]) -> Outcome<Value> {
    let cx = MockContext::new(&CONNECTOR, answers.iter().cloned());
    let found = definition(name)
        .reconcile(input, Lost::new(at(later), "key"))
        .unwrap();
    let outcome = block_on(found.unwrap().find(&cx)).unwrap();
    assert!(cx.sent().iter().all(|request| request.method == "GET"));
    outcome
        .try_map(|result| Ok::<_, ()>(result.data.into_value()))
        .unwrap()
}

fn list(items: &[Value]) -> (u16, Value) {
    (200, json!({ "results": items, "next_cursor": null }))
}

fn text(text: &str) -> Value {
    json!([{ "type": "text", "text": { "content": text }, "plain_text": text }])
}

fn is_done(outcome: &Outcome<Value>) -> bool {
    matches!(outcome, Outcome::Done(_))
}

#[test]
fn a_page_is_the_one_of_its_title_in_the_page_that_it_went_to() {
    let child = json!({ "id": CHILD, "type": "child_page", "child_page": { "title": "Notes" }, "created_time": MADE });
    let page = (200, json!({ "id": CHILD, "properties": {} }));
    let input = json!({ "title": "Notes", "parent_page_id": ID });
    let answers = [list(std::slice::from_ref(&child)), page];
    assert!(is_done(&find("pages.create", input.clone(), 5, &answers)));
    assert_eq!(
        find("pages.create", input.clone(), 300, &answers),
        Outcome::NotDone
    );
    assert_eq!(
        find("pages.create", input.clone(), 5, &[list(&[])]),
        Outcome::NotDone
    );
    let twice = find("pages.create", input, 5, &[list(&[child.clone(), child])]);
    assert!(matches!(twice, Outcome::Unknown(_)), "{twice:?}");
    let elsewhere = find(
        "pages.create",
        json!({ "title": "Notes", "data_source_id": ID }),
        5,
        &[],
    );
    assert!(matches!(elsewhere, Outcome::Unknown(_)), "{elsewhere:?}");
}

#[test]
fn a_database_and_a_data_source_are_found_by_their_titles() {
    let child = json!({ "id": CHILD, "type": "child_database", "child_database": { "title": "Books" }, "created_time": MADE });
    let database =
        json!({ "id": CHILD, "title": [], "data_sources": [{ "id": ID, "name": "Books" }] });
    let answers = [list(&[child]), (200, database.clone())];
    let input = json!({ "title": "Books", "parent_page_id": ID });
    assert!(is_done(&find("databases.create", input, 5, &answers)));

    let source = json!({ "id": ID, "title": [], "created_time": MADE });
    let answers = [(200, database), (200, source)];
    let input = json!({ "title": "Books", "database_id": CHILD });
    assert!(is_done(&find(
        "data_sources.create",
        input.clone(),
        5,
        &answers
    )));
    assert_eq!(
        find("data_sources.create", input, 300, &answers),
        Outcome::NotDone
    );
}

#[test]
fn appended_blocks_are_found_one_after_the_other() {
    let block = |kind: &str, words: &str| json!({ "id": ID, "type": kind, kind: { "rich_text": text(words) }, "created_time": MADE });
    let there = [
        block("paragraph", "before"),
        block("heading_2", "Plan"),
        block("to_do", "Write it down"),
    ];
    let input = json!({ "block_id": ID, "markdown": "## Plan\n\n- [ ] Write **it** down" });
    let found = find("blocks.append", input.clone(), 5, &[list(&there)]);
    let Outcome::Done(Value::Array(blocks)) = &found else {
        panic!("{found:?}");
    };
    assert_eq!(blocks.len(), 2);
    assert_eq!(
        find("blocks.append", input.clone(), 300, &[list(&there)]),
        Outcome::NotDone
    );
    assert_eq!(
        find("blocks.append", input.clone(), 5, &[list(&there[..2])]),
        Outcome::NotDone
    );
    let twice = [&there[1..], &there[1..]].concat();
    assert!(matches!(
        find("blocks.append", input, 5, &[list(&twice)]),
        Outcome::Unknown(_)
    ));
}

#[test]
fn a_comment_is_the_one_of_its_text() {
    let comment = json!({ "id": CHILD, "discussion_id": ID, "rich_text": text("well done"), "created_time": MADE });
    let answers = [list(&[comment])];
    let input = json!({ "markdown": "**well** done", "block_id": ID });
    assert!(is_done(&find("comments.create", input, 5, &answers)));
    let other = json!({ "markdown": "done", "page_id": ID });
    assert_eq!(
        find("comments.create", other, 5, &answers),
        Outcome::NotDone
    );
    let reply = find(
        "comments.create",
        json!({ "markdown": "done", "discussion_id": ID }),
        5,
        &answers,
    );
    assert!(matches!(reply, Outcome::Unknown(_)), "{reply:?}");
}

#[test]
fn what_was_deleted_is_in_the_trash() {
    let page = |in_trash: bool| {
        [(
            200,
            json!({ "id": ID, "properties": {}, "in_trash": in_trash }),
        )]
    };
    assert!(is_done(&find(
        "pages.trash",
        json!({ "page_id": ID }),
        5,
        &page(true)
    )));
    assert_eq!(
        find("pages.trash", json!({ "page_id": ID }), 5, &page(false)),
        Outcome::NotDone
    );
    let block = |in_trash: bool| {
        [(
            200,
            json!({ "id": ID, "type": "divider", "in_trash": in_trash }),
        )]
    };
    assert!(is_done(&find(
        "blocks.delete",
        json!({ "block_id": ID }),
        5,
        &block(true)
    )));
    assert_eq!(
        find("blocks.delete", json!({ "block_id": ID }), 5, &block(false)),
        Outcome::NotDone
    );
}
