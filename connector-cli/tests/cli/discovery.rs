//! `list`, `show`, `search`, `check` and `completions`.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::binary::{command, finish, plugwright};

#[test]
fn list_has_a_row_per_action() {
    let ran = plugwright("list");
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    let mut lines = ran.out.lines();
    let header: Vec<_> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(header, ["ACTION", "EFFECT", "TITLE"]);
    assert!(lines.any(|line| line.starts_with("github.issues.list ") && line.contains(" read ")));
    let only = plugwright("list github").out;
    assert!(
        only.lines().skip(1).all(|line| line.starts_with("github.")),
        "{only}"
    );
    let ids = |out: &str| -> Vec<String> {
        let rows = out.lines().filter_map(|line| line.split(' ').next());
        let ids = rows.filter(|id| id.starts_with("github."));
        ids.map(str::to_owned).collect()
    };
    assert_eq!(ids(&ran.out), ids(&only));
}

#[test]
fn list_as_json_is_an_array_of_actions() {
    let actions: Vec<Value> =
        serde_json::from_str(&plugwright("list github --output json").out).unwrap();
    let delete = actions
        .iter()
        .find(|action| action["id"] == "github.labels.delete")
        .unwrap();
    assert_eq!(delete["effect"], "destructive");
    assert_eq!(delete["returns"], "single");
}

#[test]
fn an_unknown_connector_offers_the_nearest() {
    let ran = plugwright("list githb");
    assert_eq!((ran.exit, ran.out.as_str()), (3, ""));
    assert!(ran.err.contains("did you mean `github`?"), "{}", ran.err);
}

#[test]
fn show_finds_every_spelling() {
    let shown = plugwright("show github.issues.list");
    assert_eq!(shown.exit, 0);
    for part in [
        "github_issues_list",
        "per_page  integer, default 30, 1 to 100",
        "one of open | closed | all",
        "user_login",
    ] {
        assert!(shown.out.contains(part), "{part} in {}", shown.out);
    }
    for spelling in [
        "github.list-issues",
        "github.issues_list",
        "github_issues_list",
    ] {
        assert_eq!(plugwright(&format!("show {spelling}")).out, shown.out);
    }
}

#[test]
fn show_as_json_has_both_schemas() {
    let shown: Value =
        serde_json::from_str(&plugwright("show github.issues.list --output json").out).unwrap();
    assert_eq!(
        shown["input_schema"]["properties"]["per_page"]["maximum"],
        100
    );
    assert_eq!(shown["output_schema"]["type"], "array");
    assert_eq!(shown["params"][0]["name"], "repo");
}

#[test]
fn show_as_a_tool_is_what_a_request_has() {
    let ran = plugwright("show github.labels.get --format anthropic");
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    let tool: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(tool["name"], "github_labels_get");
    assert_eq!(tool["input_schema"]["required"][0], "repo");

    // What can't be enforced is said beside it.
    let ran = plugwright("show github.issues.list --format gemini");
    let default = "note: /properties/per_page/default: only described\n";
    assert!(ran.err.contains(default), "{}", ran.err);
    let tool: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(tool["parameters"]["type"], "OBJECT");

    let ran = plugwright("show github --output gemini");
    assert!(ran.err.starts_with("note: "), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    let tools: Value = serde_json::from_str(&ran.out).unwrap();
    let declarations = tools[0]["functionDeclarations"].as_array().unwrap();
    assert!(declarations.contains(&tool));
}

#[test]
fn types_are_those_of_the_connectors_that_are_named() {
    let ran = plugwright("types --lang typescript github hackernews");
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    for part in [
        "declare module \"@oomol-lab/connector\"",
        "\"github.issues_list\": { input: GithubIssuesListInput; output: GithubIssuesListOutput };",
        "\"hackernews.stories.top\"",
    ] {
        assert!(ran.out.contains(part), "{part}");
    }
    assert!(!ran.out.contains("slack"));
    // Neither the order nor a second time counts.
    let again = plugwright("types --lang ts hackernews github hackernews");
    assert_eq!(again.out, ran.out);

    let ran = plugwright("types -l rust hackernews");
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("pub mod hackernews {"), "{}", ran.out);
    assert!(ran.out.contains("pub fn top<'a>("), "{}", ran.out);

    let ran = plugwright("types --lang rust githb");
    assert_eq!((ran.exit, ran.out.as_str()), (3, ""));
    assert!(ran.err.contains("did you mean `github`?"), "{}", ran.err);
}

