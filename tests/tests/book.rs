//! What the book says of tables of the code is what the code says.

use plugwright_sdk::{Cassette, ErrorCode};

#[test]
fn the_table_of_error_codes_is_the_code_s_own() {
    let rows: Vec<_> = ErrorCode::ALL
        .iter()
        .map(|code| {
            let (hint, status) = (code.default_hint(), code.default_status());
            format!("| `{code}` | {hint} | {status} | {} |", code.meaning())
        })
        .collect();
    let chapter = include_str!("../../docs/src/errors.md");
    let listed: Vec<_> = chapter
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    assert_eq!(listed, rows);
}

#[test]
fn the_cassette_of_the_first_action_is_a_cassette() {
    let chapter = include_str!("../../docs/src/first-action.md");
    let (_, rest) = chapter
        .split_once("```json\n")
        .expect("the chapter shows a cassette");
    let (json, _) = rest.split_once("```").expect("the block ends");
    let cassette = Cassette::parse("first-action.md", json).expect("it is a cassette");
    assert_eq!(cassette.action, "tasks.close");
}
