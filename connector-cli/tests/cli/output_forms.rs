//! `--output`, `--fields` and `--raw`.

use serde_json::{Value, json};

use crate::binary::plugwright;

const LIST: &str =
    "run github.issues.list repo=octokit-fixture-org/paginate-issues per_page=3 --replay";

#[test]
fn tables_have_the_columns_of_the_schema_or_those_asked_for() {
    let ran = plugwright(&format!("{LIST} --fields title,number"));
    assert_eq!(
        ran.out,
        "TITLE          NUMBER\nTest issue 13  13\nTest issue 12  12\nTest issue 11  11\n"
    );
    let all = plugwright(LIST);
    let header: Vec<_> = all.out.lines().next().unwrap().split_whitespace().collect();
    // Output for programs is neither cut nor filtered.
    assert_eq!(header[..3], ["ID", "NUMBER", "STATE"]);
    assert!(header.contains(&"BODY") && !all.out.contains('\u{1b}') && !all.out.contains('…'));
}

#[test]
fn an_empty_list_says_so() {
    let ran = plugwright(
        "run github.issues.list repo=octocat/Hello-World state=all sort=updated per_page=5 --replay",
    );
    assert_eq!(
        (ran.exit, ran.out.as_str()),
        (0, "(empty)\n"),
        "{}",
        ran.err
    );
}

#[test]
fn json_is_the_data_alone() {
    let ran = plugwright(&format!("{LIST} --output json --fields number,labels"));
    let data: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        data,
        json!([{ "number": 13, "labels": [] }, { "number": 12, "labels": [] }, { "number": 11, "labels": [] }])
    );
    assert!(ran.out.starts_with("[\n  {\n"));
}

#[test]
fn jsonl_is_a_line_per_item() {
    let ran = plugwright(&format!("{LIST} --all-pages --output jsonl"));
    let numbers: Vec<_> = ran
        .out
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["number"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert_eq!(numbers, (1..=13).rev().collect::<Vec<_>>());
    assert_eq!(ran.err, "13 items from 5 responses\n");
}

#[test]
fn minimal_has_few_characters() {
    let ran = plugwright(&format!("{LIST} --output minimal --fields number,title"));
    assert_eq!(
        ran.out,
        "13|Test issue 13\n12|Test issue 12\n11|Test issue 11\n"
    );
    let one = plugwright(
        "run github.issues.get repo=octocat/Hello-World issue_number=1347 --replay --output minimal --fields title,number",
    );
    assert_eq!(one.out, "title=\"Found a bug\" number=1347\n");
    let sorted = plugwright(
        "run github.labels.get repo=octokit-fixture-org/labels name=test-label --replay --output minimal",
    );
    let keys: Vec<_> = sorted
        .out
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, _)| key)
        .collect();
    assert!(
        keys.is_sorted() && keys.contains(&"color"),
        "{}",
        sorted.out
    );
}

#[test]
fn raw_is_the_providers_answer() {
    let one = plugwright(&format!("{LIST} --raw"));
    let raw: Value = serde_json::from_str(&one.out).unwrap();
    assert_eq!(raw[0]["user"]["gravatar_id"], "");
    let pages = plugwright(&format!("{LIST} --raw --all-pages --output json"));
    assert_eq!(
        serde_json::from_str::<Value>(&pages.out)
            .unwrap()
            .as_array()
            .unwrap()
            .len(),
        5
    );
    let lines = plugwright(&format!("{LIST} --raw --all-pages --output jsonl"));
    assert_eq!(lines.out.lines().count(), 5);
}

#[test]
fn nothing_to_return_is_still_an_answer() {
    let run =
        "run github.issues.unlock repo=octokit-fixture-org/lock-issue issue_number=1 --replay";
    assert_eq!(plugwright(run).out, "(empty)\n");
    assert_eq!(plugwright(&format!("{run} --output json")).out, "{}\n");
    assert_eq!(plugwright(&format!("{run} --output jsonl")).out, "{}\n");
}
