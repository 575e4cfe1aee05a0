//! `--replay`, `--mock`, `--dry-run`, and live calls that end early.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::binary::{Ran, command, finish, plugwright, plugwright_reading, ran};

#[test]
fn the_first_command_of_the_readme_prints_13_issues_from_5_responses() {
    let ran = plugwright(
        "run github.issues.list repo=octokit-fixture-org/paginate-issues per_page=3 --all-pages --replay",
    );
    assert_eq!(
        (ran.exit, ran.err.as_str()),
        (0, "13 items from 5 responses\n")
    );
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(lines.len(), 14);
    assert!(lines[0].starts_with("ID "), "{}", lines[0]);
    for (number, line) in (1..=13).rev().zip(&lines[1..]) {
        assert!(line.contains(&format!("Test issue {number} ")), "{line}");
    }
}

#[test]
fn a_cursor_leads_to_the_next_page() {
    let list = "run github.issues.list repo=octokit-fixture-org/paginate-issues per_page=3 --replay --fields number --output minimal";
    let first = plugwright(list);
    assert_eq!(first.out, "13\n12\n11\n");
    let cursor = first.err.trim().strip_prefix("more: ").unwrap();
    let second = plugwright(&format!("{list} {cursor}"));
    assert_eq!(second.out, "10\n9\n8\n");
}

#[test]
fn an_action_that_returns_one_thing_is_run_once() {
    let ran = plugwright(
        "run github.issues.get repo=octocat/Hello-World issue_number=1347 --replay --all-pages --fields number,title",
    );
    assert_eq!(
        (ran.exit, ran.out.as_str()),
        (0, "KEY     VALUE\nnumber  1347\ntitle   Found a bug\n")
    );
    assert_eq!(
        ran.err,
        "`--all-pages` had no effect: the action returns no list with pages\n"
    );
}

#[test]
fn mocks_answer_whatever_the_parameters_are() {
    let ran =
        plugwright("run github.issues.get repo=any/thing issue_number=5 --mock --output json");
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(serde_json::from_str::<Value>(&ran.out).unwrap()["number"].is_u64());
    assert!(ran.err.starts_with("mock data: "), "{}", ran.err);
    assert_eq!(plugwright("run github.issues.get --mock").exit, 4);
}

#[test]
fn a_dry_run_prints_the_request_with_placeholders() {
    let ran = plugwright(
        "run github.issues.create repo=o/r title=Broken labels=bug,docs body=7 --dry-run",
    );
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let (head, body) = ran.out.split_once("\n\n").unwrap();
    assert!(
        head.starts_with("POST https://api.github.com/repos/o/r/issues\n"),
        "{head}"
    );
    assert!(
        head.contains("\nauthorization: Bearer {{token}}\n"),
        "{head}"
    );
    assert_eq!(
        serde_json::from_str::<Value>(body).unwrap(),
        json!({ "title": "Broken", "body": "7", "labels": ["bug", "docs"] })
    );
}

#[test]
fn a_dry_run_never_reads_the_credential() {
    let arguments = [
        "run",
        "github.issues.lock",
        "repo=o/r",
        "issue_number=1",
        "--dry-run",
        "--output",
        "json",
        "--credential-file",
        "no-such-file",
    ];
    let ran = finish(command(&arguments).env("PLUGWRIGHT_GITHUB_TOKEN", "hunter2-hunter2"));
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(!ran.out.contains("hunter2"));
    let requests: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(requests[0]["method"], "PUT");
    assert_eq!(
        requests[0]["url"],
        "https://api.github.com/repos/o/r/issues/1/lock"
    );
}

#[test]
fn input_comes_from_text_file_or_standard_input_and_arguments_replace_its_members() {
    let planned = |ran: Ran| -> Value {
        let requests: Value = serde_json::from_str(&ran.out).unwrap();
        requests[0]["body"]["json"].clone()
    };
    let expected = json!({ "title": "two", "labels": ["a"] });
    let input = r#"{"repo":"o/r","title":"one","labels":["a"]}"#;
    let run = "run github.issues.create --dry-run --output json title=two --input";
    assert_eq!(planned(plugwright(&format!("{run} {input}"))), expected);
    assert_eq!(
        planned(plugwright_reading(&format!("{run} -"), input)),
        expected
    );
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("input.json");
    std::fs::write(&file, input).unwrap();
    let argument = format!("@{}", file.display());
    let arguments: Vec<_> = run.split_whitespace().chain([argument.as_str()]).collect();
    assert_eq!(planned(finish(&mut command(&arguments))), expected);
}

/// A proxy that accepts connections and never responds.
fn silent_proxy() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

#[test]
fn a_timeout_ends_a_live_call() {
    let (_listener, proxy) = silent_proxy();
    let arguments = [
        "run",
        "github.repos.get",
        "repo=o/r",
        "--timeout",
        "1",
        "--output",
        "json",
    ];
    let ran = finish(
        command(&arguments)
            .env("HTTPS_PROXY", proxy)
            .env("PLUGWRIGHT_GITHUB_TOKEN", "hunter2-hunter2"),
    );
    assert_eq!((ran.exit, ran.out.as_str()), (1, ""));
    assert_eq!(
        serde_json::from_str::<Value>(&ran.err).unwrap()["code"],
        "UPSTREAM_TIMEOUT"
    );
    assert!(!ran.err.contains("hunter2"));
}

#[test]
fn no_connection_is_a_failure() {
    let (listener, proxy) = silent_proxy();
    drop(listener);
    let arguments = ["run", "github.repos.get", "repo=o/r"];
    let ran = finish(
        command(&arguments)
            .env("HTTPS_PROXY", proxy)
            .env("PLUGWRIGHT_GITHUB_TOKEN", "hunter2-hunter2"),
    );
    assert_eq!(ran.exit, 1);
    assert!(
        ran.err.contains("can't connect to api.github.com"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("hunter2"));
}

#[test]
#[cfg(unix)]
fn an_interrupt_cancels_and_warns_of_writes() {
    let (listener, proxy) = silent_proxy();
    let child = command(&["run", "github.labels.delete", "repo=o/r", "name=x"])
        .env("HTTPS_PROXY", proxy)
        .env("PLUGWRIGHT_GITHUB_TOKEN", "hunter2-hunter2")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Once connected, it waits for a response or an interrupt.
    let _connection = listener.accept().unwrap();
    std::thread::sleep(Duration::from_millis(100));
    std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    let ran = ran(child.wait_with_output().unwrap());
    assert_eq!(ran.exit, 1);
    assert!(ran.err.contains("may have taken effect"), "{}", ran.err);
}
