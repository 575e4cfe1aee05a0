//! `check --faults`.

use serde_json::Value;

use crate::binary::plugwright;

#[test]
fn shows_what_becomes_of_each_write() {
    let ran = plugwright("check todoist --faults");
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "{}", ran.out);
    let mut lines = ran.out.lines();
    let head = lines.next().unwrap();
    assert_eq!(
        head.split_whitespace().collect::<Vec<_>>(),
        ["ACTION", "EFFECT", "OUTCOME"]
    );
    let deletes = lines.find(|line| line.starts_with("todoist.tasks.delete "));
    assert!(deletes.unwrap().ends_with("destructive  natural key"));
    assert!(
        ran.out
            .contains("\ntodoist: no write was made twice or lost\n"),
        "{}",
        ran.out
    );
}

#[test]
fn prints_json() {
    let ran = plugwright("check hackernews --faults --output json");
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    let reports: Value = serde_json::from_str(&ran.out).unwrap();
    // It only reads.
    let expected = serde_json::json!([{ "connector": "hackernews", "writes": [], "findings": [] }]);
    assert_eq!(reports, expected);
}