#[test]
fn show_takes_connectors_too() {
    let ran = plugwright("show github");
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("GitHub\n"), "{}", ran.out);
    let shown: Value = serde_json::from_str(&plugwright("show github --output json").out).unwrap();
    assert_eq!(shown["base_url"], "https://api.github.com");
    let listed: Value = serde_json::from_str(&plugwright("list github --output json").out).unwrap();
    assert_eq!(shown["actions"], listed);
}

#[test]
fn show_as_markdown_is_a_page() {
    let page = plugwright("show github --output markdown");
    assert_eq!((page.exit, page.err.as_str()), (0, ""));
    assert_eq!(plugwright("show github --format markdown").out, page.out);
    let action = plugwright("show github_issues_list --output markdown").out;
    let (title, body) = action.split_once("\n\n").unwrap();
    assert_eq!(title, "# github.issues.list");
    assert!(
        page.out.contains(&body.replace("\n## ", "\n#### ")),
        "{body}"
    );
    assert_eq!(plugwright("check github --output markdown").exit, 4);
}

#[test]
fn search_ranks_by_words() {
    let ran = plugwright("search close issue --limit 1");
    assert_eq!(ran.out.lines().count(), 2);
    assert!(ran.out.contains("github.issues.close"), "{}", ran.out);
    // The shortest name first.
    let best = plugwright("search list issues --limit 1").out;
    let row = best.lines().nth(1).unwrap();
    assert!(row.contains(".issues.list "), "{best}");
    let only = plugwright("search issue --connector github --effect destructive").out;
    assert!(
        only.lines().count() > 1
            && only
                .lines()
                .skip(1)
                .all(|line| line.contains(" destructive ")),
        "{only}"
    );
    let refused = plugwright("search issue --effect none");
    assert_eq!(refused.exit, 4);
    assert!(
        refused.err.contains("expected read, write or destructive"),
        "{}",
        refused.err
    );
    assert_eq!(plugwright("search issue --connector nope").exit, 3);
    let refused = plugwright("search issue --ready");
    assert_eq!(refused.exit, 4);
    assert!(refused.err.contains("needs a gateway"), "{}", refused.err);
    let nothing = plugwright("search xyzzy");
    assert_eq!((nothing.exit, nothing.out.as_str()), (0, "(empty)\n"));
    assert_eq!(plugwright("search xyzzy --output json").out, "[]\n");
}

/// Examples of `show` work when pasted into a shell.
#[test]
#[cfg(unix)]
fn an_example_of_every_connector_runs_in_a_shell() {
    let actions: Vec<Value> = serde_json::from_str(&plugwright("list --output json").out).unwrap();
    let mut connectors = BTreeSet::new();
    let actions = actions
        .into_iter()
        .filter(|action| connectors.insert(action["connector"].to_string()));
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_plugwright"))
        .parent()
        .unwrap();
    for action in actions {
        let id = action["id"].as_str().unwrap();
        let shown: Value =
            serde_json::from_str(&plugwright(&format!("show {id} --output json")).out).unwrap();
        let example = shown["example"].as_str().unwrap();
        assert!(example.ends_with("--replay"), "{example}");
        let path = format!(
            "{}:{}",
            folder.display(),
            std::env::var("PATH").unwrap_or_default()
        );
        let ran = finish(Command::new("sh").args(["-c", example]).env("PATH", path));
        assert_eq!(ran.exit, 0, "{example}: {}", ran.err);
    }
}

#[test]
#[cfg(feature = "check")]
fn check_counts_cassettes_by_provenance() {
    let ran = plugwright("check github");
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.starts_with("github: conforms\n"), "{}", ran.out);
    assert!(
        ran.out.contains(" recorded") && ran.out.contains(" vendor-example"),
        "{}",
        ran.out
    );
    let reports: Value =
        serde_json::from_str(&plugwright("check hackernews --output json").out).unwrap();
    assert_eq!(reports[0]["connector"], "hackernews");
    assert_eq!(plugwright("check nope").exit, 3);
}

#[test]
fn completions_know_commands_and_actions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = plugwright(&format!("completions {shell}"));
        assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
        assert!(ran.out.contains("dry-run"), "{shell}");
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            plugwright(&format!("completions {shell}"))
                .out
                .contains("github.issues.list"),
            "{shell}"
        );
    }
    assert_eq!(plugwright("completions tcsh").exit, 4);
}

#[test]
fn help_and_version_are_no_errors() {
    let help = plugwright("run --help");
    assert_eq!((help.exit, help.err.as_str()), (0, ""));
    assert!(help.out.contains("Examples:"));
    assert!(plugwright("--version").out.starts_with("plugwright "));
    assert_eq!(plugwright("").exit, 4);
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let mut child = command(&["show", "github.issues.list"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran = crate::binary::ran(child.wait_with_output().unwrap());
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
}
