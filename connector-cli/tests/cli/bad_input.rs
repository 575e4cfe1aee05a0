//! Invalid input gives a clear error, the right exit code, and nothing on standard output.

use serde_json::Value;

use crate::binary::{Ran, plugwright, plugwright_reading};

const LIST: &str = "run github.issues.list repo=octokit-fixture-org/paginate-issues --replay";

fn refused(ran: &Ran, exit: i32, says: &str) {
    assert_eq!((ran.exit, ran.out.as_str()), (exit, ""), "{}", ran.err);
    assert!(
        ran.err.starts_with("error: ") && ran.err.contains(says),
        "{says} in {}",
        ran.err
    );
}

#[test]
fn an_unknown_parameter_offers_the_nearest() {
    refused(
        &plugwright(&format!("{LIST} stat=open")),
        4,
        "`stat` is not a parameter; did you mean `state`?",
    );
}

#[test]
fn a_wrong_type_says_what_is_allowed() {
    refused(
        &plugwright(&format!("{LIST} per_page=many")),
        4,
        r#"`per_page` must be an integer between 1 and 100, not "many""#,
    );
    refused(
        &plugwright(&format!("{LIST} per_page:=[1]")),
        4,
        "`per_page` must be an integer, not an array",
    );
    refused(
        &plugwright(&format!("{LIST} per_page=1 per_page=2")),
        4,
        "`per_page` is given 2 times but takes one value",
    );
}

#[test]
fn out_of_range_says_the_range() {
    refused(
        &plugwright(&format!("{LIST} per_page=101")),
        4,
        "`per_page` must be between 1 and 100, not 101",
    );
    refused(
        &plugwright(&format!("{LIST} state=ajar")),
        4,
        "open, closed, all",
    );
}

#[test]
fn all_faults_are_reported_together() {
    let ran = plugwright("run github.issues.list stat=open per_page=many --replay");
    refused(&ran, 4, "error: the input has 3 problems");
    for fault in ["`stat` is not", "`per_page` must be", "`repo` is required"] {
        assert!(ran.err.contains(fault), "{}", ran.err);
    }
    assert!(
        ran.err
            .ends_with("hint: `plugwright show github.issues.list` lists the parameters\n"),
        "{}",
        ran.err
    );
}

#[test]
fn a_malformed_input_says_where() {
    refused(
        &plugwright(r#"run github.issues.list --input {"repo":}"#),
        4,
        "`--input` is not JSON: expected value at line 1 column 9",
    );
    refused(
        &plugwright(r"run github.issues.list --input [1]"),
        4,
        "`--input` must be a JSON object of parameters, not an array",
    );
    refused(
        &plugwright_reading("run github.issues.list --input -", "{\n  x"),
        4,
        "at line 2 column 3",
    );
    refused(
        &plugwright("run github.issues.list --input @no-such-file.json"),
        4,
        "can't be read from `no-such-file.json`",
    );
}

#[test]
fn malformed_arguments_are_wrong_usage() {
    for line in [
        "run github.issues.list repo",
        "run github.issues.list =x",
        "run github.issues.list repo:=x",
        "run github.issues.list --live --mock",
        "run github.issues.list --timeout 0",
        "frobnicate",
    ] {
        refused(&plugwright(line), 4, "");
    }
}

#[test]
fn an_unknown_action_offers_the_nearest() {
    refused(
        &plugwright("run github.issue.list"),
        3,
        "github.issues.list",
    );
    refused(
        &plugwright("show gitea.issues.list"),
        3,
        "no action is named",
    );
    refused(&plugwright("run labels.create"), 3, "github.labels.create");
}

#[test]
fn an_unknown_field_offers_the_nearest() {
    refused(
        &plugwright(&format!("{LIST} per_page=3 --fields numbr")),
        4,
        "did you mean `number`?",
    );
}

#[test]
fn a_foreign_cursor_is_refused() {
    // `https://evil.test/` in base64.
    for cursor in ["aHR0cHM6Ly9ldmlsLnRlc3Qv", "not-a-cursor!"] {
        refused(
            &plugwright(&format!("{LIST} per_page=3 --cursor {cursor}")),
            4,
            "`--cursor` is not a cursor of this action",
        );
    }
}

#[test]
fn a_cursor_is_refused_where_there_are_no_pages() {
    let get = "run github.issues.get repo=octocat/Hello-World issue_number=1347";
    for mode in ["--replay", "--mock", "--dry-run"] {
        refused(
            &plugwright(&format!("{get} --cursor abc {mode}")),
            4,
            "`--cursor` is only for lists; this action doesn't return one",
        );
    }
}

#[test]
fn a_setting_that_the_connector_lacks_is_refused() {
    refused(
        &plugwright(&format!("{LIST} --set site=eu")),
        4,
        "`github` has no settings",
    );
}

#[test]
fn an_unrecorded_call_lists_the_recorded_ones() {
    let ran = plugwright("run github.issues.list repo=nobody/nothing --replay");
    refused(
        &ran,
        3,
        "no recorded traffic for GET https://api.github.com/repos/nobody/nothing/issues",
    );
    assert!(ran.err.contains("plugwright run github.issues.list repo=octokit-fixture-org/paginate-issues per_page=3 --all-pages --replay"), "{}", ran.err);
}

#[test]
fn a_providers_refusal_has_the_exit_code_of_what_was_wrong() {
    let ran = plugwright(
        "run github.labels.create repo=octokit-fixture-org/errors name=foo color=invalid --replay",
    );
    // As if this machine had found it.
    refused(&ran, 4, "detail: Validation Failed");
    let ran =
        plugwright("run github.issues.get repo=octocat/Hello-World issue_number=999999 --replay");
    refused(&ran, 3, "HTTP 404");
    let ran = plugwright(
        "run github.issues.lock repo=octocat/Hello-World issue_number=1347 --replay --output json",
    );
    assert_eq!(ran.exit, 2, "{}", ran.err);
}

#[test]
fn programs_get_the_error_as_one_object() {
    for form in ["json", "jsonl"] {
        let ran = plugwright(&format!("{LIST} stat=open --output {form}"));
        assert_eq!(
            (ran.exit, ran.out.as_str(), ran.err.lines().count()),
            (4, "", 1)
        );
        let error: Value = serde_json::from_str(&ran.err).unwrap();
        assert_eq!(
            (&error["code"], &error["param"]),
            (&"VALIDATION_ERROR".into(), &"stat".into())
        );
    }
}
